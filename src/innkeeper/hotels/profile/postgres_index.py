"""The words of hotels in PostgreSQL."""

from collections.abc import Collection, Iterable, Sequence
from typing import LiteralString

from innkeeper.hotels.postgres.pool import Pool, storable
from innkeeper.hotels.profile.finding import MOST_LOOKED_AT
from innkeeper.hotels.profile.matching import Candidate

_CANDIDATES: LiteralString = "SELECT hotel_id, name, city, rating FROM listing"
_OF: LiteralString = f"{_CANDIDATES} WHERE hotel_id = ANY($1)"
_FIRST: LiteralString = f"{_CANDIDATES} WHERE coalesce(rating, 0) >= $1 ORDER BY hotel_id LIMIT $2"
_BEGINNING: LiteralString = (
    "SELECT word FROM word WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3"
)
_SPELLED: LiteralString = "SELECT DISTINCT word FROM mistyping WHERE spelling = ANY($1)"
_IDS: LiteralString = "SELECT word, id FROM word WHERE word = ANY($1)"
_COUNT: LiteralString = """
    SELECT asked.id, counted.count
    FROM unnest($1::integer[]) AS asked (id) CROSS JOIN LATERAL (
        SELECT count(*) FROM (SELECT FROM hotel_word WHERE word_id = asked.id LIMIT $2) AS one
    ) AS counted
"""
# For each word the first hotels, in the order of the answer, so that it ends with the last wanted.
_HAVING: LiteralString = """
    SELECT DISTINCT found.hotel_id, name, city, rating
    FROM unnest($1::integer[]) AS asked (id) CROSS JOIN LATERAL (
        SELECT holder.hotel_id, name, city, rating
        FROM (
            SELECT hotel_id FROM hotel_word
            WHERE word_id = asked.id ORDER BY hotel_id LIMIT $2
        ) AS holder JOIN listing USING (hotel_id)
        WHERE coalesce(rating, 0) >= $3 {also}
        ORDER BY holder.hotel_id
        LIMIT $4
    ) AS found
    ORDER BY found.hotel_id
    LIMIT $4
"""
_ALSO: LiteralString = """
    AND EXISTS (
        SELECT FROM hotel_word WHERE word_id = ANY(${number}) AND hotel_id = holder.hotel_id
    )
"""
_LAST = "\U0010ffff"


class PostgresWordIndex:
    """As WordIndex says. Raises Unavailable and Overloaded as its pool does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, hotel_ids: Sequence[str]) -> Iterable[Candidate]:
        """As WordIndex says."""
        return map(Candidate._make, await self._pool.fetch(_OF, [storable(hotel_ids)]))

    async def first(self, min_rating: float, limit: int) -> Iterable[Candidate]:
        """As WordIndex says."""
        return map(Candidate._make, await self._pool.fetch(_FIRST, [min_rating, limit]))

    async def beginning(self, prefix: str, limit: int) -> Iterable[str]:
        """As WordIndex says."""
        rows = await self._pool.fetch(_BEGINNING, [prefix, prefix + _LAST, limit])
        return [word for (word,) in rows]

    async def spelled(self, spellings: Collection[str]) -> Iterable[str]:
        """As WordIndex says."""
        rows = await self._pool.fetch(_SPELLED, [list(spellings)])
        return [word for (word,) in rows]

    async def having(
        self, groups: Sequence[Collection[str]], min_rating: float, limit: int
    ) -> Iterable[Candidate]:
        """As WordIndex says."""
        every = list({word for group in groups for word in group})
        known = dict(await self._pool.fetch(_IDS, [every]))
        ids = [[known[word] for word in sorted(group) if word in known] for group in groups]
        if not all(ids):
            return ()
        counts = dict(await self._pool.fetch(_COUNT, [list(known.values()), MOST_LOOKED_AT]))
        rarest = min(ids, key=lambda group: sum(counts[word_id] for word_id in group))
        others = [group for group in ids if group is not rarest]
        also = "".join(_ALSO.format(number=5 + place) for place in range(len(others)))
        rows = await self._pool.fetch(
            _HAVING.format(also=also), [rarest, MOST_LOOKED_AT, min_rating, limit, *others]
        )
        return map(Candidate._make, rows)
