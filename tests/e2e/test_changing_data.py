"""Data that changes while the system runs, in files and in a database."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.system import System, eventually, system

pytestmark = pytest.mark.real

WITHIN_SECONDS = 2.0
HERE = {"lat": "37.7831", "lon": "-122.4181", "radius": "100"}
NEW = "id,name,lat,lon\n5,Phoenix Reborn,37.7831,-122.4181\nnew,Brand New Inn,37.7832,-122.4181\n"


def bring(tmp_path: Path, to: str) -> None:
    """Import one hotel with another name, and one more."""
    source = tmp_path / "hotels.csv"
    source.write_text(NEW)
    innkeeper = [sys.executable, "-m", "innkeeper", "data", "import", str(source)]
    subprocess.run([*innkeeper, "--to", to, "--price", "90USD"], check=True, capture_output=True)


def names(running: System) -> list[str]:
    answer = running.stay(**HERE)
    assert answer.status_code == 200, answer.text
    return [feature["properties"]["name"] for feature in answer.json()["features"]]


def errors(running: System) -> list[str]:
    """What the profile service says that went wrong."""
    lines = running.logged("profile-1")
    return [line["message"] for line in lines if line.get("level") == "ERROR"]


@pytest.fixture(params=["{}", "sqlite:///{}/hotels.db"], ids=["folder", "sqlite"])
def to(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a catalogue with the sixteen hotels."""
    folder = tmp_path / "data"
    shutil.copytree("data", folder)
    address = request.param.format(folder)
    if address != str(folder):
        innkeeper = [sys.executable, "-m", "innkeeper", "data", "import", "data", "--to", address]
        subprocess.run(innkeeper, check=True, capture_output=True)
    return address


def test_an_import_into_the_store_in_use_shows_in_answers(to: str, tmp_path: Path) -> None:
    """Changed and new hotels are answered within two seconds; nothing is restarted or fails."""
    with system("--data", to, env={"OTEL_TRACES_SAMPLER": "always_off"}) as running:
        before = {child.pid for child in running.command.children()}
        assert names(running) == ["Phoenix Hotel"]

        bring(tmp_path, to)
        done = time.monotonic()
        eventually(lambda: names(running) == ["Phoenix Reborn", "Brand New Inn"])
        took = time.monotonic() - done

        assert took < WITHIN_SECONDS, f"{took:.1f} s"
        assert {child.pid for child in running.command.children()} == before


def test_a_bad_file_is_told_and_the_old_one_answers(tmp_path: Path) -> None:
    """A file with a fault is refused by the one service that reads it, with its reasons."""
    folder = tmp_path / "data"
    shutil.copytree("data", folder)
    path = folder / "profile.json"
    good = path.read_text()

    with system("--data", str(folder)) as running:
        names(running)
        path.write_text(good.replace('"name": "Phoenix Hotel"', '"name": ""'))
        faults = eventually(
            lambda: [line for line in running.logged("profile-1") if line.get("level") == "ERROR"][
                1:
            ]
        )
        assert "id '5': Expected `str` of length >= 1" in faults[0]["message"]
        assert names(running) == ["Phoenix Hotel"]

        hotels = json.loads(good)
        hotels["hotels"][4]["name"] = "Phoenix Again"
        path.write_text(json.dumps(hotels))
        eventually(lambda: names(running) == ["Phoenix Again"])
