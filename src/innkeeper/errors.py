"""The errors that cross rooms. Imports nothing, so that every room may raise and catch them.

    Error
    ├── BadInput      the caller asked for something impossible   INVALID_ARGUMENT     400
    ├── NotFound      what was asked for does not exist           NOT_FOUND            404
    ├── Unavailable   something that is needed is away            UNAVAILABLE          503
    ├── Overloaded    refused at once, to serve the rest          RESOURCE_EXHAUSTED   503
    └── TooLate       the deadline passed                         DEADLINE_EXCEEDED    504

    CannotStart       a process or command cannot begin; its text is one line that says what to do

The gRPC codes are applied in `rpc/status.py`, the HTTP codes in `hotels/frontend/problems.py`.
"""


class Error(Exception):
    """What a service can tell its caller. The text is meant for people and names what is wrong."""


class BadInput(Error):
    """The request cannot be served as it was sent; sending it again gives the same answer."""

    def __init__(self, field: str = "", allowed: str = "") -> None:
        """Name the wrong field and say what is allowed, such as "a date like 2015-04-09".

        Both are empty where a server in another language did not say.
        """
        super().__init__(f"{field} must be {allowed}")
        self.field = field
        self.allowed = allowed


class NotFound(Error):
    """What was asked for by name or id does not exist."""


class Unavailable(Error):
    """A service, a store or the registry cannot be reached. Trying again later may work."""


class Overloaded(Error):
    """The work was refused unstarted because too much is waiting. Trying again later may work."""


class TooLate(Error):
    """The deadline of the request passed before the answer was there."""


class CannotStart(Exception):
    """A process or command cannot begin its work. Never shown with a traceback."""
