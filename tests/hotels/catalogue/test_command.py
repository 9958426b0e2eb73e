"""The commands `innkeeper data …`, as people type them."""

from pathlib import Path

import pytest

from innkeeper.cli import main
from innkeeper.hotels.catalogue.database import DatabaseWriter

CSV = "id,name,lat,lon,stars\n1,A,1,2,4\n2,B,95,2,4\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "hotels.csv"
    path.write_text(CSV)
    return path


@pytest.mark.parametrize("command", ["", "validate", "import", "generate"])
def test_every_command_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` shows how the command is typed."""
    assert main(["data", *command.split(), "--help"]) == 0
    assert f"  innkeeper data {command}" in capsys.readouterr().out


def test_good_data_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is told on standard output, and the exit status is 0."""
    assert main(["data", "validate", "data"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "geo.json: 16 good records" in err


def test_bad_data_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each fault is a line with file and line, and the exit status is 1."""
    path = tmp_path / "geo.json"
    path.write_text('{"hotels": [\n{"hotel_id": "1", "lat": 91, "lon": 2}\n]}')

    assert main(["data", "validate", str(path)]) == 1
    assert capsys.readouterr().out == (
        f"{path}:2: hotels[0], id '1': Expected `float` <= 90.0 - at `$.lat`\n"
    )


def test_an_import_tells_what_it_took_and_what_it_left(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns as they were guessed, counts, rejects and their file, and what is to do."""
    to = f"sqlite:///{tmp_path}/hotels.db"

    assert main(["data", "import", str(source), "--to", to]) == 0

    out, err = capsys.readouterr()
    assert "read as CSV with commas, utf-8" in err
    assert "lat          from 'lat'" in err
    assert "not used: 'stars'" in err
    assert f"{to}: 1 hotel new, 0 changed, 0 as they were, 1 row rejected" in out
    assert "line 3: lat: expected `float` <= 90.0" in out
    assert f"{source}.rejects.csv" in out
    assert "1 hotel has no rates and cannot be booked: import with --price" in out


def test_a_price_makes_hotels_bookable(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one price for all, no hotel is left without a plan."""
    arguments = ["data", "import", str(source), "--to", str(tmp_path / "folder")]

    assert main([*arguments, "--price", "120", "--currency", "eur"]) == 0

    assert "cannot be booked" not in capsys.readouterr().out
    assert '"base_price":"120.00"' in (tmp_path / "folder" / "rate.json").read_text()


def test_an_import_of_nothing_but_rejects_is_a_failure(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script learns of it by the exit status."""
    source.write_text("name,lat,lon\nA,91,2\n")

    assert main(["data", "import", str(source), "--to", str(tmp_path / "folder")]) == 1
    assert "1 row rejected" in capsys.readouterr().out


def test_columns_are_mapped_by_options_and_by_a_file(source: Path, tmp_path: Path) -> None:
    """Both forms of --map count more than guesses."""
    mapping = tmp_path / "map.json"
    mapping.write_text('{"rating": "stars"}')
    to = str(tmp_path / "folder")
    arguments = ["data", "import", str(source), "--to", to, "--map", f"@{mapping}"]

    assert main([*arguments, "--map", "city=name"]) == 1
    assert main([*arguments, "--map", "city=id"]) == 0

    profile = (tmp_path / "folder" / "profile.json").read_text()
    assert '"rating":4.0' in profile
    assert '"city":"1"' in profile


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["import", "nowhere.csv", "--to", "x"], "nowhere.csv does not exist"),
        (["import", "{}", "--to", "mysql://x"], "is no place for hotels"),
        (["import", "{}", "--to", "postgresql://127.0.0.1:1/x"], "cannot be reached"),
        (["import", "{}", "--to", "sqlite:////dev/null/x.db"], "cannot be written"),
        (["import", "{}", "--to", "x", "--price", "120"], "names no currency"),
        (["import", "{}", "--to", "x", "--currency", "euro"], "a code of ISO 4217"),
        (["import", "{}", "--to", "x", "--locale", "German!"], "a language tag, such as de-AT"),
        (["import", "{}", "--to", "new.db"], "write a database file as sqlite:///new.db"),
        (["import", "{}", "--to", "{}"], "is no folder: name one"),
        (["import", "{}", "--to", "x", "--map", "lat"], "write it as FIELD=COLUMN"),
        (["import", "{}", "--to", "x", "--map", "@nothing.json"], "nothing.json"),
        (["import", "{}", "--to", "x", "--encoding", "klingon"], "try --encoding utf-8"),
        (["import", "{}", "--to", "x", "--delimiter", "--"], "--delimiter with one character"),
        (["generate", "--hotels", "10001", "--to", "x"], "at most 10,000 hotels"),
        (["import", ".", "--to", "x"], "geo.json is missing: a folder is imported when"),
        (["validate", "{}"], "checked while they are imported"),
        (["validate", "nowhere"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str],
    reason: str,
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line says what is wrong, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)

    assert main(["data", *(argument.format(source) for argument in arguments)]) == 1

    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith("innkeeper: ")
    assert reason in last
    assert list(tmp_path.iterdir()) == [source]


def test_who_stops_an_import_is_told_that_nothing_is_lost(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C ends with the usual status, and leaves no half of a catalogue."""

    def stopped(writer: DatabaseWriter) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(DatabaseWriter, "unbookable", stopped)
    path = tmp_path / "hotels.db"

    assert main(["data", "import", str(source), "--to", f"sqlite:///{path}"]) == 130

    assert "stopped: what was there is whole" in capsys.readouterr().err
    assert not path.exists()


def test_hotels_are_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Made-up hotels are good data."""
    folder = str(tmp_path / "folder")

    assert main(["data", "generate", "--hotels", "50", "--seed", "3", "--to", folder]) == 0
    assert "50 hotels made up from seed 3" in capsys.readouterr().out
    assert main(["data", "validate", folder]) == 0
