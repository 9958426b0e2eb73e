"""Stores filled for a test."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.catalogue.database import DatabaseWriter
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.geo.sqlite_store import SqliteGeoStore
from innkeeper.hotels.geo.store import Place


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
