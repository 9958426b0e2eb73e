"""Checking database files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from innkeeper.cli import main
from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.validate import lines, validate
from tests.hotels.catalogue.conftest import Import

ROWS = "id,name,lat,lon,price\n1,A,1,1,5EUR\n2,B,2,2,6EUR\n3,C,3,3,\n"


@pytest.fixture
def path(bring: Import, tmp_path: Path) -> Path:
    """A database with three hotels, one of them without rates."""
    bring(ROWS)
    return tmp_path / "hotels.db"


def spoil(path: Path, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, parameters)


def reasons(path: Path) -> list[str]:
    return lines(validate(path), 100)


def test_a_good_database_has_no_faults(path: Path) -> None:
    """What an import wrote is good; hotels without rates are a note."""
    report = validate(path)

    assert lines(report, 100) == []
    assert report.hotels == {path: 3}
    assert report.notes == ["1 hotel has no rates and cannot be booked"]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE place SET lat = 91 WHERE hotel_id = '1'", "place: Expected `float` <= 90.0"),
        (
            "UPDATE profile SET record = replace(record, '\"A\"', '\"A\\u0000\"')"
            " WHERE hotel_id = '1'",
            "profile: Expected `str` matching regex",
        ),
        ("DELETE FROM place_box WHERE id = 1", "place: cannot be found by its position"),
        ("UPDATE rate SET plans = '[[' WHERE hotel_id = '1'", "rate: Input data was truncated"),
        (
            "UPDATE rate SET plans = replace(plans, 'EUR', 'XXX') WHERE hotel_id = '1'",
            "rate: 'XXX' is not",
        ),
        ("UPDATE rate SET plans = '[]' WHERE hotel_id = '1'", "rate: there are no plans"),
        (
            "UPDATE rate SET plans = replace(plans, 'null,', 'null,null,') WHERE hotel_id = '1'",
            "rate: ",
        ),
        ("UPDATE rate SET plans = x'ff' WHERE hotel_id = '1'", "rate: "),
        ("UPDATE profile SET record = '{}' WHERE hotel_id = '1'", "profile: Object missing"),
        ("UPDATE profile SET record = 'x' WHERE hotel_id = '1'", "profile: JSON is malformed"),
        ("UPDATE profile SET name = 'Z' WHERE hotel_id = '1'", "profile: name is 'Z', and 'A'"),
        ("DELETE FROM place WHERE hotel_id = '1'", "has rates, and place does not know"),
        ("DELETE FROM profile WHERE hotel_id = '1'", "has a place, and profile does not"),
    ],
)
def test_every_fault_is_told_with_its_hotel(path: Path, statement: str, reason: str) -> None:
    """Faults of each table, of what is in their texts, and between them."""
    spoil(path, statement)

    assert any(line.startswith(f"{path}: id '1': {reason}") for line in reasons(path)), reasons(
        path
    )


def test_a_damaged_file_is_told(path: Path) -> None:
    """Damage that SQLite finds is a fault, not a traceback."""
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    path.write_bytes(content)

    assert reasons(path)


def test_a_long_report_ends_in_counts(path: Path) -> None:
    """However many hotels are bad, a hundred are shown and all are counted."""
    many = ((str(n),) for n in range(2000))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT OR IGNORE INTO rate VALUES (?, '[]')", many)

    shown = lines(validate(path), 100)
    assert len(shown) == 102
    assert shown[-1] == f"{path}: 3,995 faults"


def test_addresses_are_taken_and_other_databases_are_not(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command takes what --to took; a database of something else is refused."""
    assert main(["data", "validate", f"sqlite:///{path}"]) == 0
    assert f"{path}: 3 good records" in capsys.readouterr().err

    other = tmp_path / "other.db"
    spoil(other, "CREATE TABLE t (x)")
    with pytest.raises(CannotStart, match="database of something else"):
        validate(other)
