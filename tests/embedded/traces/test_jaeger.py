import json
from typing import Any

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.jaeger import encode
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from tests.support.spans import export, key_values, sent_by, span
from tests.support.stored import add, stored


def written(store: Store, *, raw: bool = False) -> dict[str, Any]:
    """The trace with the id 1 as its readers get it."""
    trace = store.trace(1)
    assert trace is not None
    return dict(json.loads(encode(trace, raw=raw)))


def test_numbers_that_json_cannot_write_become_text() -> None:
    """Infinity and NaN do not break the answer."""
    attributes = {"a": float("inf"), "b": float("-inf"), "c": float("nan")}
    tags = written(stored(sent_by("a", span(attributes=attributes))))["spans"][0]["tags"]
    assert [tag["value"] for tag in tags[:3]] == ["+Inf", "-Inf", "NaN"]


def test_a_span_whose_rest_cannot_be_read_is_shown_as_far_as_it_can() -> None:
    """Name and times of a span with damaged attributes are there, and a warning."""
    damaged = wire.Head(trace_id=bytes(15) + b"\1", span_id=bytes(7) + b"\2", name=b"damaged")
    damaged.end_time_unix_nano = 5_000
    request = wire.Request.FromString(export(sent_by("a", span(1, 1))).SerializeToString())
    request.resource_spans[0].scope_spans[0].spans.append(
        # An attribute of three bytes that are none.
        damaged.SerializeToString() + b"\x4a\x03\xff\xff\xff"
    )
    store = Store(1_000_000)
    assert add(store, Decoder(), request.SerializeToString()).rejected == 0
    first, _ = written(store)["spans"]
    assert (first["operationName"], first["duration"]) == ("damaged", 5)
    assert "cannot be read" in first["warnings"][0]


def test_what_was_cut_off_is_said() -> None:
    """A trace that outgrew its share of the memory names the number of spans that are missing."""
    sent = sent_by("a", *(span(1, number) for number in range(1, 1000)))
    trace = written(stored(sent, capacity=50_000))
    missing = 999 - len(trace["spans"])
    assert missing > 0
    assert trace["warnings"] == [
        f"{missing} spans of this trace came later and were refused: it takes half of the memory"
    ]


def test_texts_that_are_no_utf8_become_bytes() -> None:
    """As in Jaeger: names, keys and values are kept as binary tags, the rest gets U+FFFD."""
    odd = span(name="NAME", attributes={"KEY": 5, "value": "VALUE"}, error="ERROR")
    odd.events.add(name="EVENT").attributes.extend(key_values({"field": "FIELD"}))
    encoded = export(sent_by("a", odd)).SerializeToString()
    for word in (b"NAME", b"KEY", b"VALUE", b"ERROR", b"EVENT", b"FIELD"):
        encoded = encoded.replace(word, word[:-1] + b"\xff")
    store = Store(1_000_000)
    add(store, Decoder(), encoded)
    (shown,) = written(store)["spans"]
    tags = {tag["key"]: tag["value"] for tag in shown["tags"]}
    assert shown["operationName"] == "invalid-span-name"
    assert tags["invalid-span-name"] == "TkFN/w=="
    assert tags["invalid-tag-key-1"] == "S0X/OjU="
    assert tags["value"] == "VkFMVf8="
    assert tags["otel.status_description"] == "ERRO\ufffd"
    assert [field["value"] for field in shown["logs"][0]["fields"]] == ["EVEN\ufffd", "FIEL\ufffd"]
