"""The deadline of the request that is being worked on, on this process's monotonic clock.

grpc.aio does not pass deadlines on by itself. Here a server stores the deadline of the call it
works on, and every call that is made meanwhile takes the earlier of that and its own timeout.
"""

from contextvars import ContextVar
from time import monotonic

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class within:
    """Whatever is called inside must end within `seconds`, or sooner if a deadline says so."""

    __slots__ = ("_seconds", "_token")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._token = _deadline.set(earliest(self._seconds))

    def __exit__(self, *_: object) -> None:
        _deadline.reset(self._token)


def begin(by: float | None) -> None:
    """Set the deadline of the current task, which was made for one call and ends with it."""
    _deadline.set(by)


def earliest(timeout: float | None) -> float | None:
    """The time on the monotonic clock by which a call with this timeout must end, if any."""
    ambient = _deadline.get()
    if timeout is None:
        return ambient
    own = monotonic() + timeout
    return own if ambient is None else min(own, ambient)


def remaining() -> float | None:
    """Seconds left for the current request, negative when they are over; None without a limit."""
    ambient = _deadline.get()
    return None if ambient is None else ambient - monotonic()
