"""Finding hotels by words, the same way in every store.

A store keeps, for each word of a name or a city, the hotels that have it, and the words by what
they become when a letter is left out. First those hotels are looked for that have all words as they
were typed, then those with words that begin so, then those with words that differ by a mistake;
each step is taken when the ones before have not found enough.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from innkeeper.hotels.profile.matching import (
    Candidate,
    Match,
    begins,
    likeness,
    may_be_mistyped,
    mistypings,
    ranked,
    words,
)

MOST_CANDIDATES = 500
"""How many hotels a step ranks: of more than that, the first by id."""

MOST_LOOKED_AT = 10_000
"""How many hotels that have a word are looked at for other words: the first by id."""

_MOST_WORDS = 16
_MOST_BEGUN = 64


class WordIndex(Protocol):
    """What a store knows about words."""

    async def of(self, hotel_ids: Sequence[str]) -> Iterable[Candidate]:
        """Those of the hotels that are known, in any order."""

    async def first(self, min_rating: float, limit: int) -> Iterable[Candidate]:
        """The first hotels by id of those rated so well; unrated ones count as 0."""

    async def beginning(self, prefix: str, limit: int) -> Iterable[str]:
        """The first words, by code points, that begin so."""

    async def spelled(self, spellings: Collection[str]) -> Iterable[str]:
        """The words that have one of these among their `mistypings`."""

    async def having(
        self, groups: Sequence[Collection[str]], min_rating: float, limit: int
    ) -> Iterable[Candidate]:
        """The first hotels by id with a word of every group, of those rated so well.

        Of the words of the rarest group no more than `MOST_LOOKED_AT` hotels need be looked at,
        so that words that are common and never meet cost no more than others.
        """


async def find(
    index: WordIndex, q: str, min_rating: float, hotel_ids: Sequence[str] | None, limit: int
) -> Sequence[Match]:
    """As ProfileStore says."""
    asked = tuple(dict.fromkeys(words(q)))[:_MOST_WORDS]
    if q.strip() and not asked:
        return []
    if hotel_ids is not None:
        return await _find_among(index, asked, min_rating, hotel_ids, limit)
    if not asked:
        return [_unasked(candidate) for candidate in await index.first(min_rating, limit)]
    groups = [{word} for word in asked]
    found = await _ranked(index, asked, groups, min_rating)
    for more in (_begun, _mistyped):
        if len(found) >= limit:
            break
        before = [set(group) for group in groups]
        for group, word in zip(groups, asked, strict=True):
            group |= await more(index, word)
        if groups != before:
            # Those with the words as typed may no longer be among the first by id.
            again = await _ranked(index, asked, groups, min_rating)
            found = sorted({*found, *again}, key=lambda match: (-match.score, match.hotel_id))
    return found[:limit]


async def _find_among(
    index: WordIndex,
    asked: Sequence[str],
    min_rating: float,
    hotel_ids: Sequence[str],
    limit: int,
) -> Sequence[Match]:
    candidates = {candidate.hotel_id: candidate for candidate in await index.of(hotel_ids)}
    if asked:
        return ranked(asked, candidates.values(), min_rating)[:limit]
    return [
        _unasked(candidates[hotel_id])
        for hotel_id in dict.fromkeys(hotel_ids)
        if hotel_id in candidates and (candidates[hotel_id].rating or 0.0) >= min_rating
    ][:limit]


async def _ranked(
    index: WordIndex, asked: Sequence[str], groups: Sequence[Collection[str]], min_rating: float
) -> list[Match]:
    return ranked(asked, await index.having(groups, min_rating, MOST_CANDIDATES), min_rating)


async def _begun(index: WordIndex, word: str) -> set[str]:
    return set(await index.beginning(word, _MOST_BEGUN)) if begins(word) else set()


async def _mistyped(index: WordIndex, word: str) -> set[str]:
    if not may_be_mistyped(word):
        return set()
    return {other for other in await index.spelled(mistypings(word)) if likeness(word, other)}


def _unasked(candidate: Candidate) -> Match:
    return Match(candidate.hotel_id, candidate.rating or 0.0, 0.0)
