"""Keeps what is registered over a restart, in one file that is written whole or not at all.

A disk that cannot be written is reported and costs nothing else: the registry goes on in memory.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.registration import Registration
from innkeeper.embedded.registry.state.key_values import Entry
from innkeeper.embedded.registry.state.model import Check, Node, Service

_PAUSE_SECONDS = 0.5
_PAUSE_SHARE = 20
"""How many times as long as a file took to write nothing is written after it."""
_RETRY_SECONDS = 10.0
_VERSION = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """That something is out of rotation; with an empty id, the whole node."""

    service_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Everything that a restart must not lose. What checks found is not part of it."""

    registrations: Sequence[Registration] = ()
    node_checks: Sequence[CheckDefinition] = ()
    maintenance: Sequence[Maintenance] = ()
    other_nodes: Sequence[Node] = ()
    other_services: Sequence[Service] = ()
    other_checks: Sequence[Check] = ()
    keys: Sequence[Entry] = ()
    version: int = _VERSION


def load(file: Path) -> Saved:
    """What was saved; nothing when there is no file, or none that can be read.

    A file that cannot be understood is set aside under another name, for somebody to look at.
    """
    try:
        saved = msgspec.json.decode(file.read_bytes(), type=Saved)
    except FileNotFoundError:
        return Saved()
    except OSError as error:
        _log.warning("cannot read %s, beginning empty: %s", file, error.strerror)
        return Saved()
    except msgspec.MsgspecError as error:
        aside = file.with_name(file.name + ".broken")
        _log.warning("cannot understand %s, beginning empty; it is now %s: %s", file, aside, error)
        with contextlib.suppress(OSError):
            file.replace(aside)
        return Saved()
    if saved.version != _VERSION:
        _log.warning("%s has version %d, beginning empty", file, saved.version)
        return Saved()
    return saved


class Saver:
    """Writes the file soon after something has changed, in a thread."""

    def __init__(self, file: Path, snapshot: Callable[[], Saved]) -> None:
        self._file = file
        self._snapshot = snapshot
        self._changed = asyncio.Event()
        self._written = b""
        self._failed = False
        self._pause = _PAUSE_SECONDS
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write what changes from now on."""
        self._task = asyncio.create_task(self._run())

    def changed(self) -> None:
        """Say that there may be something new to write."""
        self._changed.set()

    async def close(self) -> None:
        """Write what is not written yet, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._save()

    async def _run(self) -> None:
        while True:
            # A disk that has room again is found without waiting for somebody to register.
            if not self._failed:
                await self._changed.wait()
            # Many changes come together; one file holds them all.
            await asyncio.sleep(_RETRY_SECONDS if self._failed else self._pause)
            self._changed.clear()
            await asyncio.shield(self._save())

    async def _save(self) -> None:
        async with self._writing:
            await self._save_alone()

    async def _save_alone(self) -> None:
        started = time.monotonic()
        content = msgspec.json.encode(self._snapshot())
        if content == self._written:
            return
        try:
            await asyncio.to_thread(write_whole, self._file, content)
        except OSError as error:
            if not self._failed:
                _log.error(
                    "cannot save registrations to %s: %s; they stay in memory alone until it can"
                    " be written",
                    self._file,
                    error.strerror or error,
                )
            self._failed = True
        else:
            if self._failed:
                _log.info("registrations are saved to %s again", self._file)
            self._failed = False
            self._written = content
        self._pause = max(_PAUSE_SECONDS, _PAUSE_SHARE * (time.monotonic() - started))


def write_whole(file: Path, content: bytes) -> None:
    """Replace the file in one step, after its content is on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        # Values may be secret, so that nobody else may read them.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
