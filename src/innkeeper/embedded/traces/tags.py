"""Tags as Jaeger shows them: attributes and the parts of a span that it has no fields for."""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from opentelemetry.proto.trace.v1 import trace_pb2

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.gotext import utf8
from innkeeper.embedded.traces.model import Origin
from innkeeper.embedded.traces.otlp import INVALID_NAME, KINDS

_TYPE_ORDER = {"string": 0, "bool": 1, "int64": 2, "float64": 3, "binary": 4}
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
# Bytes that are no UTF-8, as Python's surrogateescape reads them.
_ESCAPED |= dict.fromkeys(range(0xDC80, 0xDD00), "\\ufffd")
_STATUS_CODES = {
    trace_pb2.Status.STATUS_CODE_OK: "OK",
    trace_pb2.Status.STATUS_CODE_ERROR: "ERROR",
}


class Tag(NamedTuple):
    """A key with a typed value: str, bool, int, float or bytes."""

    key: str
    type: str
    value: Any

    def text(self) -> str:
        """The value as a search writes it."""
        match self.type:
            case "bool":
                return "true" if self.value else "false"
            case "float64":
                return _exponent(f"{self.value:.10g}")
            case "binary":
                return str(self.value.hex())
            case _:
                return str(self.value)


def sort_key(tag: Tag) -> tuple[str, int, Any]:
    """By key, then type, then value."""
    return tag.key, _TYPE_ORDER[tag.type], tag.value


def span_tags(span: wire.Message, origin: Origin) -> list[Tag]:
    """All tags of a span, in the order in which Jaeger stores them."""
    status = span.status
    derived = (
        ("otel.scope.name", origin.scope_name),
        ("otel.scope.version", origin.scope_version),
    )
    tags = [Tag(key, "string", value) for key, value in derived if value]
    tags += attribute_tags(span.attributes)
    if not _is_utf8(span.name):
        tags.append(Tag(INVALID_NAME, "binary", span.name))
    if kind := KINDS.get(span.kind):
        tags.append(Tag("span.kind", "string", kind))
    if code := _STATUS_CODES.get(status.code):
        tags.append(Tag("otel.status_code", "string", code))
    if status.code == trace_pb2.Status.STATUS_CODE_ERROR:
        tags.append(Tag("error", "bool", True))
    if status.message:
        tags.append(Tag("otel.status_description", "string", utf8(status.message)))
    if span.trace_state:
        tags.append(Tag("w3c.tracestate", "string", utf8(span.trace_state)))
    return tags


def process_tags(origin: Origin) -> list[Tag]:
    """The attributes of the resource but for its service's name."""
    attributes = wire.Resource.FromString(origin.resource).attributes
    return attribute_tags(item for item in attributes if item.key != b"service.name")


def log_fields(event: wire.Message) -> list[Tag]:
    """The name of an event, unless an attribute is called `event`, and its attributes."""
    fields = [_tag(utf8(item.key), item.value) for item in event.attributes]
    if event.name and all(field.key != "event" for field in fields):
        fields.insert(0, Tag("event", "string", utf8(event.name)))
    return fields


def attribute_tags(attributes: Iterable[wire.Message]) -> list[Tag]:
    """One tag for each attribute. What is no UTF-8 becomes bytes, as Jaeger has it."""
    tags: list[Tag] = []
    unreadable = 0
    for attribute in attributes:
        key, value = attribute.key, attribute.value
        try:
            name = key.decode()
        except UnicodeDecodeError:
            unreadable += 1
            text = value.string_value or _tag("", value).text().encode()
            tags.append(Tag(f"invalid-tag-key-{unreadable}", "binary", key + b":" + text))
            continue
        try:
            tags.append(_tag(name, value, bytes.decode))
        except UnicodeDecodeError:
            tags.append(Tag(name, "binary", value.string_value))
    return tags


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _tag(key: str, value: wire.Message, read: Callable[[bytes], str] = utf8) -> Tag:
    match value.WhichOneof("value"):
        case "string_value":
            return Tag(key, "string", read(value.string_value))
        case "int_value":
            return Tag(key, "int64", value.int_value)
        case "bool_value":
            return Tag(key, "bool", value.bool_value)
        case "double_value":
            return Tag(key, "float64", value.double_value)
        case "bytes_value":
            return Tag(key, "binary", value.bytes_value)
        case "array_value" | "kvlist_value":
            return Tag(key, "string", _json(value))
        case _:
            return Tag(key, "string", "")


def _json(value: wire.Message) -> str:
    """Lists and maps become JSON text as Go writes it."""
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def _plain(value: wire.Message) -> object:
    match value.WhichOneof("value"):
        case "array_value":
            return [_plain(item) for item in value.array_value.values]
        case "kvlist_value":
            return {_read(item.key): _plain(item.value) for item in value.kvlist_value.values}
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "double_value":
            number = value.double_value
            return int(number) if number.is_integer() and abs(number) < 1e21 else number
        case "string_value":
            return _read(value.string_value)
        case None:
            return None
        case field:
            return getattr(value, field)


def _read(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


def _exponent(text: str) -> str:
    return text.replace("inf", "+Inf").replace("-+Inf", "-Inf").replace("nan", "NaN")
