"""Stores that follow their file."""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile, reload
from innkeeper.hotels.geo.store import JsonGeoStore, Place
from innkeeper.hotels.reload import Following, following
from tests.support.system import eventually

ONE = '{"hotels": [{"hotel_id": "1", "lat": 1, "lon": 1}]}'
TWO = '{"hotels": [{"hotel_id": "1", "lat": 1, "lon": 1}, {"hotel_id": "2", "lat": 2, "lon": 2}]}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one hotel."""
    path = tmp_path / "geo.json"
    path.write_text(ONE)
    return path


@pytest.fixture
def load(path: Path) -> Callable[[], Sequence[Place]]:
    return lambda: flatfile.load(path, Place)


def replace(path: Path, text: str) -> None:
    """Put another file in its place, as careful programs do."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("change", [replace, Path.write_text], ids=["replaced", "written"])
def test_a_file_is_read_when_it_stays_the_same_for_a_look(
    path: Path, load: Callable[[], Sequence[Place]], change: Callable[[Path, str], object]
) -> None:
    """A change is noticed at one look and read at the next."""
    places = Following(path, load)
    change(path, TWO)

    places.look()
    assert places.count(Place("2", 2, 2)) == 0
    places.look()
    assert places.count(Place("2", 2, 2)) == 1


def test_a_file_that_is_being_written_is_left_alone(
    path: Path, load: Callable[[], Sequence[Place]], caplog: pytest.LogCaptureFixture
) -> None:
    """However long it takes to write it, a file is not read before it is whole."""
    places = Following(path, load)
    with path.open("w") as file:
        for letter in TWO:
            file.write(letter)
            file.flush()
            places.look()
    assert places.index(Place("1", 1, 1)) == 0
    assert said(caplog) == []

    places.look()
    assert places.count(Place("2", 2, 2)) == 1


def test_half_a_file_is_refused_until_the_rest_comes(
    path: Path, load: Callable[[], Sequence[Place]], caplog: pytest.LogCaptureFixture
) -> None:
    """A writer who pauses is waited for: what was there answers until then."""
    places = Following(path, load)
    path.write_text(TWO[:60])
    for _ in range(3):
        places.look()
    assert places.count(Place("1", 1, 1)) == 1
    with path.open("a") as file:
        file.write(TWO[60:])
    for _ in range(2):
        places.look()

    assert places.count(Place("2", 2, 2)) == 1
    assert len(said(caplog)) == 2


def test_a_bad_file_is_refused_with_its_reasons_once(
    path: Path, load: Callable[[], Sequence[Place]], caplog: pytest.LogCaptureFixture
) -> None:
    """Every fault is logged with file, line, record and reason; the old hotels stay."""
    places = Following(path, load)
    replace(path, TWO.replace('"lat": 2', '"lat": 92').replace('"lon": 1', '"lon": "x"'))
    for _ in range(5):
        places.look()
    os.utime(path)
    for _ in range(5):
        places.look()

    assert places.count(Place("1", 1, 1)) == 1
    assert said(caplog) == [
        f"{path} changed and is refused, what it held stays: 2 faults",
        f"{path}: line 1, hotels[0], id '1': Expected `float`, got `str` - at `$.lon`",
        f"{path}: line 1, hotels[1], id '2': Expected `float` <= 90.0 - at `$.lat`",
    ]
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_a_file_that_goes_away_is_told_and_may_come_back(
    path: Path, load: Callable[[], Sequence[Place]], caplog: pytest.LogCaptureFixture
) -> None:
    """Editors and volumes take a file away and bring it back: the hotels stay meanwhile."""
    places = Following(path, load)
    path.unlink()
    for _ in range(3):
        places.look()
    assert places.count(Place("1", 1, 1)) == 1
    assert [text for text in said(caplog) if "is missing" in text] == said(caplog) != []

    path.write_text(TWO)
    for _ in range(2):
        places.look()
    assert places.count(Place("2", 2, 2)) == 1


def test_a_link_to_another_file_is_a_change(
    tmp_path: Path, load: Callable[[], Sequence[Place]], path: Path
) -> None:
    """Volumes of containers are links which are turned to a new folder."""
    for name, text in (("old", ONE), ("new", TWO)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "geo.json").write_text(text)
        os.utime(tmp_path / name / "geo.json", (0, 0))
    path.unlink()
    path.symlink_to(tmp_path / "old" / "geo.json")
    places = Following(path, load)

    turned = tmp_path / "turned"
    turned.symlink_to(tmp_path / "new" / "geo.json")
    turned.replace(path)
    for _ in range(2):
        places.look()

    assert places.count(Place("2", 2, 2)) == 1


def test_what_nobody_foresaw_does_not_end_the_looking(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure of another kind is logged, and the next change is read."""
    answers = iter([["old"], RuntimeError("a fault of ours"), ["new"]])

    def load() -> list[str]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    store = Following(path, load)
    for expected in ("old", "new"):
        replace(path, expected)
        for _ in range(2):
            store.look()
        assert store.index(expected) == 0

    assert "could not be read" in said(caplog)[0]


def test_a_bad_file_at_the_start_is_an_error(tmp_path: Path) -> None:
    """There is nothing to fall back to yet."""
    missing = tmp_path / "geo.json"
    with (
        pytest.raises(CannotStart, match="is missing"),
        following(missing, lambda: JsonGeoStore.load(missing)),
    ):
        pass


async def test_a_store_is_followed_while_the_block_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who hold the store are answered from the new file without knowing of it."""
    monkeypatch.setattr(reload, "LOOK_SECONDS", 0.005)
    with following(path, lambda: JsonGeoStore.load(path)) as store:
        replace(path, TWO)
        nearby = store.nearby
        eventually(lambda: store.nearby.__self__ is not nearby.__self__)

        assert len(await store.nearby(2, 2, 1, 1)) == 1
        assert len(await nearby(2, 2, 1, 1)) == 0
