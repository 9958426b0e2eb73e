"""The words of hotels in a database file."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.profile.finding import MOST_LOOKED_AT
from innkeeper.hotels.profile.matching import Candidate
from innkeeper.hotels.profile.sqlite_thread import SqliteThread

_CANDIDATES = "SELECT hotel_id, name, city, rating FROM listing"
_FIRST = f"{_CANDIDATES} WHERE coalesce(rating, 0) >= ? ORDER BY hotel_id LIMIT ?"
_BEGINNING = "SELECT word FROM word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?"
_SPELLED = "SELECT DISTINCT word FROM mistyping WHERE spelling IN"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM hotel_word WHERE word_id = ? LIMIT ?)"
# Read in the order of the answer, so that it ends with the last one wanted: joins in another order,
# or of a list made first, would look at all hotels that have the word.
_HAVING = """
    SELECT some.hotel_id, name, city, rating
    FROM hotel_word AS some CROSS JOIN listing ON listing.hotel_id = some.hotel_id
    WHERE some.word_id = ?1 AND coalesce(rating, 0) >= ?3 {also}
    AND some.hotel_id <= coalesce((
        SELECT hotel_id FROM hotel_word WHERE word_id = ?1 ORDER BY hotel_id LIMIT 1 OFFSET ?2 - 1
    ), char(1114111))
    ORDER BY some.hotel_id
    LIMIT ?4
"""
_ALSO = """
    AND EXISTS (
        SELECT 1 FROM hotel_word WHERE word_id IN ({ids}) AND hotel_id = some.hotel_id
    )
"""
_LAST = "\U0010ffff"


class SqliteWordIndex:
    """As WordIndex says. Raises Unavailable where the file cannot be read."""

    def __init__(self, thread: SqliteThread) -> None:
        self._thread = thread

    async def of(self, hotel_ids: Sequence[str]) -> Iterable[Candidate]:
        """As WordIndex says."""
        rows = await self._thread.run(
            lambda connection: list(sqlitefile.fetch_hotels(connection, _CANDIDATES, hotel_ids))
        )
        return map(Candidate._make, rows)

    async def first(self, min_rating: float, limit: int) -> Iterable[Candidate]:
        """As WordIndex says."""
        return map(Candidate._make, await self._fetch(_FIRST, (min_rating, limit)))

    async def beginning(self, prefix: str, limit: int) -> Iterable[str]:
        """As WordIndex says."""
        rows = await self._fetch(_BEGINNING, (prefix, prefix + _LAST, limit))
        return [word for (word,) in rows]

    async def spelled(self, spellings: Collection[str]) -> Iterable[str]:
        """As WordIndex says."""
        rows = await self._fetch(f"{_SPELLED} ({_marks(spellings)})", list(spellings))
        return [word for (word,) in rows]

    async def having(
        self, groups: Sequence[Collection[str]], min_rating: float, limit: int
    ) -> Iterable[Candidate]:
        """As WordIndex says."""
        return await self._thread.run(
            lambda connection: _having(connection, groups, min_rating, limit)
        )

    async def _fetch(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return await self._thread.run(
            lambda connection: sqlitefile.fetch(connection, statement, parameters)
        )


def _having(
    connection: sqlite3.Connection,
    groups: Sequence[Collection[str]],
    min_rating: float,
    limit: int,
) -> Sequence[Candidate]:
    ids = [_ids(connection, group) for group in groups]
    rarest = min(ids, key=lambda group: _count(connection, group))
    others = [group for group in ids if group is not rarest]
    # Numbers, all of them; as text they leave the parameters to what people type.
    also = "".join(_ALSO.format(ids=",".join(map(str, group))) for group in others)
    found: set[Candidate] = set()
    for word_id in rarest:
        rows = sqlitefile.fetch(
            connection, _HAVING.format(also=also), (word_id, MOST_LOOKED_AT, min_rating, limit)
        )
        found.update(map(Candidate._make, rows))
    return sorted(found)[:limit]


def _ids(connection: sqlite3.Connection, words: Collection[str]) -> list[int]:
    select = f"SELECT id FROM word WHERE word IN ({_marks(words)})"
    return [word_id for (word_id,) in sqlitefile.fetch(connection, select, list(words))]


def _count(connection: sqlite3.Connection, word_ids: Sequence[int]) -> int:
    return sum(
        sqlitefile.fetch(connection, _COUNT, (word_id, MOST_LOOKED_AT))[0][0]
        for word_id in word_ids
    )


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
