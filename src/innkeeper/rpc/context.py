"""The context of a call that did not come by itself over grpc."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, NoReturn

import grpc
from grpc import StatusCode, aio
from grpc.aio import AbortError, Metadata

from innkeeper.rpc.handler import Handler
from innkeeper.rpc.status import RpcError, rpc_error
from innkeeper.rpc.work import Work


class CallContext(aio.ServicerContext[Any, Any]):
    """What a handler knows of a call: the same as grpc's own context would tell."""

    # What few calls have is set on their context alone: there is one for every call.
    initial: Metadata | None = None
    work: Work[Any] | None = None
    """The work that the call makes, from the beginning to its end."""
    _code = StatusCode.OK
    _details = ""
    _trailing: tuple[Any, ...] = ()
    _callbacks: list[Callable[[Any], None]] | None = None
    _done = False
    _expired = False

    def __init__(self, metadata: Sequence[Any], by: float | None, peer: str) -> None:
        """`by` is when the call must end, on the monotonic clock."""
        self.by = by
        self._metadata = metadata
        self._peer = peer

    def expire(self) -> None:
        """The deadline has passed: end what `run` does."""
        self._expired = True
        if self.work is not None:
            self.work.cancel()

    async def run(self, handler: Handler, request: Any) -> Any:
        """Have the call handled, within work that ends with it, and return the response.

        Raises:
            RpcError: the call ended with another status than OK.
        """
        try:
            response = await handler.carry_out(request, self, self.by, dict(self._metadata))
        except AbortError:
            raise self._error() from None
        except asyncio.CancelledError:
            if not self._expired:
                raise
            raise rpc_error(StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded") from None
        finally:
            self._done = True
            for callback in self._callbacks or ():
                callback(self)
        if self._code is not StatusCode.OK:
            raise self._error()
        return response

    async def read(self) -> NoReturn:
        raise aio.UsageError("a unary method has its request already")

    async def write(self, message: Any) -> NoReturn:
        raise aio.UsageError("a unary method returns its response")

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        self.initial = Metadata(*initial_metadata)

    async def abort(
        self, code: StatusCode, details: str = "", trailing_metadata: Any = ()
    ) -> NoReturn:
        if code is StatusCode.OK:
            raise aio.UsageError("abort needs a status other than OK")
        self._code, self._details = code, details
        self._trailing = tuple(trailing_metadata) or self._trailing
        raise AbortError("Locally aborted.")

    async def abort_with_status(self, status: grpc.Status) -> NoReturn:
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        self._trailing = tuple(trailing_metadata)

    def invocation_metadata(self) -> Any:
        return self._metadata

    def set_code(self, code: StatusCode) -> None:
        self._code = code

    def set_details(self, details: str) -> None:
        self._details = details

    def set_compression(self, compression: grpc.Compression) -> None:
        """Nothing is sent, so nothing is compressed."""

    def disable_next_message_compression(self) -> None:
        """Nothing is sent, so nothing is compressed."""

    def peer(self) -> str:
        return self._peer

    def peer_identities(self) -> None:
        return None

    def peer_identity_key(self) -> None:
        return None

    def auth_context(self) -> Mapping[str, Any]:
        return {}

    def time_remaining(self) -> float | None:  # type: ignore[override]
        return None if self.by is None else max(0.0, self.by - monotonic())

    def trailing_metadata(self) -> Any:
        return self._trailing

    def came_with(self) -> tuple[Metadata, Metadata]:
        """The initial and the trailing metadata of the response."""
        return self.initial or Metadata(), Metadata(*self._trailing)

    def code(self) -> StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        if self._callbacks is None:
            self._callbacks = []
        self._callbacks.append(callback)

    def cancelled(self) -> bool:
        return self._done and self._code is StatusCode.CANCELLED

    def done(self) -> bool:
        return self._done

    def _error(self) -> RpcError:
        return rpc_error(self._code, self._details, self.initial, Metadata(*self._trailing))
