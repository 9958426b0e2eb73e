"""OTLP's JSON form, which is protobuf's JSON with ids in hexadecimal instead of base64."""

import base64
import binascii
import json
import re
from collections.abc import Iterator

from google.protobuf.json_format import ParseDict, ParseError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from innkeeper.embedded.traces import wire
from innkeeper.errors import BadInput

_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""What JSON can escape and no other text can hold; U+FFFD takes its place, as in Go."""
_IDS = ("traceId", "spanId", "parentSpanId")


def parse_json(body: bytes) -> wire.Message:
    """Read a request in JSON; an id that is no hexadecimal is taken as missing.

    Raises:
        BadInput: the text is no JSON, or not of this shape.
    """
    try:
        document = json.loads(body.decode(errors="replace"))
        if not isinstance(document, dict):
            raise ValueError("no object")
        if _ESCAPED_HALF.search(body):
            document = _whole(document)
        for identified in _identified(document):
            _ids_to_base64(identified)
        request = ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=True)
        return wire.Request.FromString(request.SerializeToString())
    except (ValueError, RecursionError, ParseError, AttributeError, TypeError) as error:
        raise BadInput(
            "body", f"an ExportTraceServiceRequest in JSON ({str(error)[:200]})"
        ) from error


def _whole(document: object) -> object:
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(_HALF_A_CHARACTER.sub("\ufffd", text))


def _identified(document: object) -> Iterator[dict[str, object]]:
    """The spans and links of the document, whatever else it holds."""
    for resource_spans in _objects(document, "resourceSpans"):
        for scope_spans in _objects(resource_spans, "scopeSpans"):
            for span in _objects(scope_spans, "spans"):
                yield span
                yield from _objects(span, "links")


def _objects(holder: object, field: str) -> Iterator[dict[str, object]]:
    values = holder.get(field) if isinstance(holder, dict) else None
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, dict))


def _ids_to_base64(holder: dict[str, object]) -> None:
    for field in _IDS:
        text = holder.get(field)
        if isinstance(text, str):
            try:
                raw = binascii.unhexlify(text)
            except ValueError:
                raw = b""
            holder[field] = base64.b64encode(raw).decode()
