"""The border between gRPC statuses and the errors of `innkeeper.errors`, mapped once each way.

What a stub raises is both: a `grpc.aio.AioRpcError` for whoever knows gRPC, and the matching
`innkeeper.errors` class for services, which do not. A field that was wrong travels as
`google.rpc.BadRequest` in the status details, as gRPC's richer error model defines it.
"""

from collections.abc import Iterable
from typing import Final

from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode
from grpc.aio import AioRpcError, Metadata

from innkeeper import errors

DETAILS_KEY: Final = "grpc-status-details-bin"
PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"
NO_RETRY: Final = (PUSHBACK_KEY, "-1")

CODES: Final[dict[type[errors.Error], StatusCode]] = {
    errors.BadInput: StatusCode.INVALID_ARGUMENT,
    errors.NotFound: StatusCode.NOT_FOUND,
    errors.Unavailable: StatusCode.UNAVAILABLE,
    errors.Overloaded: StatusCode.RESOURCE_EXHAUSTED,
    errors.TooLate: StatusCode.DEADLINE_EXCEEDED,
}


class RpcError(AioRpcError):
    """A call that ended with a status other than OK. Its text is what the server said."""

    def __str__(self) -> str:
        return self.details() or self.code().name


class RpcBadInput(RpcError, errors.BadInput):
    """INVALID_ARGUMENT."""


class RpcNotFound(RpcError, errors.NotFound):
    """NOT_FOUND."""


class RpcUnavailable(RpcError, errors.Unavailable):
    """UNAVAILABLE: no endpoint, or the one that was asked could not be reached or left."""


class RpcOverloaded(RpcError, errors.Overloaded):
    """RESOURCE_EXHAUSTED."""


class RpcTooLate(RpcError, errors.TooLate):
    """DEADLINE_EXCEEDED, on whichever side noticed first."""


_CLASSES: Final[dict[StatusCode, type[RpcError]]] = {
    StatusCode.INVALID_ARGUMENT: RpcBadInput,
    StatusCode.NOT_FOUND: RpcNotFound,
    StatusCode.UNAVAILABLE: RpcUnavailable,
    StatusCode.RESOURCE_EXHAUSTED: RpcOverloaded,
    StatusCode.DEADLINE_EXCEEDED: RpcTooLate,
}


def rpc_error(
    code: StatusCode,
    details: str | None,
    initial: Metadata | None = None,
    trailing: Metadata | None = None,
) -> RpcError:
    """The error to raise for a status, of the class that fits its code."""
    kind = _CLASSES.get(code, RpcError)
    error = kind(code, initial or Metadata(), trailing or Metadata(), details)
    if isinstance(error, RpcBadInput):
        error.field, error.allowed = _violation(error.trailing_metadata())
    return error


def from_grpc(error: AioRpcError) -> RpcError:
    """The same for an error that grpc raised."""
    return rpc_error(
        error.code(), error.details(), error.initial_metadata(), error.trailing_metadata()
    )


def code_of(error: errors.Error) -> StatusCode:
    """The status code of an error that a service raised."""
    for kind, code in CODES.items():
        if isinstance(error, kind):
            return code
    return StatusCode.UNKNOWN


def trailers_of(error: errors.Error) -> tuple[tuple[str, str | bytes], ...]:
    """The trailing metadata that carries what the status text cannot."""
    if not isinstance(error, errors.BadInput):
        return ()
    violation = error_details_pb2.BadRequest.FieldViolation(
        field=error.field, description=error.allowed
    )
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    status = status_pb2.Status(
        code=StatusCode.INVALID_ARGUMENT.value[0], message=str(error), details=[detail]
    )
    return ((DETAILS_KEY, status.SerializeToString()),)


def relayed(trailing: Iterable[tuple[str, str | bytes]] | None) -> list[tuple[str, str | bytes]]:
    """Trailing metadata of an error passed on by a service that asked another.

    Only the nearest caller retries, so that retries cannot multiply through the layers.
    """
    return [(key, value) for key, value in trailing or () if key != PUSHBACK_KEY] + [NO_RETRY]


def forbids_retry(error: AioRpcError) -> bool:
    """Whether the server asked not to be asked again: a negative or unreadable pushback."""
    trailing = error.trailing_metadata()
    value = trailing.get(PUSHBACK_KEY) if trailing else None
    return value is not None and not str(value).isdecimal()


def _violation(trailing: Metadata | None) -> tuple[str, str]:
    """Field and description of the first violation in the status details, if there is one."""
    value = trailing.get(DETAILS_KEY) if trailing else None
    if not isinstance(value, bytes):
        return "", ""
    try:
        status = status_pb2.Status.FromString(value)
        for detail in status.details:
            bad = error_details_pb2.BadRequest()
            if detail.Unpack(bad) and bad.field_violations:
                return bad.field_violations[0].field, bad.field_violations[0].description
    except DecodeError:
        pass
    return "", ""
