"""The folder of control sockets, and which `up` is meant."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.control.directory import Entry, choose, entries, listening


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "innkeeper"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def another(folder: Path, name: str, stack: ExitStack) -> None:
    """A socket as another process would have it."""
    listener = stack.enter_context(socket.socket(socket.AF_UNIX))
    listener.bind(str(folder / name))
    listener.listen()


def test_a_socket_is_for_its_user_alone(folder: Path) -> None:
    """Folder and socket can be opened by nobody else, and the socket goes with its `up`."""
    with listening(folder, None):
        (path,) = folder.iterdir()
        assert path.name == f"up-{os.getpid()}.sock"
        assert path.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        assert entries(folder) == [Entry(path, "up", os.getpid())]
    assert list(folder.iterdir()) == []


def test_a_folder_that_others_may_open_is_refused(folder: Path) -> None:
    """Nobody shall slip in through a folder that was there before."""
    folder.mkdir(mode=0o755)
    with (
        pytest.raises(CannotStart, match=r"open to other users.*chmod 700"),
        listening(folder, None),
    ):
        raise AssertionError


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """What stands in the way is said."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CannotStart, match=r"there can be no control socket in .*/file"),
        listening(tmp_path / "file", None),
    ):
        raise AssertionError


def test_too_long_a_path(tmp_path: Path) -> None:
    """The system's limit on the length of a path is said in plain words."""
    with (
        pytest.raises(CannotStart, match=r"too long, .*: set XDG_RUNTIME_DIR"),
        listening(tmp_path / ("x" * 100), None),
    ):
        raise AssertionError


def test_a_name_belongs_to_one(folder: Path, stack: ExitStack) -> None:
    """Two systems cannot have the same name; those without one can be many."""
    folder.mkdir(mode=0o700)
    another(folder, "blue-1.sock", stack)
    another(folder, "up-2.sock", stack)
    with pytest.raises(CannotStart, match="--name blue: process 1 has that name already"):
        stack.enter_context(listening(folder, "blue"))
    stack.enter_context(listening(folder, None))
    assert [entry.name for entry in entries(folder) if entry.pid < 3] == ["blue", "up"]


@pytest.mark.parametrize("name", ["12", "a/b", "", "-x", "x" * 40])
def test_what_is_no_name(folder: Path, name: str) -> None:
    """A name cannot be taken for a pid or a path."""
    with pytest.raises(CannotStart, match="begin with a letter"), listening(folder, name):
        raise AssertionError


def test_stale_sockets_are_swept_away(folder: Path, stack: ExitStack) -> None:
    """The socket of an `up` that was killed disappears when somebody looks."""
    folder.mkdir(mode=0o700)
    with ExitStack() as killed:
        another(folder, "up-4.sock", killed)
    another(folder, "up-5.sock", stack)
    (folder / "note.txt").write_text("")
    assert [entry.pid for entry in entries(folder)] == [5]
    assert sorted(path.name for path in folder.iterdir()) == ["note.txt", "up-5.sock"]


def test_no_folder_means_nobody(folder: Path) -> None:
    """Where nothing ever ran there is nothing."""
    assert entries(folder) == []


BLUE, FIRST, SECOND = (
    Entry(Path("x"), name, pid) for name, pid in (("blue", 1), ("up", 2), ("up", 3))
)


@pytest.mark.parametrize(
    ("found", "wanted", "chosen"),
    [
        ([FIRST], None, FIRST),
        ([BLUE, FIRST, SECOND], "blue", BLUE),
        ([BLUE, FIRST, SECOND], "3", SECOND),
        ([BLUE, FIRST], "up", FIRST),
    ],
)
def test_which_is_meant(found: list[Entry], wanted: str | None, chosen: Entry) -> None:
    """The only one need not be named; others are, by name or pid."""
    assert choose(found, wanted) is chosen


@pytest.mark.parametrize(
    ("found", "wanted", "text"),
    [
        ([], None, "no `innkeeper up` of this user is running: start one first"),
        ([], "blue", "no `innkeeper up` of this user is running"),
        ([BLUE, FIRST], None, r"1 \(blue\), 2 \(up\): say which with --up NAME or --up PID"),
        ([FIRST, SECOND], "up", "more than one `innkeeper up` is running"),
        ([BLUE], "green", r"--up green: no such `innkeeper up` is running, only 1 \(blue\)"),
    ],
)
def test_which_cannot_be_told(found: list[Entry], wanted: str | None, text: str) -> None:
    """None, or more than one, is a line that says which there are."""
    with pytest.raises(CannotStart, match=text):
        choose(found, wanted)
