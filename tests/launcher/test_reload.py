"""Which processes a change concerns."""

import asyncio
from pathlib import Path

import pytest

from innkeeper.launcher.reload import Sources, changes
from innkeeper.launcher.roles import Role
from innkeeper.launcher.topology import ProcessPlan, Stage


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A tree of code: two roles and a file that both run."""
    for name in ("inner/service.py", "outer/service.py", "shared.py", "other.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    return tmp_path.resolve()


@pytest.fixture
def sources(code: Path) -> Sources:
    shared = code / "shared.py"
    roles = [
        Role("inner", {"inner": 1}, sources=(code / "inner", shared)),
        Role("outer", {"outer": 2}, sources=(code / "outer", shared, code / "missing.py")),
    ]
    processes = [
        ProcessPlan("inner-1", ("inner",), 1, {}, Stage.SERVICE),
        ProcessPlan("inner-2", ("inner",), 2, {}, Stage.SERVICE),
        ProcessPlan("outer-1", ("outer",), 1, {}, Stage.SERVICE),
    ]
    return Sources(roles, processes)


def test_a_change_concerns_who_runs_the_file(code: Path, sources: Sources) -> None:
    """A file of one role concerns all its instances, a shared one everybody, others nobody."""
    assert sources.affected([code / "inner/service.py"]) == ["inner-1", "inner-2"]
    assert sources.affected([code / "outer/new/file.py"]) == ["outer-1"]
    assert sources.affected([code / "shared.py"]) == ["inner-1", "inner-2", "outer-1"]
    assert sources.affected([code / "other.py", code / "inner2.py"]) == []


def test_folders_are_watched(code: Path, sources: Sources) -> None:
    """Files are watched by their folder, as saving may replace them; what is missing is not."""
    assert sources.folders() == [code, code / "inner", code / "outer"]


async def test_changes_are_noticed(code: Path) -> None:
    """A file that is written, or replaced as editors do, is a change; compiled files are none."""
    seen: set[Path] = set()
    watching = changes([code])
    first = asyncio.ensure_future(anext(watching))
    number = 0
    while not first.done():
        # Whether the watch has begun cannot be seen but by its answers.
        number += 1
        (code / "shared.new").write_text(str(number))
        (code / "shared.new").replace(code / "shared.py")
        (code / "x.pyc").write_text(str(number))
        await asyncio.wait({first}, timeout=0.3)
    seen.update(first.result())
    assert code / "shared.py" in seen
    assert code / "x.pyc" not in seen
    await watching.aclose()
