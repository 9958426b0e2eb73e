"""Writing down the words of hotels in a database file, for SqliteWordIndex to find them by."""

import sqlite3
from collections.abc import Iterable, Mapping

from innkeeper.hotels.profile.matching import mistypings, words

NameAndCity = tuple[str, str]


class WordWriter:
    """Keeps the words beside the hotels, within the transaction of whoever writes these."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[str, int] = {}

    def put(self, before: Mapping[str, NameAndCity], after: Mapping[str, NameAndCity]) -> None:
        """Take names and cities by hotel id, those that hotels had before among them."""
        removed: list[tuple[int, str]] = []
        added: list[tuple[int, str]] = []
        for hotel_id, texts in after.items():
            old, new = _words(before.get(hotel_id, ())), _words(texts)
            # Sorted, as sets have another order in each process, and files are to be the same.
            removed += ((self._id(word), hotel_id) for word in sorted(old - new))
            added += ((self._id(word), hotel_id) for word in sorted(new - old))
        self._connection.executemany(
            "DELETE FROM hotel_word WHERE word_id = ? AND hotel_id = ?", removed
        )
        # In the order of the table, which is written faster.
        added.sort()
        self._connection.executemany(
            "INSERT INTO hotel_word (word_id, hotel_id) VALUES (?, ?)", added
        )

    def _id(self, word: str) -> int:
        known = self._ids.get(word)
        if known is None:
            known = self._ids[word] = self._written(word)
        return known

    def _written(self, word: str) -> int:
        row = self._connection.execute("SELECT id FROM word WHERE word = ?", (word,)).fetchone()
        if row is not None:
            return int(row[0])
        cursor = self._connection.execute("INSERT INTO word (word) VALUES (?)", (word,))
        self._connection.executemany(
            "INSERT INTO mistyping (spelling, word) VALUES (?, ?)",
            ((spelling, word) for spelling in sorted(mistypings(word))),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in words(text)}
