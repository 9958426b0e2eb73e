"""PostgreSQL when things go wrong: what people are told, and what is kept."""

import asyncio
import subprocess
import sys

import pytest

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.hotels.catalogue.load import make_up, writing
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.catalogue.postgres import writing_postgres
from innkeeper.hotels.geo.postgres_store import PostgresGeoStore
from innkeeper.hotels.postgres.place import Postgres as Place
from innkeeper.hotels.postgres.schema import MIGRATIONS, connected, prepare_reading
from innkeeper.hotels.rate.postgres_store import PostgresRateStore
from tests.support.postgres import PASSWORD, Postgres, running_postgres

pytestmark = pytest.mark.real

ENTRIES = list(hotels(30, 3))


@pytest.fixture
def place(postgres: Postgres) -> Place:
    """An empty database."""
    return Place(postgres.create("postgis"))


@pytest.fixture
def filled(place: Place) -> Place:
    """A database with thirty hotels."""
    make_up(ENTRIES, place)
    return place


def rows(place: Place, statement: str = "SELECT count(*) FROM place") -> list[tuple[object, ...]]:
    with connected(place) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_a_wrong_password_is_told_without_it(postgres: Postgres, filled: Place) -> None:
    """The line says what to correct, and holds neither the right password nor the wrong one."""
    wrong = Place(filled.url.replace("s3cr%3At%2Fword", "gu%3Aessed"))

    with pytest.raises(CannotStart, match=r"password authentication failed.*PGPASSWORD") as failure:
        prepare_reading(wrong)

    text = str(failure.value)
    assert not any(secret in text for secret in ("essed", "s3cr", PASSWORD))
    assert "\n" not in text


def test_a_missing_database_is_told(postgres: Postgres) -> None:
    """So is the way to make it."""
    with pytest.raises(CannotStart, match=r'"nowhere" does not exist.*createdb'):
        prepare_reading(Place(postgres.url("nowhere")))


@pytest.mark.parametrize("url", ["postgresql://keeper:p@ss@h:x/y", "postgresql://u:p%zzq@h/y?a=b"])
def test_an_address_that_cannot_be_read_keeps_its_password(url: str) -> None:
    """What is wrong with it may be in the password, so it is told how to write one."""
    with pytest.raises(CannotStart, match="is no address that PostgreSQL understands") as failure:
        prepare_reading(Place(url))

    assert "ss@" not in str(failure.value)
    assert "zzq" not in str(failure.value)


def test_a_server_that_is_away_is_told(postgres: Postgres) -> None:
    """Nothing listens there."""
    with pytest.raises(CannotStart, match=r"cannot be reached.*see that the server runs"):
        prepare_reading(Place("postgresql://keeper@127.0.0.1:1/hotels"))


def test_an_empty_database_is_told_with_the_way_to_fill_it(place: Place) -> None:
    """Reading makes nothing."""
    with pytest.raises(CannotStart, match="holds no hotels yet: fill it with `innkeeper data"):
        prepare_reading(place)


def test_missing_postgis_is_told(postgres: Postgres) -> None:
    """Who may not make the extension learns who has to."""
    with (
        pytest.raises(CannotStart, match="lacks PostGIS: let a superuser run"),
        writing_postgres(Place(postgres.create())),
    ):
        pass


def test_a_newer_version_is_refused(filled: Place) -> None:
    """Neither reader nor writer touches what it does not know."""
    rows(filled, "UPDATE version SET version = 7 RETURNING version")

    with pytest.raises(CannotStart, match=f"is of version 7, .* up to {len(MIGRATIONS)}"):
        prepare_reading(filled)
    with pytest.raises(CannotStart, match="is of version 7"), writing_postgres(filled):
        pass


def test_an_older_version_is_brought_forward(filled: Place) -> None:
    """What is there stays."""
    prepare_reading(filled, (*MIGRATIONS, "ALTER TABLE place ADD stars integer"))

    assert rows(filled, "SELECT count(*), count(stars) FROM place") == [(30, 0)]
    assert rows(filled, "SELECT version FROM version") == [(len(MIGRATIONS) + 1,)]


