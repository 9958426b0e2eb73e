import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from innkeeper.errors import Unavailable
from innkeeper.hotels import sqlitefile
from innkeeper.hotels.catalogue.database import writing_database
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.profile.sqlite_store import SqliteProfileStore
from innkeeper.hotels.profile.sqlite_thread import SqliteThread

HOTELS: list[Entry] = list(hotels(5, 1))


@pytest.fixture
def thread() -> Iterator[SqliteThread]:
    thread = SqliteThread(sqlite3.connect(":memory:", check_same_thread=False))
    yield thread
    thread.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hotels.db"
    with writing_database(path) as writer:
        writer.put(HOTELS)
    return path


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.ended = (threading.Event() for _ in range(3))

    def __call__(self, connection: sqlite3.Connection) -> None:
        self.begun.set()
        assert self.let_go.wait(10)
        self.ended.set()


async def test_the_event_loop_turns_while_the_file_is_read(thread: SqliteThread) -> None:
    """Work is done elsewhere; others are served meanwhile."""
    held = Held()
    working = asyncio.create_task(thread.run(held))

    await asyncio.to_thread(held.begun.wait, 10)
    assert not working.done()

    held.let_go.set()
    await working


async def test_cancelled_work_never_shares_the_connection(thread: SqliteThread) -> None:
    """The next waits for what has begun; what was only waiting is left out."""
    held, left_out = Held(), Held()
    begun, waiting = (asyncio.create_task(thread.run(work)) for work in (held, left_out))
    await asyncio.to_thread(held.begun.wait, 10)

    for task in (begun, waiting):
        task.cancel()
    await asyncio.wait([begun, waiting])
    after = asyncio.create_task(thread.run(lambda connection: held.ended.is_set()))
    held.let_go.set()

    assert begun.cancelled()
    assert waiting.cancelled()
    assert await after
    assert not left_out.begun.is_set()


async def test_closing_waits_for_work_that_has_begun(thread: SqliteThread) -> None:
    """Nobody finds the connection closed under their hands."""
    held = Held()
    working = asyncio.create_task(thread.run(held))
    await asyncio.to_thread(held.begun.wait, 10)

    closing = asyncio.create_task(asyncio.to_thread(thread.close))
    held.let_go.set()
    await closing

    assert held.ended.is_set()
    await working


async def test_what_is_closed_is_unavailable(path: Path) -> None:
    """Who asks on is told so, whatever they ask."""
    store = SqliteProfileStore.open(path)
    assert await store.find("", 0, None, 9)

    store.close()

    with pytest.raises(Unavailable):
        await store.find("", 0, None, 9)
    with pytest.raises(Unavailable):
        await store.hotels([HOTELS[0].hotel_id])


async def test_a_file_that_cannot_be_read_is_unavailable_in_the_thread_too(path: Path) -> None:
    """Errors of SQLite come through as they do beside it."""
    finding = sqlitefile.open_reading(path)
    store = SqliteProfileStore(sqlitefile.open_reading(path), finding)
    finding.close()

    with pytest.raises(Unavailable, match="the database cannot be read"):
        await store.find("hotel", 0, None, 9)
    assert await store.hotels([HOTELS[0].hotel_id])
    store.close()


async def test_an_import_shows_in_both_connections(path: Path) -> None:
    """What is found is described, and the other way round."""
    store = SqliteProfileStore.open(path)
    (new,) = list(hotels(6, 1))[5:]
    assert new.hotel_id not in await store.hotels([new.hotel_id])

    with writing_database(path) as writer:
        writer.put([new])

    assert new.hotel_id in [match.hotel_id for match in await store.find("", 0, None, 9)]
    assert new.hotel_id in await store.hotels([new.hotel_id])
    store.close()
