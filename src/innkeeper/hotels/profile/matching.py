"""Which hotels people mean by the words they type: how well names and cities match them.

Accents and case do not count, nor does punctuation. Every word of a query must be a word of the
name or of the city: the same word, one that it begins, or, from four letters on, one that differs
by a single typing mistake (a letter too much, missing, wrong, or two swapped). All stores rank by
what stands here, so that they agree; they only find those that are worth ranking.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

SAME, BEGUN, MISTYPED = 1.0, 0.9, 0.7
"""How well a word matches."""

_SHORTEST_BEGINNING = 2
_SHORTEST_MISTYPED = 4
# Letters with a stroke or tied together, which Unicode does not take apart.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# Of Søren's one word is left, of l'hôtel two.
_POSSESSIVE = re.compile(r"['’](?=\w\b)")
# What names and cities give to a score beside the words that match.
_WORDS, _WHOLE = 0.8, 0.2


class Match(NamedTuple):
    """A hotel that matches."""

    hotel_id: str
    rating: float
    """Of guests, from 1 to 5; 0 when there is none."""
    score: float
    """From 0 to 1, the higher the better; 0 when nothing was asked for."""


class Candidate(NamedTuple):
    """A hotel that may match."""

    hotel_id: str
    name: str
    city: str
    rating: float | None


@lru_cache(1 << 14)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", letters)
        if not unicodedata.combining(letter)
    )
    bare = _POSSESSIVE.sub("", bare)
    kept = (letter if letter.isalnum() else " " for letter in bare)
    return tuple("".join(kept).split())


def mistypings(word: str) -> set[str]:
    """A word with each of its letters left out, and itself.

    Two words with one typing mistake between them have one of these in common.
    """
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def begins(word: str) -> bool:
    """Whether a word is long enough to stand for all words that it begins."""
    return len(word) >= _SHORTEST_BEGINNING


def may_be_mistyped(word: str) -> bool:
    """Whether a word is long enough to be told from others in spite of a mistake."""
    return len(word) >= _SHORTEST_MISTYPED


@lru_cache(1 << 14)
def likeness(asked: str, word: str) -> float:
    """How well a word matches the one asked for; 0 when it does not."""
    if asked == word:
        return SAME
    if begins(asked) and word.startswith(asked):
        return BEGUN
    if may_be_mistyped(asked) and _one_mistake(asked, word):
        return MISTYPED
    return 0.0


def score(asked: Sequence[str], candidate: Candidate) -> float:
    """How well a hotel matches the words of a query; 0 when it does not.

    Longer words count more; what is left of the name or the city unasked for counts against it.
    """
    name, city = words(candidate.name), words(candidate.city)
    best = [max((likeness(word, other) for other in (*name, *city)), default=0) for word in asked]
    if not all(best):
        return 0.0
    letters = sum(map(len, asked))
    matched = sum(like * len(word) for like, word in zip(best, asked, strict=True)) / letters
    return round(_WORDS * matched + _WHOLE * (_share(asked, name) + _share(asked, city)) / 2, 6)


def ranked(asked: Sequence[str], candidates: Iterable[Candidate], min_rating: float) -> list[Match]:
    """Those that match, the best first, then by id."""
    matches = [
        Match(candidate.hotel_id, candidate.rating or 0.0, found)
        for candidate in candidates
        if (candidate.rating or 0.0) >= min_rating and (found := score(asked, candidate)) > 0
    ]
    return sorted(matches, key=lambda match: (-match.score, match.hotel_id))


def _share(asked: Sequence[str], text: Sequence[str]) -> float:
    """How much of a text was asked for, by letters."""
    letters = sum(map(len, text))
    if not letters:
        return 0.0
    return (
        sum(len(word) * max((likeness(other, word) for other in asked), default=0) for word in text)
        / letters
    )


def _one_mistake(asked: str, word: str) -> bool:
    """Whether one letter is too much, missing or wrong, or two neighbours are swapped."""
    if abs(len(asked) - len(word)) > 1:
        return False
    start = 0
    while start < min(len(asked), len(word)) and asked[start] == word[start]:
        start += 1
    rest, other = asked[start:], word[start:]
    if len(rest) == len(other):
        swapped = rest[1::-1] + rest[2:]
        return rest[1:] == other[1:] or swapped == other
    return rest[1:] == other or rest == other[1:]
