"""Stores filled for a test."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import psycopg

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.catalogue.database import DatabaseWriter
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.postgres import PostgresWriter, writing_postgres
from innkeeper.hotels.geo.postgres_store import PostgresGeoStore
from innkeeper.hotels.geo.sqlite_store import SqliteGeoStore
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.postgres.place import Postgres


class Closable(Protocol):
    """What can be closed."""

    def close(self) -> None: ...


StoreT = TypeVar("StoreT", bound=Closable)


def database_in_memory(entries: Sequence[Entry]) -> sqlite3.Connection:
    """A database of the newest version with some hotels; it is gone with its last user."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    sqlitefile.migrate(connection, Path(":memory:"), sqlitefile.MIGRATIONS)
    DatabaseWriter(connection).put(entries)
    return connection


def sqlite_places(places: Sequence[Place]) -> SqliteGeoStore:
    """Places in a database."""
    return SqliteGeoStore(
        database_in_memory([Entry(place.hotel_id, place, None, None) for place in places])
    )


class PostgresCatalogue:
    """A database whose hotels are replaced for each test, and the stores that read it."""

    def __init__(self, url: str) -> None:
        self.place = Postgres(url)
        self._open: list[Closable] = []
        with writing_postgres(self.place) as writer:
            writer.put([])

    def fill(self, entries: Sequence[Entry]) -> Postgres:
        """Hold these hotels, and no others; stores that were open are closed."""
        self.close()
        with psycopg.connect(self.place.url) as connection:
            connection.execute(
                "TRUNCATE innkeeper.place, innkeeper.rate, innkeeper.profile, innkeeper.listing,"
                " innkeeper.word, innkeeper.mistyping, innkeeper.hotel_word"
            )
            connection.execute("SET search_path = innkeeper, public")
            PostgresWriter(connection, empty=True).put(entries)
        return self.place

    def places(self, places: Sequence[Place]) -> PostgresGeoStore:
        """A store with these places."""
        entries = [Entry(place.hotel_id, place, None, None) for place in places]
        return self.kept(PostgresGeoStore.open(self.fill(entries)))

    def kept(self, store: StoreT) -> StoreT:
        """A store that is closed with the next filling."""
        self._open.append(store)
        return store

    def close(self) -> None:
        """Close the stores."""
        while self._open:
            self._open.pop().close()
