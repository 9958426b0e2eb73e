"""The words of hotels in memory."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, islice

from innkeeper.hotels.profile.matching import Candidate, mistypings, words


class MemoryIndex:
    """As WordIndex says, for as many hotels as a flat file may hold."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._candidates = {candidate.hotel_id: candidate for candidate in candidates}
        self._ordered = sorted(self._candidates)
        self._hotels: dict[str, set[str]] = {}
        for candidate in self._candidates.values():
            for word in (*words(candidate.name), *words(candidate.city)):
                self._hotels.setdefault(word, set()).add(candidate.hotel_id)
        self._words = sorted(self._hotels)
        self._spellings: dict[str, list[str]] = {}
        for word in self._words:
            for spelling in mistypings(word):
                self._spellings.setdefault(spelling, []).append(word)

    async def of(self, hotel_ids: Sequence[str]) -> Iterable[Candidate]:
        """As WordIndex says."""
        known = self._candidates
        return [known[hotel_id] for hotel_id in hotel_ids if hotel_id in known]

    async def first(self, min_rating: float, limit: int) -> Iterable[Candidate]:
        """As WordIndex says."""
        return self._rated(self._ordered, min_rating, limit)

    async def beginning(self, prefix: str, limit: int) -> Iterable[str]:
        """As WordIndex says."""
        start = bisect_left(self._words, prefix)
        return [word for word in self._words[start : start + limit] if word.startswith(prefix)]

    async def spelled(self, spellings: Collection[str]) -> Iterable[str]:
        """As WordIndex says."""
        return chain.from_iterable(self._spellings.get(spelling, ()) for spelling in spellings)

    async def having(
        self, groups: Sequence[Collection[str]], min_rating: float, limit: int
    ) -> Iterable[Candidate]:
        """As WordIndex says."""
        having = (set().union(*(self._hotels.get(word, ()) for word in group)) for group in groups)
        return self._rated(sorted(set.intersection(*having)), min_rating, limit)

    def _rated(
        self, hotel_ids: Iterable[str], min_rating: float, limit: int
    ) -> Iterable[Candidate]:
        candidates = (self._candidates[hotel_id] for hotel_id in hotel_ids)
        good = (found for found in candidates if (found.rating or 0.0) >= min_rating)
        return list(islice(good, limit))
