"""A whole run over fake processes: signals at bad moments, deaths, and what is left behind.

The launcher runs in a process of its own, as signals are what is tested.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.supervisor import STOP_BY
from innkeeper.launcher.topology import Options
from innkeeper.launcher.up import KILLED, Up
from innkeeper.settings import Settings
from tests.support.child import free_ports
from tests.support.eventually import eventually
from tests.support.fake_roles import ROLES, FakeCommand

NAMES = {"registry-1", "traces-1", "inner-1", "outer-1", "edge-1"}
Behaviours = Mapping[str, Sequence[Sequence[str]]]


class Run:
    """A running launcher and what it said so far."""

    def __init__(self, process: asyncio.subprocess.Process, journal: Path) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self._journal = journal

    async def until(self, **fields: object) -> dict[str, Any]:
        """The next event that has these fields; the others are kept in `events`."""
        assert self.process.stdout
        async with asyncio.timeout(20):
            while line := await self.process.stdout.readline():
                event: dict[str, Any] = json.loads(line)
                self.events.append(event)
                if fields.items() <= event.items():
                    return event
        raise AssertionError(f"ended without {fields}: {self.events}")

    async def end(self) -> tuple[int, str]:
        """Wait for its end. Returns the exit status and what it wrote to standard error."""
        async with asyncio.timeout(20):
            output, error = await self.process.communicate()
        self.events += [json.loads(line) for line in output.splitlines()]
        assert self.process.returncode is not None
        return self.process.returncode, error.decode()

    def pids(self) -> list[int]:
        """All processes that it ever started."""
        return [event["pid"] for event in self.events if event.get("state") == "starting"]

    def journal(self) -> list[str]:
        """What the processes noted, in order."""
        return self._journal.read_text().splitlines() if self._journal.exists() else []

    def states(self, instance: str) -> list[str]:
        mine = [event for event in self.events if event.get("instance") == instance]
        return [event["state"] for event in mine if event.get("event") == "process"]


Start = Callable[..., Awaitable[Run]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a launcher over fake processes; ends it and everything that it left."""
    runs = []

    async def start(
        behaviours: Behaviours | None = None, *, nohup: bool = False, **options: object
    ) -> Run:
        journal = tmp_path / "journal"
        fields = {
            "nohup": nohup,
            "behaviours": behaviours,
            "options": options,
            "journal": str(journal),
            "sources": str(tmp_path / "sources"),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.fake_system", json.dumps(fields)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        runs.append(Run(process, journal))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.returncode is None:
            run.process.kill()
        await run.process.communicate()
        await eventually(lambda run=run: not any(is_alive(pid) for pid in run.pids()))


def is_alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def none_left(run: Run) -> bool:
    return not any(is_alive(pid) for pid in run.pids())


async def test_a_system_starts_and_says_where_it_is(start: Start) -> None:
    """All processes start, and once they are ready one event says where everything is."""
    run = await start()
    ready = await run.until(event="ready")
    assert set(ready["instances"]) == NAMES
    assert ready["addresses"]["inner"] == "127.0.0.1:1"
    assert ready["addresses"]["edge"].startswith("http://localhost:")
    assert {event["instance"] for event in run.events if event.get("state") == "ready"} == NAMES


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_everything_in_order(start: Start, number: signal.Signals) -> None:
    """Ctrl-C and its likes stop the edge, then the services, then the infrastructure; the exit
    status is 0 and nothing is left."""
    run = await start()
    await run.until(event="ready")
    run.process.send_signal(number)
    assert await run.end() == (0, "")
    assert none_left(run)
    stops = [line.removeprefix("stop ") for line in run.journal() if line.startswith("stop")]
    assert stops[0] == "edge-1"
    assert set(stops[1:3]) == {"inner-1", "outer-1"}
    assert set(stops[3:]) == {"registry-1", "traces-1"}
    assert all(run.states(name)[-1] == "stopped" for name in NAMES)


async def test_under_nohup_it_outlives_the_terminal(start: Start) -> None:
    """SIGHUP ends nothing when it was ignored at the start; Ctrl-C does."""
    run = await start(nohup=True)
    await run.until(event="ready")
    run.process.send_signal(signal.SIGHUP)
    run.process.send_signal(signal.SIGINT)
    assert await run.end() == (0, "")
    assert none_left(run)
    assert len([line for line in run.journal() if line.startswith("stop")]) == len(NAMES)


async def test_processes_that_do_not_stop_are_ended_in_time(start: Start) -> None:
    """With every process ignoring its stop, all is over in time."""
    run = await start({name: [["--ignore-sigterm"]] for name in NAMES})
    await run.until(event="ready")
    began = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert (await run.end())[0] == 0
    # Twice what is promised, as this machine may be busy; the limits add up in test_supervisor.
    assert time.monotonic() - began < 6
    assert none_left(run)


async def test_a_second_signal_ends_everything_at_once(start: Start) -> None:
    """A second Ctrl-C waits for nobody."""
    run = await start({name: [["--ignore-sigterm"]] for name in NAMES})
    await run.until(event="ready")
    run.process.send_signal(signal.SIGINT)
    await run.until(event="stopping")
    began = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert (await run.end())[0] == KILLED
    assert time.monotonic() - began < max(STOP_BY.values())
    assert none_left(run)


async def test_a_signal_while_processes_start(start: Start) -> None:
    """Ctrl-C while nothing is ready yet ends what was started."""
    run = await start({name: [["--never-ready"]] for name in NAMES})
    await run.until(state="starting")
    run.process.send_signal(signal.SIGINT)
    assert (await run.end())[0] == 0
    assert none_left(run)


@pytest.mark.parametrize("moment", range(8))
async def test_a_signal_at_any_moment_of_the_start(start: Start, moment: int) -> None:
    """Ctrl-C right after any of the first things that happen leaves nothing behind."""
    run = await start({name: [["--ready-after", "0.05"]] for name in NAMES})
    for _ in range(moment + 1):
        await run.until(event="process")
    run.process.send_signal(signal.SIGINT)
    assert await run.end() == (0, "")
    assert none_left(run)


async def test_a_signal_while_a_process_waits_to_be_started_again(start: Start) -> None:
    """Ctrl-C during a backoff does not wait for it, and starts nothing more."""
    run = await start({"inner-1": [["--crash", "broken"]]})
    while (await run.until(state="restarting"))["delay"] < 1:
        pass
    run.process.send_signal(signal.SIGINT)
    assert (await run.end())[0] == 0
    assert run.states("inner-1")[-2:] == ["restarting", "stopped"]
    assert none_left(run)


async def test_a_process_that_is_killed_is_started_again(start: Start) -> None:
    """A process that somebody kills is replaced, and both is said."""
    run = await start()
    await run.until(event="ready")
    victim = next(
        event["pid"]
        for event in run.events
        if event.get("instance") == "inner-1" and event.get("state") == "ready"
    )
    os.kill(victim, signal.SIGKILL)
    assert (await run.until(instance="inner-1", state="died"))["status"] == -signal.SIGKILL
    assert (await run.until(instance="inner-1", state="restarting"))["delay"] == 0.1
    assert (await run.until(instance="inner-1", state="ready"))["pid"] != victim
    assert run.states("outer-1") == ["starting", "ready"]


async def test_a_process_that_cannot_start_ends_the_run(start: Start) -> None:
    """A process that says at its first start that it cannot ends everything, with its reason as
    the only line."""
    run = await start({"inner-1": [["--fail", "geo.json, record 3: no latitude"]]})
    assert await run.end() == (1, "geo.json, record 3: no latitude\n")
    assert none_left(run)


async def test_a_crash_at_the_start_is_tried_again(start: Start) -> None:
    """A process that crashes at its first starts is ready in the end, and so is the system."""
    run = await start({"inner-1": [["--crash", "SyntaxError: x"], ["--crash", "again"], []]})
    await run.until(event="ready")
    died = [event for event in run.events if event.get("state") == "died"]
    assert [event["reason"] for event in died] == ["SyntaxError: x", "again"]


async def test_a_later_failure_is_tried_again(start: Start) -> None:
    """A process that has served before and then cannot start keeps being tried."""
    run = await start({"inner-1": [["--die-after", "0"], ["--fail", "port in use"], []]})
    for state in ("died", "died", "ready"):
        await run.until(instance="inner-1", state=state)


async def test_a_launcher_that_is_killed_leaves_nobody(start: Start) -> None:
    """When the launcher itself is killed, its processes notice and stop by themselves, also those
    that were started later."""
    run = await start({"inner-1": [["--die-after", "0"], []]})
    await run.until(instance="inner-1", state="died")
    await run.until(instance="inner-1", state="ready")
    run.process.kill()
    await run.process.wait()
    await eventually(lambda: none_left(run))
    assert sorted(line for line in run.journal() if "orphaned" in line) == [
        f"orphaned {name}" for name in sorted(NAMES)
    ]


async def test_a_flood_of_output_that_nobody_reads_blocks_nothing(start: Start) -> None:
    """With processes that write without end and nobody reading, Ctrl-C works."""
    run = await start({"inner-1": [["--flood"]], "outer-1": [["--flood"]]})
    await run.until(event="ready")
    await asyncio.sleep(0.5)
    run.process.send_signal(signal.SIGINT)
    # Not communicate(), which would read.
    await eventually(lambda: not is_alive(run.process.pid))
    assert none_left(run)


async def test_a_reader_that_goes_is_no_reason_to_end(start: Start) -> None:
    """When the standard output is closed the system runs on, silently."""
    run = await start()
    await run.until(event="ready")
    assert run.process.stdout
    transport = run.process.stdout._transport  # type: ignore[attr-defined]
    transport.close()
    victim = run.pids()[2]
    os.kill(victim, signal.SIGKILL)
    await eventually(lambda: sum(line.startswith("start") for line in run.journal()) == 6)
    run.process.send_signal(signal.SIGINT)
    async with asyncio.timeout(20):
        assert await run.process.wait() == 0


async def test_instances_share_the_socket_of_the_edge(start: Start) -> None:
    """All instances of the edge answer on one address, which outlives each of them."""
    run = await start(replicas={"edge": 2})
    address = (await run.until(event="ready"))["addresses"]["edge"]
    port = int(address.rpartition(":")[2])
    edges = [
        event["pid"]
        for event in run.events
        if event.get("roles") == ["edge"] and event.get("state") == "ready"
    ]

    async def ask() -> bytes:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answer = await reader.read()
            writer.close()
            return answer

    assert await ask() in (b"edge-1", b"edge-2")
    for pid in edges:
        os.kill(pid, signal.SIGKILL)
    for _ in edges:
        await run.until(state="died")
    # A connection that nobody takes yet is not refused.
    assert await ask() in (b"edge-1", b"edge-2")


async def test_slow_starts_are_mentioned(start: Start) -> None:
    """When a process takes long, it is named."""
    run = await start({"outer-1": [["--never-ready"]]})
    assert (await run.until(event="waiting"))["for"] == ["outer-1"]


async def test_changed_code_is_restarted(start: Start, tmp_path: Path) -> None:
    """With --reload a change restarts the processes that run the file, and no other."""
    code = tmp_path / "sources" / "inner" / "service.py"
    code.parent.mkdir(parents=True)
    code.write_text("")
    run = await start(reload=True)
    await run.until(event="ready")
    changed = await change(run, code)
    assert changed["restarts"] == ["inner-1"]
    await run.until(instance="inner-1", state="restarting")
    await run.until(instance="inner-1", state="ready")
    assert run.states("outer-1") == ["starting", "ready"]


async def test_mended_code_starts_without_delay(start: Start, tmp_path: Path) -> None:
    """With --reload code that cannot even start is tried again as soon as it changes, whatever
    the backoff has grown to."""
    code = tmp_path / "sources" / "inner" / "service.py"
    code.parent.mkdir(parents=True)
    code.write_text("")
    run = await start({"inner-1": [["--crash", "SyntaxError: x"]] * 5 + [[]]}, reload=True)
    while (await run.until(state="restarting"))["delay"] < 1.6:
        pass
    await change(run, code)
    await run.until(event="ready")
    assert run.states("inner-1").count("died") == 5


async def change(run: Run, file: Path) -> dict[str, Any]:
    """Change a file until that is noticed: when the watch began cannot be seen."""
    noticed = asyncio.ensure_future(run.until(event="changed"))
    while not noticed.done():
        file.write_text(str(time.monotonic()))  # noqa: ASYNC240 - a few bytes
        await asyncio.wait({noticed}, timeout=0.5)
    return noticed.result()


def up(options: Options, environ: Mapping[str, str] | None = None) -> Up:
    return Up(options, ROLES, Settings.from_environ(environ or {}), FakeCommand())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (Options(free_ports=True, bind="example.org"), "--bind example.org: give an IP address"),
        (Options(free_ports=True, advertise="x"), "--advertise x: give an IP address"),
        (
            Options(free_ports=True, data="/does/not/exist"),
            r"there is no folder /does/not/exist \(as --data says\): name .* --data PATH",
        ),
        (
            Options(free_ports=True, data=__file__),
            r"test_up.py is no folder \(as --data says\): write a database .* as sqlite:///",
        ),
    ],
)
def test_what_stands_in_the_way_is_said_before_anything_starts(options: Options, text: str) -> None:
    """Wrong addresses and missing data are found before a process starts."""
    with pytest.raises(CannotStart, match=text):
        up(options)


