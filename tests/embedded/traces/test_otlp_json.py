from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innkeeper.embedded.traces.intake import parse
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.otlp_json import parse_json
from innkeeper.errors import BadInput

FIELDS = ("resourceSpans", "scopeSpans", "spans", "links", "traceId", "spanId", "name", "kind")
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS) | st.text(),
            inner,
            max_size=4,
        )
    ),
)


@given(ANYTHING | st.fixed_dictionaries({"resourceSpans": st.lists(ANYTHING, max_size=2)}))
@settings(deadline=None)
def test_any_json_is_a_request_or_bad_input(document: object) -> None:
    """No document fails in a way that the sender is not told in words."""
    with suppress(BadInput):
        list(Decoder().decode(parse_json(msgspec.json.encode(document))))


@given(st.binary())
@settings(deadline=None)
def test_any_bytes_are_a_request_or_bad_input(body: bytes) -> None:
    """The same for both forms when the bytes mean nothing."""
    for read in (parse, parse_json):
        with suppress(BadInput):
            list(Decoder().decode(read(body)))


def test_half_a_character_and_bytes_that_are_no_text_become_a_sign_for_them() -> None:
    """What JSON can escape and UTF-8 cannot write costs one character, not the request."""
    span = b'{"traceId": "%s", "spanId": "%s", "name": "a\\ud800b\xffc\\ud83d\\ude00"}'
    body = b'{"resourceSpans": [{"scopeSpans": [{"spans": [' + span % (b"0a" * 16, b"0b" * 8)
    (batch,) = Decoder().decode(parse_json(body + b"]}]}]}"))
    assert [arrival[1].name for arrival in batch.arrivals] == ["a\ufffdb\ufffdc\U0001f600"]


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"spans"'])
def test_what_is_no_object_is_no_request(body: bytes) -> None:
    """Its sender must not take it for delivered."""
    with pytest.raises(BadInput):
        parse_json(body)
