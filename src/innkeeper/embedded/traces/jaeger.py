"""Traces as Jaeger's JSON says them."""

import base64
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.gotext import format_time
from innkeeper.embedded.traces.model import Origin, Span, Trace
from innkeeper.embedded.traces.references import Reference, parent_first, references
from innkeeper.embedded.traces.tags import Tag, log_fields, process_tags, sort_key, span_tags
from innkeeper.embedded.traces.warnings import time_warnings

Json = dict[str, Any]

_LARGEST_SAFE_INTEGER = 2**53 - 1
_CUT = "{} spans of this trace came later and were refused: it takes half of the memory"
_UNREADABLE = "the rest of this span is no OTLP and cannot be read"
_ADDRESSES = ("ip", "peer.ipv4")
_OF_THE_PROCESS = frozenset(
    (
        "telemetry.sdk.language",
        "telemetry.sdk.name",
        "telemetry.sdk.version",
        "telemetry.distro.name",
        "telemetry.distro.version",
    )
)


def id_text(trace_id: int) -> str:
    """A trace id; those of 64 bits have 16 digits."""
    return f"{trace_id:032x}" if trace_id >> 64 else f"{trace_id:016x}"


def encode(trace: Trace, *, raw: bool = False) -> bytes:
    """The whole trace as JSON.

    Args:
        raw: as stored; otherwise tags are sorted, spans that came twice are dropped, and what
            looks wrong is said in warnings.
    """
    return msgspec.json.encode(_Rendering(trace.id, raw).render(trace))


class _Rendering:
    """One trace on its way to JSON: numbers the processes as they turn up."""

    def __init__(self, trace_id: int, raw: bool) -> None:
        self._trace_id = trace_id
        self._raw = raw
        self._processes: dict[tuple[str, tuple[Tag, ...]], str] = {}
        self._process_tags: dict[Origin, list[Tag]] = {}

    def render(self, trace: Trace) -> Json:
        spans = trace.spans()
        if self._raw:
            warnings: list[list[str]] = [[] for _ in spans]
        else:
            spans = sorted(dict.fromkeys(spans), key=lambda span: span.start)
            warnings = time_warnings(spans)
        return {
            "traceID": id_text(self._trace_id),
            # As text a span takes a tenth of what it takes as dictionaries.
            "spans": [
                msgspec.Raw(msgspec.json.encode(self._span(span, found)))
                for span, found in zip(spans, warnings, strict=True)
            ],
            "processes": {
                number: {"serviceName": service, "tags": [_tag(tag) for tag in tags]}
                for (service, tags), number in self._processes.items()
            },
            "warnings": [_CUT.format(trace.refused)] if trace.refused else None,
        }

    def _span(self, span: Span, time_warnings: list[str]) -> Json:
        decoded = wire.read_span(span.encoded)
        unreadable = []
        if decoded is None:
            decoded = wire.read_part(span.encoded)
            unreadable.append(_UNREADABLE)
        tags = span_tags(decoded, span.origin)
        found = references(decoded)
        warnings = unreadable + _duration_warnings(decoded) + time_warnings
        moved: list[Tag] = []
        if not self._raw:
            moved = [tag for tag in tags if tag.key in _OF_THE_PROCESS]
            tags = [tag for tag in tags if tag.key not in _OF_THE_PROCESS]
            warnings += [_invalid(item) for item in found if not item.trace_id]
            found = parent_first([item for item in found if item.trace_id], self._trace_id)
        return {
            "traceID": id_text(self._trace_id),
            "spanID": f"{span.id:016x}",
            "operationName": span.name,
            "references": [_reference(reference) for reference in found],
            "startTime": span.start // 1000,
            "duration": span.duration // 1000,
            "tags": [_tag(tag) for tag in self._tidy(tags)],
            "logs": [self._log(event) for event in decoded.events],
            "processID": self._process(span.origin, moved),
            "warnings": warnings or None,
        }

    def _process(self, origin: Origin, moved: list[Tag]) -> str:
        tags = self._process_tags.get(origin)
        if tags is None:
            tags = self._process_tags[origin] = process_tags(origin)
        process = (origin.service, tuple(self._tidy(tags + moved)))
        return self._processes.setdefault(process, f"p{len(self._processes) + 1}")

    def _log(self, event: wire.Message) -> Json:
        fields = log_fields(event)
        if not self._raw:
            # The event's name stays in front, it is what people look for.
            fields.sort(key=lambda field: (field[:2] != ("event", "string"), sort_key(field)))
        return {
            "timestamp": event.time_unix_nano // 1000,
            "fields": [_tag(field) for field in fields],
        }

    def _tidy(self, tags: Iterable[Tag]) -> list[Tag]:
        if self._raw:
            return list(tags)
        return sorted(map(_address, tags), key=sort_key)


def _address(tag: Tag) -> Tag:
    """Old clients pack an IPv4 address into a number."""
    if tag.key not in _ADDRESSES or tag.type not in ("int64", "float64"):
        return tag
    try:
        packed = int(tag.value) & 0xFFFFFFFF
    except (ValueError, OverflowError):
        return tag
    return Tag(tag.key, "string", ".".join(str(octet) for octet in packed.to_bytes(4, "big")))


def _tag(tag: Tag) -> Json:
    value = tag.value
    if tag.type == "int64" and abs(value) > _LARGEST_SAFE_INTEGER:
        value = str(value)
    elif tag.type == "float64" and not math.isfinite(value):
        value = tag.text()  # JSON has no way to write it as a number
    elif tag.type == "binary":
        value = base64.b64encode(value).decode()
    return {"key": tag.key, "type": tag.type, "value": value}


def _reference(reference: Reference) -> Json:
    return {
        "refType": reference.type,
        "traceID": id_text(reference.trace_id),
        "spanID": f"{reference.span_id:016x}",
    }


def _invalid(reference: Reference) -> str:
    return (
        f"Invalid span reference removed {{TraceID:{reference.trace_id:016x}"
        f" SpanID:{reference.span_id:016x} RefType:{reference.type}"
        " XXX_NoUnkeyedLiteral:{} XXX_unrecognized:[] XXX_sizecache:0}"
    )


def _duration_warnings(span: wire.Message) -> list[str]:
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    if start < end:
        return []
    return [
        "Negative duration detected, sanitizing end timestamp. Original end timestamp:"
        f" {format_time(end)}, adjusted to: {format_time(start + 1)}"
    ]
