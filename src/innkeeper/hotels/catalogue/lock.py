"""One writer at a time: a lock that ends with its process, however that ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from innkeeper.errors import CannotStart


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the catalogue at `path` against other imports. The lock file stays, empty.

    Raises:
        CannotStart: another import is under way, or the folder cannot be written.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        file = beside.open("a")
    except OSError as error:
        raise CannotStart(f"{path} cannot be written: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"{path} is being written by another import: wait until it is done"
            ) from None
        yield
