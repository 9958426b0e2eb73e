import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.profile.matching import (
    BEGUN,
    MISTYPED,
    SAME,
    Candidate,
    likeness,
    mistypings,
    ranked,
    words,
)

LETTERS = st.text("abcd", min_size=4, max_size=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hôtel de l'Étoile", ["hotel", "de", "l", "etoile"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Søren's Łódź–Inn", ["sorens", "lodz", "inn"]),
        ("北京饭店", ["北京饭店"]),
        ("İstanbul, 4★", ["istanbul", "4"]),
        ("' -- %_\0", []),
    ],
)
def test_words_are_compared_without_accents_case_and_marks(text: str, expected: list[str]) -> None:
    """What people leave out when they type does not count."""
    assert list(words(text)) == expected


@pytest.mark.parametrize(
    ("asked", "word", "expected"),
    [
        ("zetta", "zetta", SAME),
        ("zett", "zetta", BEGUN),
        ("z", "zetta", 0),
        ("zeta", "zetta", MISTYPED),
        ("zettta", "zetta", MISTYPED),
        ("zetto", "zetta", MISTYPED),
        ("eztta", "zetta", MISTYPED),
        ("zteat", "zetta", 0),
        ("inm", "inn", 0),
    ],
)
def test_one_mistake_is_forgiven_in_words_of_four_letters(
    asked: str, word: str, expected: float
) -> None:
    """A letter too much, missing, wrong, or two swapped."""
    assert likeness(asked, word) == expected


@given(LETTERS, LETTERS)
def test_words_a_mistake_apart_share_a_form(asked: str, word: str) -> None:
    """So that looking up the forms of one finds the other in any store."""
    if likeness(asked, word) == MISTYPED:
        assert mistypings(asked) & mistypings(word)


def test_what_was_meant_comes_first() -> None:
    """The whole name before a part of it, a word as typed before one with a mistake."""
    hotels = [
        Candidate("1", "Palace Annex at Palm Square", "Rome", None),
        Candidate("2", "Palace", "Rome", 4.0),
        Candidate("3", "Palate", "Rome", 5.0),
        Candidate("4", "Grand", "Rome", 5.0),
    ]

    assert [match.hotel_id for match in ranked(words("palace"), hotels, 0)] == ["2", "1", "3"]
    assert ranked(words("rome palace"), hotels, 0)[0].hotel_id == "2"
    assert [match.hotel_id for match in ranked(words("palace"), hotels, 4.5)] == ["3"]
