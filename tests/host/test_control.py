"""The process's side of its talk with the launcher."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from innkeeper.host.control import Control, Refused
from tests.support.eventually import eventually


class Launcher:
    """The other end, and what the process was asked to do."""

    def __init__(self) -> None:
        self.end, theirs = socket.socketpair()
        self.end.settimeout(5)
        self.control = Control(theirs.fileno())
        theirs.close()
        self.commands: list[Mapping[str, Any]] = []
        self.orphaned = 0

    def watch(self) -> None:
        self.control.watch(self._orphaned, self._carry_out)

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.end.recv(65536).splitlines()]

    def _orphaned(self) -> None:
        self.orphaned += 1

    def _carry_out(self, command: Mapping[str, Any]) -> None:
        self.commands.append(command)
        if command["command"] == "impossible":
            raise Refused("it cannot be done")


@pytest.fixture
async def launcher() -> AsyncIterator[Launcher]:
    launcher = Launcher()
    yield launcher
    launcher.control.close()
    launcher.end.close()


async def test_commands_are_answered(launcher: Launcher) -> None:
    """Each command is carried out and answered under its id, however the lines arrive."""
    launcher.watch()
    launcher.end.sendall(b'{"command": "possible", "id": 1}\n{"comm')
    await eventually(lambda: len(launcher.commands) == 1)
    launcher.end.sendall(b'and": "impossible", "id": 2}\n')
    await eventually(lambda: len(launcher.commands) == 2)
    assert launcher.said() == [
        {"event": "done", "id": 1},
        {"event": "refused", "id": 2, "reason": "it cannot be done"},
    ]


async def test_what_is_no_command_is_passed_over(launcher: Launcher) -> None:
    """Lines that nobody understands harm nothing."""
    launcher.watch()
    launcher.end.sendall(b'nonsense\n["list"]\n{"event": "x"}\n{"command": "possible", "id": 3}\n')
    await eventually(lambda: bool(launcher.commands))
    assert launcher.said() == [{"event": "done", "id": 3}]


async def test_the_end_of_the_launcher_is_heard_once(launcher: Launcher) -> None:
    """End of file says that the launcher is gone."""
    launcher.watch()
    launcher.end.close()
    await eventually(lambda: launcher.orphaned == 1)
    await asyncio.sleep(0.02)
    assert launcher.orphaned == 1


async def test_nobody_launched_it() -> None:
    """Without a launcher there is nothing to hear or say."""
    control = Control(None)
    control.watch(lambda: None, lambda _: None)
    control.ready({"geo": "127.0.0.1:1"})
