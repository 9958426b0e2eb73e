"""The folder with the sockets of every `up` of one user: NAME-PID.sock.

A socket that nobody listens on is left from an `up` that was killed, and is swept away by whoever
comes across it.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from innkeeper.errors import CannotStart

SUFFIX = ".sock"
# What the address of a unix socket may have, on macOS; Linux allows four more.
LONGEST_PATH = 103
UNNAMED = "up"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")


@dataclass(frozen=True)
class Entry:
    """A running `up`, as its socket's file name tells."""

    path: Path
    name: str
    pid: int

    def __str__(self) -> str:
        return f"{self.pid} ({self.name})"


def entries(folder: Path) -> list[Entry]:
    """Every running `up`, by pid. Removes the sockets of those that are gone."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        name, _, pid = path.stem.rpartition("-")
        if not pid.isdecimal():
            continue
        if _is_listened_on(path):
            found.append(Entry(path, name, int(pid)))
    return sorted(found, key=lambda entry: entry.pid)


def choose(found: list[Entry], wanted: str | None) -> Entry:
    """The one that is meant: by name or pid, or the only one.

    Raises:
        CannotStart: there is none, or not exactly one.
    """
    if not found:
        raise CannotStart("no `innkeeper up` of this user is running: start one first")
    known = ", ".join(map(str, found))
    fitting = [entry for entry in found if wanted in (None, entry.name, str(entry.pid))]
    if not fitting:
        raise CannotStart(f"--up {wanted}: no such `innkeeper up` is running, only {known}")
    if len(fitting) > 1:
        raise CannotStart(
            f"more than one `innkeeper up` is running, {known}:"
            " say which with --up NAME or --up PID"
        )
    return fitting[0]


@contextmanager
def listening(folder: Path, name: str | None) -> Iterator[socket.socket]:
    """A listening socket in the folder while the block runs, for this process; `name` is the one
    that the user gave it.

    Raises:
        CannotStart: the folder cannot be had or is not safe, the name cannot be one, or another
            `up` has it.
    """
    if name is not None and not _NAME.fullmatch(name):
        raise CannotStart(f"--name {name}: begin with a letter, then up to 30 letters, digits, - _")
    _make(folder)
    for entry in entries(folder):
        if entry.name == name:
            raise CannotStart(f"--name {name}: process {entry.pid} has that name already")
    path = folder / f"{name or UNNAMED}-{os.getpid()}{SUFFIX}"
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise CannotStart(
            f"the path of the control socket is too long, {path}: set XDG_RUNTIME_DIR to a folder"
            " with a shorter one, or choose a shorter --name"
        )
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Under another name until somebody listens: it could be swept away in between.
    begun = folder / f".{os.getpid()}"
    try:
        begun.unlink(missing_ok=True)
        listener.bind(str(begun))
        begun.chmod(0o600)
        listener.listen(16)
        listener.setblocking(False)
        begun.rename(path)
    except OSError as error:
        listener.close()
        raise _cannot(folder, error) from error
    try:
        yield listener
    finally:
        listener.close()
        with suppress(OSError):
            path.unlink()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.lstat()
    except OSError as error:
        raise _cannot(folder, error) from error
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise CannotStart(
            f"{folder} is open to other users, who could then control this system: make it yours"
            " alone with chmod 700, or remove it"
        )


def _cannot(folder: Path, error: OSError) -> CannotStart:
    return CannotStart(
        f"there can be no control socket in {folder}: {error.strerror or error};"
        " set XDG_RUNTIME_DIR to a folder that can be written to"
    )


def _is_listened_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.settimeout(1.0)
        try:
            trial.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            with suppress(OSError):
                path.unlink()
            return False
        except OSError:
            # Busy or not allowed: somebody is there.
            return True
    return True
