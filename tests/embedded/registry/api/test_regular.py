"""Regular expressions of filters."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.embedded.registry.api.filter.regular import Malformed, Search, Unsupported

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\W", "^", "$", "é"])


REPEATS = st.sampled_from(["*", "+?", "?", "{2}", "{1,3}"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3)
    return (
        several.map("".join)
        | several.map("|".join).map("(?:{})".format)
        | st.tuples(inner.map("({})".format), REPEATS).map("".join)
    )


@given(st.recursive(ATOMS, larger, max_leaves=8), st.text("ab1-é", max_size=8))
def test_it_finds_what_others_find(pattern: str, text: str) -> None:
    """What is found in a text is what Python's own expressions find."""
    expected = re.search(pattern.replace("$", r"\Z"), text, re.ASCII) is not None
    assert Search(pattern)(text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("", "", True),
        ("^$", "", True),
        ("^$", "a", False),
        ("(?i)GEO", "the geo", True),
        ("(?i:g)EO", "gEO", True),
        ("(?i:g)EO", "geo", False),
        ("(?i)[a-c]+$", "xABC", True),
        ("a.c", "a\nc", False),
        ("(?s)a.c", "a\nc", True),
        ("(?P<year>[0-9]{4})-(?<month>\\d\\d)", "on 2026-11", True),
        ("[[:upper:]][[:^alpha:]]", "aB1", True),
        (r"\x41\x{e9}\.", "Aé.", True),
        (r"[\]\-x]", "-", True),
        ("[]a]", "]", True),
        ("a{,2}", "a{,2}", True),
        ("x{2,}", "axx", True),
        ("x{2,}", "axbx", False),
        (r"\Aab\z", "ab", True),
        (r"\Aab\z", "abc", False),
    ],
)
def test_what_go_understands(pattern: str, text: str, found: bool) -> None:
    """Flags, names, classes and codes are read as Go reads them."""
    assert Search(pattern)(text) is found


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("x**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        ("[a", "missing closing ]: `[a`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        ("w(?!e)", "invalid or unsupported Perl syntax: `(?!`"),
        (r"\y", r"invalid escape sequence: `\y`"),
        ("\\", "trailing backslash at end of expression: ``"),
        ("(a{500}){500}", "expression too large: `(a{500}){500}`"),
        ("(" * 2000, "expression nests too deeply"),
    ],
)
def test_what_is_no_expression(pattern: str, why: str) -> None:
    """A pattern that is none is refused in Go's words."""
    with pytest.raises(Malformed, match=re.escape(why)):
        Search(pattern)


@pytest.mark.parametrize("pattern", [r"\bx", r"\pL", "(?m)^x", r"\Qx\E"])
def test_what_is_not_understood(pattern: str) -> None:
    """What Go takes and this does not is told apart from what is wrong."""
    with pytest.raises(Unsupported):
        Search(pattern)


def test_no_pattern_takes_for_ever() -> None:
    """A pattern that has other engines try all ways at once takes no longer than others."""
    began = time.process_time()
    assert not Search("(a+)+(a+)+(a|a)*$")("a" * 4000 + "b")
    assert time.process_time() - began < 5


@given(st.text("ab()[]{}*+?|\\^$.,-:=<>iPsx01", max_size=12))
def test_any_pattern(pattern: str) -> None:
    """Any text is an expression, or is refused in words."""
    with suppress(Malformed, Unsupported):
        assert Search(pattern)("ab") in (True, False)
