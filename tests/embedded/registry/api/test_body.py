"""Reading bodies that nobody sends on purpose."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.embedded.registry.api.body import parse
from innkeeper.embedded.registry.api.catalog_body import catalog_registration
from innkeeper.embedded.registry.api.service_body import lone_check, registration
from innkeeper.embedded.registry.errors import ApiError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("Name", "ID", "Tags", "Meta", "Port", "Check", "Checks", "Weights", "TaggedAddresses")
CHECK_FIELDS = ("Name", "TTL", "HTTP", "GRPC", "Interval", "Header", "Timeout", "Status", "Body")


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"Port": NaN}',
        b'{"Port": -Infinity}',
        b"\xff\xfe",
        b'"\\ud800',
        b"\x00",
    ],
)
def test_hostile_bodies_are_refused(raw: bytes) -> None:
    """What no decoder can read is a 400, whatever it is."""
    with pytest.raises(ApiError) as refused:
        registration(raw)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("{bad", "invalid character 'b' looking for beginning of object key string"),
        ("{'a': 1}", r"invalid character '\'' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a": 1 "b": 2}', "invalid character '\"' after object key:value pair"),
        ('{"a": [{"b": "]{"}, 1 2]}', "invalid character '2' after array element"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ('{"a": "b\nc"}', r"invalid character '\n' in string literal"),
        (r'{"a": "\x"}', "invalid character 'x' in string escape code"),
        (r'{"a": "\u12G4"}', r"invalid character 'G' in \u hexadecimal character escape"),
        (r'{"a": "\u12', "unexpected EOF"),
        ('{"a": "b', "unexpected EOF"),
        ('{"a":  ', "unexpected EOF"),
        ("", "EOF"),
    ],
)
def test_broken_json_is_told_in_consul_s_words(raw: str, said: str) -> None:
    """What is wrong and where is said as real Consul says it of the same body."""
    with pytest.raises(ApiError) as refused:
        parse(raw.encode())
    assert (refused.value.status, refused.value.text) == (400, f"Request decode failed: {said}")


def refused(read: Callable[[bytes], object], raw: bytes) -> ApiError | None:
    """The refusal, if there is one; what is read must be text that can be sent again."""
    try:
        repr(read(raw)).encode()
    except ApiError as error:
        return error
    return None


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    """Any bytes give a value or a 400."""
    refusal = refused(parse, raw)
    assert refusal is None or refusal.status == 400


@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        ANYTHING | st.dictionaries(st.sampled_from(CHECK_FIELDS), ANYTHING, max_size=4),
    )
)
def test_any_service(fields: dict[str, Any]) -> None:
    """Any object of known fields registers or is refused in words, and what registers is UTF-8."""
    raw = json.dumps(fields).encode()
    for read in (registration, lone_check, lambda body: catalog_registration(body, "dc1")):
        refusal = refused(read, raw)
        assert refusal is None or (refusal.text and 400 <= refusal.status < 600)
