"""The span of an HTTP request, and the headers of its answer."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing, current
from innkeeper.tracing.asgi import Application, Message, Receive, Scope, Send, TracingMiddleware
from tests.support.collector import Kept

Delivered = Callable[[], list[ReadableSpan]]
Headers = list[tuple[bytes, bytes]]

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


def answering(status: int) -> Application:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"ok"})

    return application


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise LookupError("no such thing")


async def ask(application: Any, path: str = "/hotels", **scope: Any) -> dict[bytes, bytes]:
    """One request; gives the headers of the answer."""
    answer: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answer.append(message)

    request: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": b"inDate=2015-04-09",
        "headers": [(b"user-agent", b"curl/8")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 5000),
    }
    await application({**request, **scope}, receive, send)
    return dict(answer[0]["headers"])


@pytest.fixture
def traced(tracing: Tracing) -> Callable[[Any], TracingMiddleware]:
    """Puts the middleware around an application."""

    def around(application: Any) -> TracingMiddleware:
        tracer = tracing.tracer("frontend", "frontend-1")
        return TracingMiddleware(application, tracer, "http://localhost:16686")

    return around


async def test_a_request_is_a_server_span(traced: Any, delivered: Delivered) -> None:
    """With the attributes that OpenTelemetry's conventions ask for."""
    await ask(traced(answering(200)))
    (span,) = delivered()
    assert (span.name, span.kind) == ("GET /hotels", SpanKind.SERVER)
    assert span.parent is None
    assert span.status.is_unset
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "url.path": "/hotels",
        "url.query": "inDate=2015-04-09",
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "client.address": "127.0.0.1",
        "user_agent.original": "curl/8",
        "server.address": "127.0.0.1",
        "server.port": 5000,
        "http.response.status_code": 200,
        "http.route": "/hotels",
    }


async def test_the_answer_leads_to_its_trace(traced: Any, delivered: Delivered) -> None:
    """`Link` names the page, `Server-Timing` the duration; other headers stay."""
    headers = await ask(traced(answering(200)))
    (span,) = delivered()
    assert span.context is not None
    trace_id = f"{span.context.trace_id:032x}"
    assert headers[b"a"] == b"b"
    assert headers[b"link"].decode() == f'<http://localhost:16686/trace/{trace_id}>; rel="trace"'
    timing = headers[b"server-timing"].decode()
    assert timing.startswith("total;dur=")
    assert f'traceparent;desc="00-{trace_id}-{span.context.span_id:016x}-01"' in timing


async def test_the_callers_trace_is_continued(traced: Any, delivered: Delivered) -> None:
    """Both headers are read; a state in two headers is one."""
    await ask(
        traced(answering(200)),
        headers=[
            (b"traceparent", f"00-{TRACE}-{SPAN}-01".encode()),
            (b"tracestate", b"a=1"),
            (b"tracestate", b"b=2"),
        ],
    )
    (span,) = delivered()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == SPAN
    assert span.context is not None
    assert dict(span.context.trace_state) == {"a": "1", "b": "2"}


async def test_two_parents_are_none(traced: Any, delivered: Delivered) -> None:
    """Which one is meant cannot be told, so the trace begins here."""
    header = (b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())
    await ask(traced(answering(200)), headers=[header, header])
    assert delivered()[0].parent is None


async def test_an_unsampled_answer_has_no_link(traced: Any, delivered: Delivered) -> None:
    """There is no trace to lead to, and no span."""
    headers = await ask(
        traced(answering(200)), headers=[(b"traceparent", f"00-{TRACE}-{SPAN}-00".encode())]
    )
    assert set(headers) == {b"a"}
    assert not delivered()


async def test_a_caller_may_ask_for_a_trace(kept: Kept) -> None:
    """With `b3: 1` the trace is kept and begins here, when no other would be; up to the limit."""
    settings = TracingSettings(traces_per_second=1)
    tracing = Tracing(settings, destination=kept)
    tracing.start()
    tracer = tracing.tracer("frontend", "frontend-1")
    application = TracingMiddleware(answering(200), tracer, None)
    while tracer.begin("all that may be kept", parent=None).is_recording():
        pass
    answers = [await ask(application, headers=[(b"b3", b"1")]) for _ in range(4)]
    tracing.stop()
    assert [b"server-timing" in headers for headers in answers] == [True, True, False, False]
    assert [span.parent for span in kept.spans] == [None, None]


