"""The control socket from both ends, over fake processes."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.control import client, operations
from innkeeper.launcher.control.client import System
from innkeeper.launcher.control.directory import listening
from innkeeper.launcher.control.operations import Operations
from innkeeper.launcher.control.server import ControlServer
from innkeeper.launcher.news import News
from innkeeper.launcher.supervisor import Supervisor
from innkeeper.launcher.topology import Options, plan
from tests.support.eventually import eventually
from tests.support.fake_child import FakeChild, FakeSpawn
from tests.support.fake_roles import ROLES


class Controlled:
    """A system of fake processes with its control socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spawn = FakeSpawn()
        self.news = News(lambda event: None)
        self.topology = plan(Options(replicas={"inner": 2}), ROLES, {}, lambda: 1)
        self.supervisor = Supervisor(self.spawn, self.news)
        self.operations = Operations(
            self.supervisor, ROLES, self.topology.ports, memory=lambda pid: 1.5
        )
        self.willing = True
        """Whether processes get ready by themselves."""

    async def start(self, stack: AsyncExitStack) -> System:
        listener = stack.enter_context(listening(self.folder, "fake"))
        await stack.enter_async_context(self.supervisor)
        stack.push_async_callback(_cancelled, asyncio.create_task(self._encourage()))
        await stack.enter_async_context(
            ControlServer(listener, self.operations, self.news, name="fake", url="http://x")
        )
        for process in self.topology.processes:
            self.supervisor.start(process)
        await self.supervisor.wait_ready()
        return client.find(self.folder, None)

    def child(self, name: str) -> FakeChild:
        """The process that runs now."""
        pid = self.supervisor.keepers[name].status().pid
        assert pid is not None
        return self.spawn.children[pid - 1]

    async def _encourage(self) -> None:
        while True:
            for child in self.spawn.children:
                if self.willing and not child.ready.done():
                    child.get_ready()
            await asyncio.sleep(0.001)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
async def controlled(tmp_path: Path) -> AsyncIterator[tuple[Controlled, System]]:
    controlled = Controlled(tmp_path / "run")
    async with AsyncExitStack() as stack:
        yield controlled, await controlled.start(stack)


Both = tuple[Controlled, System]


async def test_who_answers(controlled: Both) -> None:
    """A client hears which `up` it speaks to."""
    about = await controlled[1].about()
    assert (about["name"], about["url"]) == ("fake", "http://x")


async def test_processes_are_shown(controlled: Both) -> None:
    """Every process is shown with what is known of it."""
    shown = {process["instance"]: process for process in await controlled[1].all("ps")}
    assert set(shown) == {"registry-1", "traces-1", "inner-1", "outer-1", "edge-1", "inner-2"}
    inner = shown["inner-2"]
    assert inner["roles"] == ["inner"]
    assert (inner["state"], inner["restarts"], inner["memory_mb"]) == ("ready", 0, 1.5)
    assert inner["uptime"] >= 0


async def test_kill_hang_and_resume(controlled: Both) -> None:
    """A process gets the signals, and what was done is told with its moment."""
    system, up = controlled
    child = system.child("inner-2")
    for command, arguments in (
        ("hang", {}),
        ("resume", {}),
        ("kill", {"signal": int(signal.SIGUSR1)}),
    ):
        (fact,) = await up.all(command, instance="inner-2", **arguments)
        assert (fact["did"], fact["instance"], fact["pid"]) == (command, "inner-2", child.pid)
        assert fact["at"].endswith("Z")
        assert fact["monotonic"] > 0
    assert child.signals == [signal.SIGSTOP, signal.SIGCONT, signal.SIGUSR1]


async def test_restart_goes_one_by_one(controlled: Both) -> None:
    """The next process is restarted only once the one before serves again."""
    system, up = controlled
    system.willing = False
    first, second = system.child("inner-1"), system.child("inner-2")
    restarting = asyncio.create_task(up.all("restart", targets=["inner", "inner-1"]))
    await eventually(lambda: len(system.spawn.children) == 7)
    assert (len(first.stops), len(second.stops)) == (1, 0)
    system.willing = True
    facts = await restarting
    assert [fact["instance"] for fact in facts] == ["inner-1", "inner-2"]
    assert (len(first.stops), len(second.stops)) == (1, 1)


