"""Writing a catalogue to PostgreSQL, in one transaction: readers see the state before until the
state after is whole, and killed at any point the state before stays.

The first import makes the tables in the same transaction. It fills them before it makes their
indexes, which is several times as fast. One import at a time holds an advisory lock, which ends
with its connection.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.entry import Changes, Entry
from innkeeper.hotels.postgres import schema
from innkeeper.hotels.postgres.failures import cannot_write
from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.profile import kept as profiles
from innkeeper.hotels.profile.matching import mistypings, words
from innkeeper.hotels.rate import kept as rates

_IMPORTING = 0x494E4E02
"""Key of the advisory lock that an import holds."""

Rows = Mapping[str, tuple[Any, ...]]
"""Hotel id → the other columns."""


class PostgresWriter:
    """As Writer says, within a transaction."""

    def __init__(self, connection: psycopg.Connection, *, empty: bool) -> None:
        self._connection = connection
        self._empty = empty
        self._words: dict[str, int] = {}
        row = connection.execute("SELECT coalesce(max(id), 0) FROM word").fetchone()
        self._last_word: int = row[0] if row else 0

    def put(self, entries: Sequence[Entry]) -> Changes:
        """As Writer says."""
        known: set[str] = set()
        changed = self._put(
            "place",
            ("lat", "lon"),
            {
                entry.hotel_id: (entry.place.lat, entry.place.lon)
                for entry in entries
                if entry.place is not None
            },
            known,
        )
        changed |= self._put(
            "rate",
            ("plans",),
            {
                entry.hotel_id: (rates.encode(entry.plans),)
                for entry in entries
                if entry.plans is not None
            },
            known,
        )
        described = {entry.hotel_id: entry.profile for entry in entries if entry.profile}
        changed |= self._put(
            "profile",
            ("record",),
            {hotel_id: (profiles.encode(hotel),) for hotel_id, hotel in described.items()},
            known,
        )
        self._list(
            {
                hotel_id: (_text(hotel.name), _text(hotel.address.city), hotel.rating)
                for hotel_id, hotel in described.items()
            }
        )
        new = sum(entry.hotel_id not in known for entry in entries)
        return Changes(
            new=new, changed=len(changed & known), same=len(entries) - new - len(changed & known)
        )

    def unbookable(self) -> int:
        """As Writer says."""
        row = self._connection.execute(
            "SELECT count(*) FROM place LEFT JOIN rate USING (hotel_id) WHERE rate.hotel_id IS NULL"
        ).fetchone()
        return int(row[0]) if row else 0

    def _put(self, table: str, columns: Sequence[str], wanted: Rows, known: set[str]) -> set[str]:
        """Write the rows that are not there as they are wanted; returns their hotels."""
        existing = self._existing(table, columns, wanted)
        known.update(existing)
        self._copy(
            table,
            ("hotel_id", *columns),
            ((hotel_id, *row) for hotel_id, row in wanted.items() if hotel_id not in existing),
        )
        changed = [
            (*row, hotel_id)
            for hotel_id, row in wanted.items()
            if hotel_id in existing and existing[hotel_id] != row
        ]
        if changed:
            update = sql.SQL("UPDATE {} SET ({}) = ROW ({}) WHERE hotel_id = %s").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
            )
            with self._connection.cursor() as cursor:
                cursor.executemany(update, changed)
        return {row[-1] for row in changed} | (wanted.keys() - existing.keys())

    def _list(self, wanted: Rows) -> None:
        """Write down names, cities and ratings, and the words to find hotels by."""
        columns = ("name", "city", "rating")
        before = self._existing("listing", columns, wanted)
        self._put("listing", columns, wanted, set())
        removed: list[tuple[str, str]] = []
        added: list[tuple[str, str]] = []
        for hotel_id, row in wanted.items():
            old, new = _words(before.get(hotel_id, ())[:2]), _words(row[:2])
            removed += ((word, hotel_id) for word in old - new)
            added += ((word, hotel_id) for word in new - old)
        self._know({word for word, _ in (*removed, *added)})
        if removed:
            with self._connection.cursor() as cursor:
                cursor.executemany(
                    "DELETE FROM hotel_word WHERE word_id = %s AND hotel_id = %s",
                    [(self._words[word], hotel_id) for word, hotel_id in removed],
                )
        self._copy(
            "hotel_word",
            ("word_id", "hotel_id"),
            ((self._words[word], hotel_id) for word, hotel_id in added),
        )

    def _know(self, asked: set[str]) -> None:
        """Find the numbers of words; new ones get theirs."""
        unknown = sorted(asked - self._words.keys())
        if unknown and not self._empty:
            self._words.update(
                self._connection.execute(
                    "SELECT word, id FROM word WHERE word = ANY(%s)", [unknown]
                ).fetchall()
            )
        new = [word for word in unknown if word not in self._words]
        for word in new:
            self._last_word += 1
            self._words[word] = self._last_word
        self._copy("word", ("id", "word"), ((self._words[word], word) for word in new))
        self._copy(
            "mistyping",
            ("spelling", "word"),
            ((spelling, word) for word in new for spelling in mistypings(word)),
        )

    def _existing(self, table: str, columns: Sequence[str], wanted: Rows) -> Rows:
        if self._empty or not wanted:
            return {}
        select = sql.SQL("SELECT hotel_id, {} FROM {} WHERE hotel_id = ANY(%s)").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
        )
        rows = self._connection.execute(select, [list(wanted)])
        return {row[0]: row[1:] for row in rows}

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


@contextmanager
def writing_postgres(place: Postgres) -> Iterator[PostgresWriter]:
    """A writer into a database, whose tables are made when missing.

    Raises:
        CannotStart: it cannot be reached or written, or another import is under way.
    """
    with schema.connected(place) as connection:
        try:
            _lock(connection, place)
            with connection.transaction():
                yield from _writing(connection, place)
            _tidy(connection)
        except psycopg.Error as error:
            raise cannot_write(place, error) from None


def holds_hotels(place: Postgres) -> bool:
    """Whether there is a catalogue already.

    Raises:
        CannotStart: the database cannot be reached.
    """
    with schema.connected(place) as connection:
        return schema.version(connection, place) > 0


def _writing(connection: psycopg.Connection, place: Postgres) -> Iterator[PostgresWriter]:
    if schema.version(connection, place) > 0:
        schema.migrate(connection, place)
        yield PostgresWriter(connection, empty=False)
        return
    schema.make_schema(connection, place)
    connection.execute(schema.TABLES)
    yield PostgresWriter(connection, empty=True)
    for step in (schema.INDEXES, *schema.MIGRATIONS[1:]):
        connection.execute(step)
    schema.set_version(connection, len(schema.MIGRATIONS))


def _lock(connection: psycopg.Connection, place: Postgres) -> None:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_IMPORTING]).fetchone()
    if row is None or not row[0]:
        raise CannotStart(f"{place} is being written by another import: wait until it is done")


def _tidy(connection: psycopg.Connection) -> None:
    """Tell the planner what there is, and which pages everybody may see."""
    statement: LiteralString = "VACUUM (ANALYZE) {}"
    # The hotels are in. What fails here the server does by itself some time later.
    with suppress(psycopg.Error):
        for table in ("place", "rate", "profile", "listing", "word", "mistyping", "hotel_word"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in words(text)}


def _text(text: str) -> str:
    """The text as PostgreSQL can hold it. The record, which is JSON, has it as it was."""
    return text.replace("\0", " ")
