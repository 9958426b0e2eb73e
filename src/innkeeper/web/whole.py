"""Answers that leave in one piece.

ASGI tells an answer's head and body apart, and uvicorn sends each by itself: two system calls and
two packets. Who has the whole answer may say so, where the scope offers it:

    if WHOLE in scope.get("extensions", ()):
        await send({"type": "http.response.start", "status": …, "headers": …, "body": …})

No `http.response.body` follows. Names of headers are lower case, and the length of the body is
added to them.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

WHOLE: Final = "innkeeper.response.whole"

_Message = MutableMapping[str, Any]


def offering(cycle: RequestResponseCycle) -> Callable[[_Message], Awaitable[None]]:
    """What sends the answer to a request of uvicorn's, in one piece or not."""
    # Each scope has its own.
    cycle.scope["extensions"] = {WHOLE: {}}

    async def send(message: Any) -> None:
        body = message.get("body")
        if body is None or message["type"] != "http.response.start":
            await cycle.send(message)
            return
        length = (b"content-length", b"%d" % len(body))
        headers = [*cycle.default_headers, *message["headers"], length]
        if _is_plain(cycle, headers):
            _send(cycle, message["status"], headers, body)
            return
        message["headers"] = [*message["headers"], length]
        await cycle.send(message)
        await cycle.send({"type": "http.response.body", "body": body})

    return send


def _is_plain(cycle: RequestResponseCycle, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the connection goes on after the answer, and takes it now."""
    return (
        cycle.keep_alive
        and not cycle.disconnected
        and not cycle.flow.write_paused
        and cycle.scope["method"] != "HEAD"
        and all(name != b"connection" for name, _ in headers)
    )


def _send(
    cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """What uvicorn does for an answer whose length is known, in one step."""
    pieces = [STATUS_LINE[status]]
    for name, value in headers:
        pieces += (name, b": ", value, b"\r\n")
    pieces += (b"\r\n", body)
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(b"".join(pieces))
    cycle.message_event.set()
    cycle.on_response()
