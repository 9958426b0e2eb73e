"""Writing a catalogue to a database file.

A file that exists gets its changes in one transaction: readers see the state before until the state
after is whole. A new file is made beside its place and moved there when it is whole, which needs no
journal and no second copy of a million hotels. Killed at any point, what was there is still there.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.hotels import sqlitefile
from innkeeper.hotels.catalogue.entry import Changes, Entry
from innkeeper.hotels.catalogue.lock import locked
from innkeeper.hotels.profile import kept as profiles
from innkeeper.hotels.profile.sqlite_words import WordWriter
from innkeeper.hotels.rate import kept as rates

_PLACES = "SELECT hotel_id, id, lat, lon FROM place"
_RATES = "SELECT hotel_id, plans FROM rate"
_PROFILES = "SELECT hotel_id, record FROM profile"
_LISTINGS = "SELECT hotel_id, name, city FROM listing"
_SET_RATE = (
    "INSERT INTO rate (hotel_id, plans) VALUES (?, ?)"
    " ON CONFLICT (hotel_id) DO UPDATE SET plans = excluded.plans"
)
_SET_PROFILE = (
    "INSERT INTO profile (hotel_id, name, rating, record) VALUES (?1, ?2, ?4, ?5)"
    " ON CONFLICT (hotel_id) DO UPDATE"
    " SET name = excluded.name, rating = excluded.rating, record = excluded.record"
)
_SET_LISTING = (
    "INSERT INTO listing (hotel_id, name, city, rating) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (hotel_id) DO UPDATE"
    " SET name = excluded.name, city = excluded.city, rating = excluded.rating"
)


class DatabaseWriter:
    """As Writer says, within a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words = WordWriter(connection)
        (self._last_id,) = connection.execute("SELECT coalesce(max(id), 0) FROM place").fetchone()

    def put(self, entries: Sequence[Entry]) -> Changes:
        """As Writer says."""
        known: set[str] = set()
        changed = self._put_places([entry for entry in entries if entry.place], known)
        changed |= self._put_rates([entry for entry in entries if entry.plans is not None], known)
        changed |= self._put_profiles([entry for entry in entries if entry.profile], known)
        new = sum(entry.hotel_id not in known for entry in entries)
        return Changes(
            new=new, changed=len(changed & known), same=len(entries) - new - len(changed & known)
        )

    def unbookable(self) -> int:
        """As Writer says."""
        return int(
            self._connection.execute(
                "SELECT count(*) FROM place WHERE hotel_id NOT IN (SELECT hotel_id FROM rate)"
            ).fetchone()[0]
        )

    def _put_places(self, entries: Sequence[Entry], known: set[str]) -> set[str]:
        existing = self._existing(_PLACES, [entry.hotel_id for entry in entries])
        known.update(existing)
        places, changed = [], set()
        for entry in entries:
            assert entry.place is not None
            at = (entry.place.lat, entry.place.lon)
            row = existing.get(entry.hotel_id)
            if row is not None and row[1:] == at:
                continue
            if row is None:
                self._last_id += 1
            place_id = self._last_id if row is None else row[0]
            places.append((place_id, entry.hotel_id, *at))
            changed.add(entry.hotel_id)
        self._connection.executemany(
            "INSERT INTO place (id, hotel_id, lat, lon) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET lat = excluded.lat, lon = excluded.lon",
            places,
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO place_box VALUES (?, ?, ?, ?, ?)",
            ((place_id, lat, lat, lon, lon) for place_id, _, lat, lon in places),
        )
        return changed

    def _put_rates(self, entries: Sequence[Entry], known: set[str]) -> set[str]:
        existing = self._existing(_RATES, [entry.hotel_id for entry in entries])
        known.update(existing)
        changed = {
            entry.hotel_id: plans
            for entry in entries
            if (plans := rates.encode(entry.plans or ())) not in existing.get(entry.hotel_id, ())
        }
        self._connection.executemany(_SET_RATE, changed.items())
        return set(changed)

    def _put_profiles(self, entries: Sequence[Entry], known: set[str]) -> set[str]:
        existing = self._existing(_PROFILES, [entry.hotel_id for entry in entries])
        known.update(existing)
        rows = []
        for entry in entries:
            assert entry.profile is not None
            record, city = profiles.encode(entry.profile), entry.profile.address.city
            if existing.get(entry.hotel_id, ())[-1:] != (record,):
                row = (entry.hotel_id, entry.profile.name, city, entry.profile.rating, record)
                rows.append(row)
        listed = self._existing(_LISTINGS, [row[0] for row in rows if row[0] in existing])
        self._connection.executemany(_SET_PROFILE, rows)
        self._connection.executemany(_SET_LISTING, (row[:4] for row in rows))
        self._words.put(
            {hotel_id: (name, city) for hotel_id, (name, city) in listed.items()},
            {hotel_id: (name, city) for hotel_id, name, city, _, _ in rows},
        )
        return {row[0] for row in rows}

    def _existing(self, select: str, hotel_ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        rows = sqlitefile.fetch_hotels(self._connection, select, hotel_ids)
        return {row[0]: row[1:] for row in rows}


@contextmanager
def writing_database(path: Path) -> Iterator[DatabaseWriter]:
    """A writer into the file at `path`, made when missing.

    Raises:
        CannotStart: it cannot be written, or not to the end, or another import is under way.
    """
    with locked(path), _failures_told(path):
        if path.exists():
            with _changing(path) as writer:
                yield writer
        else:
            with _making(path) as writer:
                yield writer


@contextmanager
def _changing(path: Path) -> Iterator[DatabaseWriter]:
    with closing(sqlitefile.open_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield DatabaseWriter(connection)
            connection.execute("COMMIT")
        except BaseException:
            # A full disk has rolled it back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _making(path: Path) -> Iterator[DatabaseWriter]:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlitefile.open_writing(part)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN IMMEDIATE")
            yield DatabaseWriter(connection)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        for leftover in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


@contextmanager
def _failures_told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise CannotStart(f"{path} could not be written, nothing was changed: {error}") from None
    except OSError as error:
        raise CannotStart(
            f"{path} could not be written, nothing was changed: {error.strerror}"
        ) from None