async def test_callers_cannot_have_everything_sampled(kept: Kept) -> None:
    """A sampled `traceparent` is followed up to the limit, and beyond it without the flag."""
    settings = TracingSettings(traces_per_second=1)
    tracer = Tracing(settings, destination=kept).tracer("frontend", "frontend-1")
    seen: list[tuple[int, bool]] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        context = current().get_span_context()
        seen.append((context.trace_id, context.trace_flags.sampled))
        await answering(200)(scope, receive, send)

    traced = TracingMiddleware(application, tracer, None)
    for _ in range(4):
        await ask(traced, headers=[(b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())])
    trace_id = int(TRACE, 16)
    assert seen == [(trace_id, True), (trace_id, True), (trace_id, False), (trace_id, False)]


async def test_without_trace_pages_there_is_no_link(tracing: Tracing, delivered: Delivered) -> None:
    """Where nobody said where traces are read, only the timing is sent."""
    tracer = tracing.tracer("frontend", "frontend-1")
    headers = await ask(TracingMiddleware(answering(200), tracer, None))
    assert set(headers) == {b"a", b"server-timing"}
    assert len(delivered()) == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_probes_are_not_traced(path: str, traced: Any, delivered: Delivered) -> None:
    """They come every second and say nothing."""
    assert set(await ask(traced(answering(200)), path)) == {b"a"}
    assert not delivered()


@pytest.mark.parametrize("status", [404, 405])
async def test_an_invented_path_names_no_span(
    status: int, traced: Any, delivered: Delivered
) -> None:
    """A caller cannot fill the list of operations; such an answer is not the server's error."""
    await ask(traced(answering(status)), "/wp-admin")
    (span,) = delivered()
    assert span.name == "GET"
    assert "http.route" not in (span.attributes or {})
    assert span.status.is_unset


async def test_an_invented_method_names_no_span(traced: Any, delivered: Delivered) -> None:
    """It is kept aside, as it was sent."""
    await ask(traced(answering(405)), method="BREW")
    (span,) = delivered()
    attributes = dict(span.attributes or {})
    assert span.name == "HTTP"
    assert attributes["http.request.method"] == "_OTHER"
    assert attributes["http.request.method_original"] == "BREW"


async def test_a_5xx_answer_is_an_error(traced: Any, delivered: Delivered) -> None:
    """A 4xx is the caller's, a 5xx ours."""
    await ask(traced(answering(503)))
    await ask(traced(answering(400)))
    ours, theirs = delivered()
    assert ours.status.status_code is StatusCode.ERROR
    assert (ours.attributes or {})["error.type"] == "503"
    assert theirs.status.is_unset


async def test_an_exception_is_recorded_and_goes_on(traced: Any, delivered: Delivered) -> None:
    """The server above still sees it, and will answer 500."""
    with pytest.raises(LookupError):
        await ask(traced(failing))
    (span,) = delivered()
    assert (span.attributes or {})["error.type"] == "LookupError"
    assert (span.attributes or {})["http.response.status_code"] == 500
    assert span.events[0].name == "exception"
    assert span.status.description == "LookupError: no such thing"


async def test_a_client_that_leaves_ends_the_span(traced: Any, delivered: Delivered) -> None:
    """Cancelling the request ends its span without an answer."""
    begun = asyncio.Event()

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    request = asyncio.create_task(ask(traced(patient)))
    await begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    (span,) = delivered()
    assert (span.attributes or {})["error.type"] == "cancelled"


async def test_the_span_is_current_inside(traced: Any, delivered: Delivered) -> None:
    """What the application begins nests below, and nothing stays current after it."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        assert current().is_recording()
        await answering(200)(scope, receive, send)

    await ask(traced(application))
    assert not current().is_recording()


async def test_what_a_caller_sends_is_cut(traced: Any, delivered: Delivered) -> None:
    """Megabytes of query or user agent do not end up in thousands of waiting spans."""
    await ask(
        traced(answering(200)),
        "/" + "p" * 5000,
        query_string=b"q" * 5000,
        headers=[(b"user-agent", b"u" * 5000)],
    )
    values = [str(value) for value in (delivered()[0].attributes or {}).values()]
    assert max(map(len, values)) == 1024


async def test_other_protocols_pass_through(traced: Any, delivered: Delivered) -> None:
    """Lifespan events belong to the application alone."""
    seen = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await send({"type": "lifespan.startup.complete", "headers": []})

    await ask(traced(application), type="lifespan")
    assert seen == ["lifespan"]
    assert not delivered()


async def test_the_template_of_a_route_names_the_span(traced: Any, delivered: Delivered) -> None:
    """With Litestar, a path with parameters is one operation."""

    @get("/hotels/{hotel:str}")
    async def hotel(hotel: FromPath[str]) -> str:
        return hotel

    await ask(traced(Litestar([hotel], openapi_config=None)), "/hotels/5", query_string=b"")
    (span,) = delivered()
    assert span.name == "GET /hotels/{hotel}"
    assert (span.attributes or {})["url.path"] == "/hotels/5"
