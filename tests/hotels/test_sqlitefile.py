import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.hotels import sqlitefile
from innkeeper.hotels.sqlitefile import MIGRATIONS, fetch, open_reading, open_writing

NEWER = (*MIGRATIONS, "ALTER TABLE place ADD COLUMN stars INTEGER")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hotels # 1.db"
    open_writing(path).close()
    return path


def test_a_missing_file_is_named_with_the_way_to_make_it(tmp_path: Path) -> None:
    """Nothing is made by reading."""
    path = tmp_path / "hotels.db"

    with pytest.raises(CannotStart, match="is missing: make it with `innkeeper data import"):
        open_reading(path)

    assert not path.exists()


def test_an_old_file_is_brought_forward(path: Path) -> None:
    """What an older version wrote is there in the new form, whoever opens the file."""
    with closing(open_writing(path)) as connection:
        connection.execute("INSERT INTO place VALUES (1, 'a', 2, 3)")

    with closing(open_reading(path, NEWER)) as connection:
        rows = fetch(connection, "SELECT * FROM place", ())

    assert rows == [(1, "a", 2.0, 3.0, None)]


def test_hotels_of_the_first_version_are_found_by_words(tmp_path: Path) -> None:
    """What was imported before hotels could be found has its words written down."""
    path = tmp_path / "hotels.db"
    with closing(open_writing(path, MIGRATIONS[:1])) as connection:
        record = '{"name": "Hôtel Zoë", "address": {"city": "Köln"}}'
        connection.execute("INSERT INTO profile VALUES (1, 'a', 'Hôtel Zoë', 4.5, ?)", (record,))

    with closing(open_reading(path)) as connection:
        words = fetch(
            connection, "SELECT word, hotel_id FROM hotel_word JOIN word ON id = word_id", ()
        )
        cities = fetch(connection, "SELECT city FROM listing", ())
        mistyped = fetch(connection, "SELECT word FROM mistyping WHERE spelling = 'kon'", ())

    assert sorted(words) == [("hotel", "a"), ("koln", "a"), ("zoe", "a")]
    assert cities == [("Köln",)]
    assert mistyped == [("koln",)]


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    """All steps are taken, or none."""
    with pytest.raises(CannotStart, match="cannot be used"):
        open_writing(path, (*NEWER, "CREATE TABLE place (id)"))

    with closing(open_reading(path)) as connection:
        assert len(connection.execute("SELECT * FROM place").description) == 4


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    """A newer innkeeper's file is not touched, and the text says what to do."""
    open_writing(path, NEWER).close()

    for opened in (open_reading, open_writing):
        with pytest.raises(CannotStart, match=r"is of version 3, this innkeeper knows .* up to 2"):
            opened(path)


def test_other_databases_are_refused(tmp_path: Path) -> None:
    """A database of another program is neither read nor changed."""
    path = tmp_path / "music.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")

    for opened in (open_reading, open_writing):
        with pytest.raises(CannotStart, match="a database of something else"):
            opened(path)


@pytest.mark.parametrize("content", [b"id,name\n" * 200, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is none says so."""
    path = tmp_path / "hotels.db"
    path.write_bytes(content)

    for opened in (open_reading, open_writing):
        with pytest.raises(CannotStart, match=r"hotels\.db cannot be used"):
            opened(path)


def test_a_file_on_a_read_only_disk_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be made beside the file, it is read as one that does not change."""
    with closing(open_writing(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connect = sqlite3.connect

    def read_only_disk(name: str, **options: object) -> sqlite3.Connection:
        if "immutable" not in name:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(name, **options)

    monkeypatch.setattr(sqlitefile.sqlite3, "connect", read_only_disk)

    with closing(open_reading(path)) as connection:
        assert fetch(connection, "SELECT count(*) FROM place", ()) == [(0,)]


def test_a_file_that_cannot_be_read_any_more_is_unavailable(path: Path) -> None:
    """What goes wrong while serving is an error that callers know."""
    connection = open_reading(path)
    connection.close()

    with pytest.raises(Unavailable):
        fetch(connection, "SELECT 1", ())