async def test_restart_stops_at_what_does_not_serve(
    controlled: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a new process does not get ready, the others are left alone."""
    monkeypatch.setattr(operations, "READY_LIMIT", 0.05)
    system, up = controlled
    system.willing = False
    second = system.child("inner-2")
    with pytest.raises(CannotStart, match=r"inner-1 has not got ready within 0.05 s"):
        await up.all("restart", targets=["inner"])
    assert second.stops == []


async def test_who_hangs_up_stops_what_was_not_begun(controlled: Both) -> None:
    """A rolling restart goes no further when its client is gone."""
    system, up = controlled
    system.willing = False
    second = system.child("inner-2")
    restarting = asyncio.create_task(up.all("restart", targets=["inner"]))
    await eventually(lambda: len(system.spawn.children) == 7)
    restarting.cancel()
    await asyncio.wait([restarting])
    await eventually(lambda: not system.operations._turn.locked())
    system.willing = True
    await system.supervisor.keepers["inner-1"].wait_ready()
    assert second.stops == []


async def test_scale_out_and_in(controlled: Both) -> None:
    """New processes are waited for; those that go are stopped in good order and forgotten."""
    system, up = controlled
    added = await up.all("scale", name="inner", wanted=4)
    assert [(fact["did"], fact["instance"]) for fact in added] == [
        ("add", "inner-3"),
        ("add", "inner-4"),
    ]
    last = system.child("inner-4")
    removed = await up.all("scale", name="inner", wanted=2)
    assert [fact["instance"] for fact in removed] == ["inner-4", "inner-3"]
    assert len(last.stops) == 1
    assert "inner-3" not in system.supervisor.keepers


async def test_what_cannot_start_is_not_kept(controlled: Both) -> None:
    """A new process that cannot start is told with its reason and leaves no trace."""
    system, up = controlled
    system.willing = False
    scaling = asyncio.create_task(up.all("scale", name="outer", wanted=2))
    await eventually(lambda: len(system.spawn.children) == 7)
    system.spawn.children[-1].end(2, failed=True, reason="no data")
    with pytest.raises(CannotStart, match="no data"):
        await scaling
    assert "outer-2" not in system.supervisor.keepers


async def test_faults_reach_every_instance(controlled: Both) -> None:
    """Each instance of a role is asked, and no other process."""
    system, up = controlled
    facts = await up.all("fault", role="inner", latency=0.2, errors=None, seed=7, **{"for": 3})
    asked = {"command": "fault", "role": "inner", "latency": 0.2, "seed": 7, "for": 3}
    assert [fact["instance"] for fact in facts] == ["inner-1", "inner-2"]
    assert system.child("inner-1").asked == system.child("inner-2").asked == [asked]
    assert system.child("outer-1").asked == []


async def test_a_refused_fault(controlled: Both) -> None:
    """Where one instance refuses, those that have it are told and the reason is."""
    system, up = controlled
    system.child("inner-1").refusal = "it hangs"
    facts = up.ask("fault", role="inner", latency=1)
    assert (await anext(facts))["instance"] == "inner-2"
    with pytest.raises(CannotStart, match="it hangs"):
        await anext(facts)


async def test_watching(controlled: Both) -> None:
    """Who watches hears what becomes of the processes, whatever the reason."""
    system, up = controlled
    async with aclosing(up.ask("watch")) as events:
        first = asyncio.ensure_future(anext(events))
        await eventually(lambda: bool(system.news._followers))
        system.child("inner-1").kill()
        event = await first
        assert (event["instance"], event["state"], event["status"]) == ("inner-1", "died", -9)
        assert (await anext(events))["state"] == "restarting"


@pytest.mark.parametrize(
    ("command", "arguments", "text"),
    [
        ("kill", {"instance": "x-1", "signal": 9}, "no instance is called 'x-1'; there are reg"),
        ("kill", {"instance": "inner-1", "signal": 999}, "there is no signal 999"),
        ("resume", {"instance": "inner-1"}, "inner-1 does not hang"),
        ("restart", {"targets": ["inner", "x"]}, "nothing here is called 'x'"),
        ("scale", {"name": "registry", "wanted": 2}, "only one registry can run"),
        ("fault", {"role": "x"}, "fault: no role is called 'x'"),
        ("dance", {}, "the command is not understood"),
        ("kill", {"instance": 3}, "the command is not understood"),
    ],
)
async def test_what_cannot_be_done(
    controlled: Both, command: str, arguments: dict[str, Any], text: str
) -> None:
    """What cannot be done is one line that says why, and nothing is done."""
    with pytest.raises(CannotStart, match=text):
        await controlled[1].all(command, **arguments)


@pytest.mark.parametrize("said", [b"", b"no end", b"nonsense\n", b"[]\n", b"x" * (1 << 21) + b"\n"])
async def test_bad_clients_harm_nothing(controlled: Both, said: bytes) -> None:
    """Whatever a client says, the next one is answered."""
    _, writer = await asyncio.open_unix_connection(controlled[1].path)
    writer.write(said)
    writer.close()
    assert await controlled[1].all("ps")


async def test_an_up_that_ends_meanwhile(tmp_path: Path) -> None:
    """A client whose `up` ends says so."""
    async with AsyncExitStack() as stack:
        up = await Controlled(tmp_path / "run").start(stack)
        watching = asyncio.create_task(up.all("watch"))
        await asyncio.sleep(0.01)
    with pytest.raises(CannotStart, match="`innkeeper up` has ended meanwhile"):
        await watching
    with pytest.raises(CannotStart, match="No such file"):
        await up.about()


async def test_an_up_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client does not wait for ever for the greeting."""
    monkeypatch.setattr(client, "GREETING_LIMIT", 0.01)
    with (
        listening(tmp_path / "run", None),
        pytest.raises(CannotStart, match=r"has not answered for 0.01 s: does it hang"),
    ):
        await client.find(tmp_path / "run", None).about()


async def test_another_language(tmp_path: Path) -> None:
    """A client that is told what it does not understand says so."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps({"up": {}}).encode() + b"\nbabble\n")
        writer.close()

    path = tmp_path / "socket"
    async with await asyncio.start_unix_server(babble, path):
        with pytest.raises(CannotStart, match="said what cannot be understood"):
            await System(path).all("ps")