def test_the_data_folder_is_told_with_its_reason(tmp_path: Path) -> None:
    """Which data is used and why is known, and the processes learn of it."""
    assert up(Options(free_ports=True)).data.endswith("data, as INNKEEPER_DATA is not set")
    named = up(Options(free_ports=True, data=str(tmp_path)))
    assert named.data == f"{tmp_path.resolve()}, as --data says"
    assert named.environ["INNKEEPER_DATA"] == str(tmp_path.resolve())
    database = up(Options(free_ports=True, data="sqlite:///hotels.db"))
    assert database.data == "sqlite:///hotels.db, as --data says"
    assert database.environ["INNKEEPER_DATA"] == "sqlite:///hotels.db"
    inherited = up(Options(free_ports=True), {"INNKEEPER_DATA": str(tmp_path)})
    assert inherited.data == f"{tmp_path.resolve()}, INNKEEPER_DATA={tmp_path}"


def test_passwords_are_not_told() -> None:
    """The address of a database is shown without its password, and handed on with it."""
    address = "postgresql://keeper:p@ss@db/hotels"
    chosen = up(Options(free_ports=True, data=address))
    assert chosen.data == "postgresql://keeper:***@db/hotels, as --data says"
    assert chosen.environ["INNKEEPER_DATA"] == address
    inherited = up(Options(free_ports=True), {"INNKEEPER_DATA": address})
    assert "p@ss" not in inherited.data


