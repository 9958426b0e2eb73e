"""Scenarios that are brought along, and those in files."""

from pathlib import Path

import pytest

from innkeeper.chaos.scenario import built_in, find
from innkeeper.errors import CannotStart
from tests.support.documents import ROOT


@pytest.mark.parametrize("name", list(built_in()))
def test_built_in(name: str) -> None:
    """Every scenario that is brought along can be read and is described."""
    assert find(name).about.endswith(".")
    assert f"| `{name}` |" in (ROOT / "docs" / "operations.md").read_text()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own.toml", 'about = "x"\nsteps = [{ do = "kill", of = "geo", for = 2 }]'),
        ("own.json", '{"about": "x", "steps": [{"do": "kill", "of": "geo", "for": 2}]}'),
    ],
)
def test_a_file(tmp_path: Path, name: str, text: str) -> None:
    """A scenario of one's own is a file, TOML or JSON."""
    (tmp_path / name).write_text(text)
    (step,) = find(str(tmp_path / name)).steps
    assert (step.do, step.of, step.seconds) == ("kill", "geo", 2)


def test_an_unknown_name() -> None:
    """An unknown name lists the known ones."""
    with pytest.raises(CannotStart, match="no scenario is called 'x': take one of bad-day, colle"):
        find("x")


def test_a_missing_file() -> None:
    """A file that is not there is named."""
    with pytest.raises(CannotStart, match=r"there is no file no\.toml"):
        find("no.toml")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("about = ", "cannot be read"),
        ('about = "x"\nsteps = []', "is no scenario: .*length >= 1"),
        ('about = "x"\nsteps = [{ do = "dance" }]', r"is no scenario: .*'dance'.*steps\[0\]\.do"),
        ('about = "x"\nsteps = [{ do = "kill", whom = "geo" }]', "unknown field `whom`"),
        ('about = "x"\nsteps = [{ do = "fault", errors = 2 }]', r"<= 1\.0.*errors"),
    ],
)
def test_what_is_no_scenario(tmp_path: Path, text: str, reason: str) -> None:
    """What is wrong with a file is said, and where."""
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(CannotStart, match=reason):
        find(str(path))
