"""The spans that both collectors are fed, and the questions that both are asked."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.support.spans import EPOCH, export, key_values, sent_by, span

MS = 1_000_000
_NO_UTF8 = "XXXX"
"""Stands for four bytes that are no UTF-8, which the libraries of tests cannot write."""
HOTELS = 0x0102030405060708090A0B0C0D0E0F10
BROKEN = 0x0102030405060708090A0B0C0D0E0F20
SHORT = 0x090A0B0C0D0E0F30
SEQUENCE = 0x0102030405060708090A0B0C0D0E1000
NAMELESS = 0x0102030405060708090A0B0C0D0E2000
FUTURE = 0x0102030405060708090A0B0C0D0E4000
UNREADABLE = 0x0102030405060708090A0B0C0D0E3000

SPANS = {HOTELS: 5, BROKEN: 9, SHORT: 1, NAMELESS: 1, NAMELESS + 1: 1, NAMELESS + 2: 1}
SPANS[UNREADABLE] = SPANS[FUTURE] = 2
SPANS[NAMELESS + 3] = 1
SPANS |= {SEQUENCE + number: 1 for number in range(5)}
"""How many spans of each trace are answered; one of HOTELS is sent twice."""


def corpus() -> bytes:
    """All of it in one request, encoded. Some of its texts are no UTF-8."""
    return _corpus().SerializeToString().replace(_NO_UTF8.encode(), b"\xff\xe2\x82\xed")


def _corpus() -> ExportTraceServiceRequest:
    failed = _failed()
    frontend = {"telemetry.sdk.language": "python", "host.name": "inn", "process.pid": 4711}
    return export(
        sent_by("frontend", _root(), _client(), **frontend),
        sent_by("search", _search_span(), failed, failed, **{"service.instance.id": "search-1"}),
        sent_by("geo", _linked(), ip=134744072),
        sent_by("broken", *_broken()),
        sent_by("short", span(SHORT, 1, name="64 bits", kind=Span.SPAN_KIND_UNSPECIFIED)),
        sent_by("future", *_future()),
        sent_by("sequence", *(_in_sequence(number) for number in range(5))),
        sent_by(None, span(NAMELESS, 1)),
        sent_by("", span(NAMELESS + 1, 1)),
        sent_by(None, span(NAMELESS + 2, 1), **{"service.name": 5}),
        sent_by("unreadable", *_unreadable(), **{"host.name": _NO_UTF8}),
        sent_by(f"no utf-8: {_NO_UTF8}", span(NAMELESS + 3, 1)),
    )


def questions() -> list[str]:
    """Paths with their parameters."""
    start = EPOCH // 1000
    within = f"start={start - 10**6}&end={start + 10**7}&limit=0"
    search = f"/api/traces?service=search&{within}"
    sequence = f"/api/traces?service=sequence&{within}"
    one = f"/api/traces/{HOTELS:032x}"
    end = f"endTs={EPOCH // MS + 10_000}"
    return [
        *_about_names(),
        *(f"/api/traces/{trace:032x}" for trace in SPANS if trace not in _SEQUENCE),
        f"/api/traces/{UNREADABLE:032x}?raw=true",
        f"{one}?raw=true",
        f"{one}?prettyPrint=true",
        f"{one}?raw=perhaps",
        "/api/traces/90a0b0c0d0e0f30",
        "/api/traces/ff",
        "/api/traces/zz",
        f"/api/traces/{'f' * 33}",
        f"/api/traces/{'f' * 17}zz",
        search,
        f"{search}&operation=Search%2FNearby",
        f"{search}&operation=nothing",
        f"{search}&minDuration=10ms&maxDuration=0.5s",
        f"{search}&minDuration=1h",
        f"{search}&maxDuration=1us",
        f"{sequence}&minDuration=3ms",
        f"{sequence}&maxDuration=2ms",
        f"{sequence}&limit=2".replace("limit=0&", ""),
        f"/api/traces?service=sequence&start={start + 10**6}&end={start + 3 * 10**6}",
        f"/api/traces?service=sequence&end={start - 1}&start=0",
        f"/api/traces?traceID={SHORT:x}&traceID=ff",
        f"/api/traces?traceID={SHORT:x}&service=nothing&minDuration=1h",
        *(f"{search}&{tags}" for tags in _tags()),
        *(f"{sequence}&{bad}" for bad in _mistakes()),
        "/api/traces?service=future&start=1",
        "/api/traces?service=future&start=0&end=1000000",
        f"/api/traces?service=future&start={start}&end={2 * start}",
        f"/api/traces?service=future&start={start}&end={3 * start}&minDuration=1h",
        "/api/traces",
        f"/api/traces?{within}",
        *(f"/api/dependencies?{end}{more}" for more in ("", "&lookback=60000", "&lookback=1")),
        "/api/dependencies?endTs=soon",
        f"/api/dependencies?{end}&lookback=1h",
        f"/api/dependencies?{end}&service=geo",
        *_about_metrics(),
    ]


_SEQUENCE = range(SEQUENCE, SEQUENCE + 5)


def _about_names() -> list[str]:
    return [
        "/api/services",
        "/api/services/search/operations",
        "/api/services/nothing/operations",
        "/api/operations",
        "/api/operations?service=search",
        "/api/operations?service=frontend&spanKind=client",
        "/api/operations?service=short",
        "/api/operations?service=nothing",
    ]


def _tags() -> list[str]:
    return [
        "tags={}",
        "tag=error:true",
        'tags={"error":"true","otel.status_code":"ERROR"}',
        "tag=otel.status_description:too%20far:%20500%20km",
        "tag=span.kind:server&tag=hotels:16",
        "tag=hotels:17",
        "tag=ratio:0.3333333333",
        "tag=large:1e%2B20",
        "tag=cached:false",
        "tag=digest:00ff10",
        "tag=names:%5B%22a%5Cu003cb%22,1,2.5,true,%22AP8Q%22%5D",
        "tag=service.instance.id:search-1",
        "tag=exception.type:TooFar",
        "tag=event:exception",
        "tag=otel.scope.name:tests",
        "tag=w3c.tracestate:a=b",
        "tag=hotels",
        "tags=hotels",
        'tags={"hotels":16}',
    ]


def _mistakes() -> list[str]:
    # The sequence's own limit comes first in the query and would win.
    return [
        "minDuration=abc",
        "minDuration=12",
        "minDuration=1x",
        "minDuration=.s",
        "minDuration=2s&maxDuration=1s",
        "raw=perhaps",
        "traceID=zz",
        "traceID=-1",
    ]


def _about_metrics() -> list[str]:
    return [
        "/api/metrics/latencies",
        "/api/metrics/latencies?quantile=much",
        "/api/metrics/latencies?quantile=0.9",
        "/api/metrics/latencies?quantile=0.9&service=search",
        "/api/metrics/calls?service=search",
        "/api/metrics/errors?service=search",
        "/api/metrics/minstep",
        "/api/traces?service=x&limit=abc",
        "/api/traces?service=x&limit=99999999999",
        "/api/traces?service=x&start=abc",
        "/api/traces?service=x&end=99999999999999999999",
    ]


def _root() -> Span:
    root = span(
        HOTELS,
        1,
        duration=50 * MS + 123,
        attributes={
            "http.request.method": "GET",
            "url.query": "<script>alert(1)</script> ü",
            "telemetry.sdk.version": "moves to the process",
            "b": 1,
            "a": 2,
        },
    )
    root.trace_state = "a=b"
    root.status.CopyFrom(Status(code=Status.STATUS_CODE_OK))
    return root


def _client() -> Span:
    return span(
        HOTELS,
        2,
        1,
        name="search.v1.Search/Nearby",
        kind=Span.SPAN_KIND_CLIENT,
        start=EPOCH + MS,
        duration=40 * MS,
        attributes={"peer.ipv4": 2130706433, "ip": "10.0.0.1"},
    )


def _search_span() -> Span:
    built = span(
        HOTELS,
        3,
        2,
        name="Search/Nearby",
        start=EPOCH + 2 * MS,
        duration=30 * MS,
        attributes={
            "hotels": 16,
            "ratio": 1 / 3,
            "large": 1e20,
            "whole": 2.0,
            "tiny": 1.5e-9,
            "cached": False,
            "digest": b"\x00\xff\x10",
            "names": ["a<b", 1, 2.5, True, b"\x00\xff\x10"],
            "nested": {"z": {"&": None}, "a": [1.0, []], "e": 1e21, "ü": ""},
            "nothing": None,
            "exact": 2**53 - 1,
            "inexact": 2**53,
            "negative": -(2**63),
        },
    )
    built.trace_state = "a=b"
    for name, attributes in (
        ("exception", {"exception.type": "TooFar", "attempt": 2, "at": 1}),
        ("", {}),
        ("shadowed", {"event": "attribute wins", "a": 1}),
        ("numbered", {"event": 7, "a": 1}),
    ):
        event = built.events.add(name=name, time_unix_nano=EPOCH + 3 * MS + 999)
        event.attributes.extend(key_values(attributes))
    return built


def _failed() -> Span:
    return span(
        HOTELS,
        4,
        3,
        name="geo.v1.Geo/Nearby",
        kind=Span.SPAN_KIND_CLIENT,
        start=EPOCH + 40 * MS,
        duration=MS,
        error="too far: 500 km",
    )


def _linked() -> Span:
    """Its clock is early, and it links elsewhere, to its parent, to nothing and as a child."""
    built = span(HOTELS, 5, 4, name="Geo/Nearby", start=EPOCH - 2 * MS - 7, duration=MS // 2)
    built.links.add(trace_id=BROKEN.to_bytes(16, "big"), span_id=(1).to_bytes(8, "big"))
    child_of = built.links.add(trace_id=HOTELS.to_bytes(16, "big"), span_id=(2).to_bytes(8, "big"))
    child_of.attributes.extend(key_values({"opentracing.ref_type": "child_of"}))
    built.links.add(trace_id=HOTELS.to_bytes(16, "big"), span_id=(4).to_bytes(8, "big"))
    built.links.add(trace_id=bytes(16), span_id=(9).to_bytes(8, "big"))
    return built


def _broken() -> list[Span]:
    """A missing parent, cycles, no duration, an end before the start, an id used twice."""
    follower = span(BROKEN, 8, 0, name="follows", kind=Span.SPAN_KIND_CONSUMER)
    follower.links.add(trace_id=BROKEN.to_bytes(16, "big"), span_id=(1).to_bytes(8, "big"))
    return [
        span(BROKEN, 1, 0xFF, name="orphan", kind=Span.SPAN_KIND_INTERNAL, duration=5 * MS),
        span(BROKEN, 2, 2, name="own parent", kind=Span.SPAN_KIND_PRODUCER),
        span(BROKEN, 3, 4, name="cycle", duration=9 * MS),
        span(BROKEN, 4, 3, name="cycle", start=EPOCH + 8 * MS, duration=9 * MS),
        span(BROKEN, 5, 1, name="no time", duration=0),
        span(BROKEN, 6, 1, name="backwards", duration=-MS),
        # Jaeger throws dice for which of the two is the duplicate. As both have the same times, the
        # other one gets the same warning either way.
        span(BROKEN, 7, 1, name="", start=EPOCH - MS, duration=90 * MS),
        follower,
        span(BROKEN, 7, 1, name="an id used twice", start=EPOCH - MS, duration=90 * MS),
    ]


def _future() -> list[Span]:
    """A clock that is a lifetime ahead, and one that was never set."""
    far = 4_102_444_800_000_000_000
    return [span(FUTURE, 1, start=far), span(FUTURE, 2, 1, start=0, duration=MS)]


def _unreadable() -> list[Span]:
    """Texts that are no UTF-8 in every place that has one."""
    built = span(
        UNREADABLE,
        1,
        name=f"name {_NO_UTF8}",
        attributes={
            f"key {_NO_UTF8}": 5,
            "value": _NO_UTF8,
            "list": [_NO_UTF8, "a"],
            "map": {_NO_UTF8: _NO_UTF8},
        },
        error=f"why {_NO_UTF8}",
    )
    built.trace_state = _NO_UTF8
    event = built.events.add(name=f"event {_NO_UTF8}", time_unix_nano=EPOCH)
    event.attributes.extend(key_values({f"field {_NO_UTF8}": 1, "value": _NO_UTF8}))
    return [built, span(UNREADABLE, 2, 1)]


def _in_sequence(number: int) -> Span:
    return span(
        SEQUENCE + number,
        1,
        start=EPOCH + number * 1000 * MS,
        duration=(number + 1) * MS,
        attributes={"number": number},
    )