def test_a_service_may_have_data_of_its_own(tmp_path: Path) -> None:
    """Its variable is told beside that of all, and gives way to the option."""
    own = {"INNKEEPER_GEO_DATA": "postgresql://keeper:secret@db/places"}
    inherited = up(Options(free_ports=True), {"INNKEEPER_DATA": str(tmp_path), **own})
    assert inherited.data.endswith("; geo: INNKEEPER_GEO_DATA=postgresql://keeper:***@db/places")
    chosen = up(Options(free_ports=True, data=str(tmp_path)), own)
    assert "geo" not in chosen.data
    assert chosen.environ["INNKEEPER_GEO_DATA"] == ""


@pytest.mark.parametrize(
    ("options", "environ", "told"),
    [
        (Options(free_ports=True), {}, "none"),
        (Options(free_ports=True), {"INNKEEPER_REGISTRY_FILE": "/mine.json"}, None),
        (Options(free_ports=True, ports={"registry": free_ports(1)[0]}), {}, None),
        (Options(free_ports=True, ports={"registry": 0}), {}, "none"),
    ],
)
def test_a_registry_that_nobody_finds_again_keeps_nothing(
    options: Options, environ: Mapping[str, str], told: str | None
) -> None:
    """Its port is another one next time, unless somebody named the port or the file."""
    assert up(options, environ).environ.get("INNKEEPER_REGISTRY_FILE") == told
