"""The tables of a database file, as steps from one version to the next."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice

from innkeeper.hotels.profile.sqlite_words import WordWriter

Step = str | Callable[[sqlite3.Connection], None]
"""Statements, or what runs them."""

_BATCH = 5000


def _find_by_words(connection: sqlite3.Connection) -> None:
    """Write down the words of the hotels that are there."""
    for statement in _WORDS.split(";"):
        connection.execute(statement)
    writer = WordWriter(connection)
    rows: Iterator[tuple[str, str, str]] = connection.execute(
        "SELECT hotel_id, name, city FROM listing"
    )
    while batch := list(islice(rows, _BATCH)):
        writer.put({}, {hotel_id: (name, city) for hotel_id, name, city in batch})


# What is looked at in many hotels stands apart from their long records.
_WORDS = """
    CREATE TABLE listing (
        hotel_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        city TEXT NOT NULL,
        rating REAL
    ) WITHOUT ROWID;
    INSERT INTO listing
        SELECT hotel_id, name, json_extract(record, '$.address.city'), rating
        FROM profile ORDER BY hotel_id;
    CREATE TABLE word (
        id INTEGER PRIMARY KEY,
        word TEXT NOT NULL UNIQUE
    );
    CREATE TABLE mistyping (
        spelling TEXT NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (spelling, word)
    ) WITHOUT ROWID;
    CREATE TABLE hotel_word (
        word_id INTEGER NOT NULL,
        hotel_id TEXT NOT NULL,
        PRIMARY KEY (word_id, hotel_id)
    ) WITHOUT ROWID
"""

MIGRATIONS: tuple[Step, ...] = (
    """
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        hotel_id TEXT NOT NULL UNIQUE,
        lat REAL NOT NULL,
        lon REAL NOT NULL
    );
    CREATE VIRTUAL TABLE place_box USING rtree (id, min_lat, max_lat, min_lon, max_lon);
    CREATE TABLE rate (
        hotel_id TEXT PRIMARY KEY,
        plans TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE profile (
        id INTEGER PRIMARY KEY,
        hotel_id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        rating REAL,
        record TEXT NOT NULL
    );
    """,
    _find_by_words,
)
"""Each brings a file to the next version; a published one never changes. The first makes it."""
