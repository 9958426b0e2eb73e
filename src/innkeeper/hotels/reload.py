"""Stores that follow their file: when it changes it is read again, in a thread of its own.

    CURRENT ──changed──▶ SETTLING ──quiet for one look──▶ read ──good──▶ the new store answers
       ▲                   │   ▲                           └───bad───▶ the old store answers on
       └───changed back────┘   └──changed again

A file that is being written changes from one look to the next, so it is left alone until it stays
the same. What is read while it stands half written is refused like any bad file, and read again
when it changes again. Whoever asks holds on to the store that answered when they began.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from innkeeper.errors import CannotStart
from innkeeper.hotels.flatfile import FAULTS_SHOWN, BadData

LOOK_SECONDS = 0.25
"""Between two looks at a file; two of them pass before a change is read."""
PATIENCE_SECONDS = 1.0

_log = logging.getLogger(__name__)

StoreT = TypeVar("StoreT")
_Looks = tuple[int, ...] | None


class Following(Generic[StoreT]):
    """A store that is replaced by a newer one when its file changes.

    It stands for the newest: what is not found here is looked up there.
    """

    def __init__(self, path: Path, load: Callable[[], StoreT]) -> None:
        """Load the store.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        self._path = path
        self._load = load
        # Before it is read: what changes meanwhile is read again.
        self._read = self._last = _looks(path)
        self._refused: str | None = None
        with _collector_at_rest():
            self._store = load()

    def __getattr__(self, name: str) -> Any:
        """An attribute of the newest store."""
        return getattr(self._store, name)

    def look(self) -> None:
        """Look at the file once, and read it when it changed before the last look, not since."""
        now, last = _looks(self._path), self._last
        self._last = now
        if now != last or now == self._read:
            return
        self._read = now
        try:
            with _collector_at_rest():
                self._store = self._load()
        except CannotStart as error:
            self._refuse(error)
        except Exception:
            _log.exception("%s changed and could not be read: what it held stays", self._path)
        else:
            self._refused = None
            _log.info("%s changed and was read again", self._path)

    def _refuse(self, error: CannotStart) -> None:
        """Say what is wrong with the file, unless that is what was said last."""
        if str(error) == self._refused:
            return
        self._refused = str(error)
        _log.error("%s changed and is refused, what it held stays: %s", self._path, _summary(error))
        if isinstance(error, BadData):
            for fault in error.faults[:FAULTS_SHOWN]:
                _log.error("%s: %s", self._path, fault)


@contextmanager
def following(path: Path, load: Callable[[], StoreT]) -> Iterator[StoreT]:
    """A store that follows its file while the block runs.

    Raises:
        CannotStart: the file cannot be used now; the text says why.
    """
    store = Following(path, load)
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(LOOK_SECONDS):
            store.look()

    # In the caller's context, so that what is logged is logged as theirs.
    watcher = threading.Thread(
        target=copy_context().run, args=[watch], name=f"follows {path.name}", daemon=True
    )
    watcher.start()
    try:
        yield cast(StoreT, store)
    finally:
        stopped.set()
        # A file on a disk that does not answer must not hold up the end.
        watcher.join(PATIENCE_SECONDS)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector away from what is being read, now and later.

    Ten thousand hotels are a million objects without a cycle among them. Each time that the
    collector went through them all, everybody in the process would stand still for 0.1 s.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if enabled:
            gc.enable()


def _looks(path: Path) -> _Looks:
    """What tells a file from what it was before; None while there is none that can be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    # A copy may bring its old time of change along; that of its inode it cannot.
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _summary(error: CannotStart) -> str:
    if not isinstance(error, BadData):
        return str(error)
    count = len(error.faults)
    shown = f", the first {FAULTS_SHOWN}" if count > FAULTS_SHOWN else ""
    return "one fault" if count == 1 else f"{count} faults{shown}"
