"""Spans as a busy system of five services sends them, encoded ahead so that sending costs little.

A trace has nine spans, like that of one request to this system: one of HTTP and two for each of
four calls. Each service sends its own, in requests of several hundred.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

SPANS_OF_A_TRACE = 9
TRACES_AT_ONCE = 170
"""So the services with three spans of a trace fill a request of 510."""
ONE_IN = 1000
"""One trace in so many fails and is slow, for searches to find."""
STEP = 1_000_000
"""Nanoseconds between the starts of two traces."""

_CLIENT, _SERVER = Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_SERVER
# Service, name, kind, parent's place, start within the trace in µs, duration in µs.
_SHAPE = (
    ("frontend", "GET /hotels", _SERVER, None, 0, 9000),
    ("frontend", "search.v1.Search/Nearby", _CLIENT, 0, 300, 5200),
    ("search", "search.v1.Search/Nearby", _SERVER, 1, 700, 4300),
    ("search", "geo.v1.Geo/Nearby", _CLIENT, 2, 900, 1500),
    ("geo", "geo.v1.Geo/Nearby", _SERVER, 3, 1200, 800),
    ("search", "rate.v1.Rate/GetRates", _CLIENT, 2, 2600, 1700),
    ("rate", "rate.v1.Rate/GetRates", _SERVER, 5, 2900, 1000),
    ("frontend", "profile.v1.Profile/GetProfiles", _CLIENT, 0, 5700, 2100),
    ("profile", "profile.v1.Profile/GetProfiles", _SERVER, 7, 6200, 1200),
)


@dataclass(frozen=True)
class _Template:
    """A span but for its trace, its ids and its times."""

    service: str
    parent: int | None
    start: int
    duration: int
    named: bytes
    attributes: bytes
    failed: bytes
    """What is added to it in a trace that fails."""


def requests(traces: int, first_start: int, seed: int = 1) -> Iterator[bytes]:
    """Encoded export requests with that many traces; starts in nanoseconds since the epoch."""
    chance = random.Random(seed)
    templates = [_template(*shape) for shape in _SHAPE]
    services = list(dict.fromkeys(template.service for template in templates))
    for first in range(0, traces, TRACES_AT_ONCE):
        sent: dict[str, list[bytes]] = {service: [] for service in services}
        for number in range(first, min(first + TRACES_AT_ONCE, traces)):
            start = first_start + number * STEP
            for service, span in _trace(chance, templates, start, number % ONE_IN == 0):
                sent[service].append(span)
        for service, spans in sent.items():
            yield _request(service, spans)


def _trace(
    chance: random.Random, templates: list[_Template], start: int, fails: bool
) -> Iterator[tuple[str, bytes]]:
    trace_id = chance.randbytes(16)
    ids = [chance.randbytes(8) for _ in templates]
    for template, span_id in zip(templates, ids, strict=True):
        parent = b"" if template.parent is None else b"\x22\x08" + ids[template.parent]
        begins = start + template.start * 1000
        ends = begins + template.duration * (100_000 if fails else 1000)
        yield (
            template.service,
            b"".join(
                (
                    b"\x0a\x10" + trace_id + b"\x12\x08" + span_id + parent + template.named,
                    b"\x39" + begins.to_bytes(8, "little") + b"\x41" + ends.to_bytes(8, "little"),
                    template.attributes,
                    template.failed if fails else b"",
                )
            ),
        )


def _template(
    service: str, name: str, kind: int, parent: int | None, start: int, duration: int
) -> _Template:
    attributes = {
        "rpc.system": "grpc",
        "rpc.service": name.partition("/")[0],
        "rpc.method": name.partition("/")[2],
        "server.address": "127.0.0.1",
        "server.port": 8084,
        "rpc.grpc.status_code": 0,
    }
    failed = Span(attributes=[KeyValue(key="error.type", value=AnyValue(string_value="timeout"))])
    failed.status.code = 2
    return _Template(
        service,
        parent,
        start,
        duration,
        named=Span(name=name, kind=kind).SerializeToString(),  # type: ignore[arg-type]
        attributes=Span(attributes=map(_attribute, attributes.items())).SerializeToString(),
        failed=failed.SerializeToString(),
    )


def _attribute(pair: tuple[str, str | int]) -> KeyValue:
    key, value = pair
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    return KeyValue(key=key, value=AnyValue(string_value=value))


def _request(service: str, spans: list[bytes]) -> bytes:
    resource = Resource(
        attributes=map(_attribute, {"service.name": service, "process.pid": 4711}.items())
    )
    scope = InstrumentationScope(name="bench", version="1.0")
    inner = ScopeSpans(scope=scope).SerializeToString() + b"".join(_field(2, s) for s in spans)
    outer = ResourceSpans(resource=resource).SerializeToString() + _field(2, inner)
    return _field(1, outer)


def _field(number: int, value: bytes) -> bytes:
    """A field of protobuf that holds so many bytes."""
    length = len(value)
    varint = bytearray()
    while length > 127:
        varint.append(length & 127 | 128)
        length >>= 7
    varint.append(length)
    return bytes((number << 3 | 2,)) + varint + value
