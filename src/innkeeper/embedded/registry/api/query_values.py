"""Reads single parameters the way Go does."""

from innkeeper.embedded.registry.api.call import Call
from innkeeper.embedded.registry.errors import ApiError, NotOffered

_LARGEST = 2**64
_ENTERPRISE = {
    "ns": "Namespaces are a Consul Enterprise feature",
    "partition": "Partitions are a Consul Enterprise feature",
}
_NOT_OFFERED = {"peer": "Cluster peering is", "sg": "Sameness groups are"}


def truth(text: str) -> bool | None:
    """A boolean as `strconv.ParseBool` reads it; None when it is none."""
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    return None


def unsigned(text: str) -> int | None:
    """A number as `strconv.ParseUint` reads it; None when it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        return None
    value = int(text)
    return value if value < _LARGEST else None


def flag(call: Call, name: str) -> bool:
    """A parameter that is true when it stands alone.

    Raises:
        ApiError: its value is no boolean of Go's.
    """
    if name not in call.query:
        return False
    value = truth(call.query.get(name, "") or "true")
    if value is None:
        raise ApiError(400, f"Invalid value for ?{name}")
    return value


def subject(call: Call, what: str) -> str:
    """What the path is about.

    Raises:
        ApiError: the path ends before it says.
    """
    if not call.rest:
        raise ApiError(400, f"Missing {what}")
    return call.rest


def refuse_unoffered(call: Call) -> None:
    """Raise when a call asks within something that only other Consuls have.

    Ignored, the parameter would get an answer about something else.
    """
    for name, reason in _ENTERPRISE.items():
        if call.query.get(name):
            raise ApiError(400, f'Invalid query parameter: "{name}" - {reason}')
    for name, feature in _NOT_OFFERED.items():
        if call.query.get(name):
            raise NotOffered(feature)
