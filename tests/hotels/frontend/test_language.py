import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.frontend.language import preferred


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
        ("en;q=0.5, fr ; q=0.9", "fr"),
        ("de, fr", "de"),
        ("*", ""),
        ("*, es;q=0.1", "es"),
        ("de;q=0", ""),
        ("de;q=2, en;q=0.1", "en"),
        ("de;q=x, <script>, e, en", "en"),
        ("de" + "-abcdefgh" * 5, ""),
    ],
)
def test_the_most_wanted_language_is_taken(header: str, expected: str) -> None:
    """The greatest weight wins, the first of equals; what is not well-formed is passed over."""
    assert preferred(header) == expected


@given(st.text())
def test_any_header_is_read(header: str) -> None:
    """No header is an error."""
    assert len(preferred(header)) <= 35
