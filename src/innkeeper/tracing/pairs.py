"""Attributes as OTLP's messages."""

from collections.abc import Mapping

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.util.types import AnyValue as Value

from innkeeper.tracing.values import encodable, encodable_text


def pairs(attributes: Mapping[str, Value] | None, length: int | None = None) -> list[KeyValue]:
    """The attributes, with texts cut to `length` characters."""
    return [_pair(key, encodable(value, length)) for key, value in (attributes or {}).items()]


def _pair(key: str, value: Value) -> KeyValue:
    return KeyValue(key=encodable_text(key, None), value=_value(value))


def _value(value: Value) -> AnyValue:
    match value:
        case str():
            return AnyValue(string_value=value)
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case tuple():
            return AnyValue(array_value=ArrayValue(values=[_value(inner) for inner in value]))
        case Mapping():
            inner = [_pair(key, inner) for key, inner in value.items()]
            return AnyValue(kvlist_value=KeyValueList(values=inner))
    return AnyValue()