def test_a_read_only_database_is_told(postgres: Postgres, filled: Place) -> None:
    """A standby cannot be imported into."""
    name = filled.url.rpartition("/")[2]
    postgres.administer(name, f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    with (
        pytest.raises(CannotStart, match=r"nothing was changed: .*read-only transaction: import"),
        writing_postgres(filled) as writer,
    ):
        writer.put([ENTRIES[0]._replace(hotel_id="new", place=None, profile=None)])


def test_two_imports_at_once_are_refused(filled: Place) -> None:
    """The second is told to wait, and the first goes on."""
    with writing_postgres(filled) as writer:
        with pytest.raises(CannotStart, match="is being written by another import"):
            writing(filled).__enter__()
        writer.put(ENTRIES)


def test_readers_never_see_half_an_import(filled: Place) -> None:
    """All of it is there when it ends; nothing when it is left by an error."""
    more = list(hotels(60, 3))

    def fail_half_way() -> None:
        with writing_postgres(filled) as writer:
            writer.put(more)
            assert rows(filled) == [(30,)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert rows(filled) == [(30,)]

    with writing_postgres(filled) as writer:
        changes = writer.put(more)
        assert rows(filled) == [(30,)]
    assert rows(filled) == [(changes.new + 30,)]


def test_the_same_import_again_changes_nothing(filled: Place) -> None:
    """Hotels are told apart by id, and compared."""
    with writing_postgres(filled) as writer:
        changes = writer.put(ENTRIES)

    assert (changes.new, changes.changed, changes.same) == (0, 0, 30)


async def test_a_changed_hotel_is_changed_in_all_of_its_tables(filled: Place) -> None:
    """Position, rates and name; its old words find it no more."""
    old = ENTRIES[0]
    assert old.place is not None
    assert old.profile is not None
    profile = type(old.profile)(
        **{name: getattr(old.profile, name) for name in old.profile.__struct_fields__}
        | {"name": "Qwertz Uiop"}
    )
    with writing_postgres(filled) as writer:
        changes = writer.put(
            [old._replace(place=type(old.place)(old.hotel_id, 1.5, 2.5), plans=[], profile=profile)]
        )
        assert (changes.new, changes.changed) == (0, 1)

    assert rows(filled, "SELECT hotel_id FROM place WHERE lat = 1.5") == [(old.hotel_id,)]
    words = "SELECT word FROM word JOIN hotel_word ON id = word_id WHERE hotel_id = 'X'"
    found = {word for (word,) in rows(filled, words.replace("X", old.hotel_id))}
    assert {"qwertz", "uiop"} <= found
    assert not set(old.profile.name.lower().split()) & found
    rate = PostgresRateStore.open(filled)
    assert await rate.plans([old.hotel_id]) == {old.hotel_id: []}
    rate.close()


def test_killed_in_mid_import_the_old_hotels_stay(filled: Place) -> None:
    """The transaction ends with its process, and the next import is not refused."""
    script = (
        "import sys, time\n"
        "from innkeeper.hotels.catalogue.postgres import writing_postgres\n"
        "from innkeeper.hotels.catalogue.made_up.hotels import hotels\n"
        "from innkeeper.hotels.postgres.place import Postgres\n"
        "with writing_postgres(Postgres(sys.argv[1])) as writer:\n"
        "    writer.put(list(hotels(50, 9)))\n"
        "    print('half', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, filled.url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    process.kill()
    process.wait()
    process.stdout.close()

    assert rows(filled) == [(30,)]

    def writable() -> None:
        with writing_postgres(filled) as writer:
            assert writer.put(ENTRIES).same == 30

    # The server notices the end of its client a moment later.
    for _ in range(50):
        try:
            writable()
            break
        except CannotStart:
            asyncio.run(asyncio.sleep(0.1))
    else:
        writable()


async def test_a_restart_costs_errors_only_while_it_lasts() -> None:
    """Idle connections that were cut are no errors; while the server is away, each call is."""
    with running_postgres() as server:
        place = Place(server.create("postgis"))
        make_up(ENTRIES, place)
        store = PostgresGeoStore.open(place)
        ids = [entry.hotel_id for entry in ENTRIES]
        try:
            assert len(await store.locate(ids, 0, 0)) == 30
            server.stop()
            server.start()
            assert len(await store.locate(ids, 0, 0)) == 30
            server.stop()
            for _ in range(20):
                with pytest.raises(Unavailable, match=r"^the database is away$"):
                    await store.locate(ids, 0, 0)
            server.start()
            answers = await asyncio.gather(*(store.locate(ids, 0, 0) for _ in range(64)))
            assert all(len(answer) == 30 for answer in answers)
        finally:
            store.close()


async def test_calls_that_are_given_up_leave_connections_whole(filled: Place) -> None:
    """The next call is answered as if nothing had been."""
    store = PostgresGeoStore.open(filled)
    try:
        for _ in range(20):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(store._pool.fetch("SELECT pg_sleep(5)"), 0.01)
        assert len(await store.locate([ENTRIES[0].hotel_id], 0, 0)) == 1
    finally:
        store.close()


async def test_an_import_is_seen_by_stores_that_are_open(place: Place) -> None:
    """Without being opened again."""
    make_up(ENTRIES[:10], place)
    store = PostgresGeoStore.open(place)
    try:
        assert len(await store.nearby(0, 0, 3e7, 100)) == 10
        with writing_postgres(place) as writer:
            writer.put(ENTRIES)
        assert len(await store.nearby(0, 0, 3e7, 100)) == 30
    finally:
        store.close()
