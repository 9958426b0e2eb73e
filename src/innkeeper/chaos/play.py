"""Plays a scenario on a running system while asking it without a pause."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Protocol

from innkeeper.bench import builtin
from innkeeper.bench.check import judge_strictly
from innkeeper.bench.target import Target
from innkeeper.bench.workload import Asking, questions
from innkeeper.chaos.scenario import Scenario, Step
from innkeeper.chaos.timeline import Timeline
from innkeeper.errors import CannotStart

TIMEOUT = 5.0
SETTLE_LIMIT = 60.0
_POLL = 0.1
# A process that was killed is not known to be dead at once.
_FIRST_LOOK = 0.3

Fact = Mapping[str, Any]


class System(Protocol):
    """What is needed of a running `innkeeper up`; see `launcher.control.client`."""

    def ask(self, command: str, **arguments: object) -> AsyncGenerator[dict[str, Any], None]: ...
    async def all(self, command: str, **arguments: object) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Done:
    """A step that was carried out, or could not be."""

    step: Step
    began: float
    """On the monotonic clock, as is the end."""
    ended: float
    facts: Sequence[Fact]
    """What `up` said it did, with the times at which it did so."""
    error: str | None = None


@dataclass
class Played:
    """A scenario as it went."""

    name: str
    scenario: Scenario
    seed: int
    connections: int
    timeline: Timeline
    began_at: datetime
    began: float
    """On the monotonic clock: when the load began."""
    edges: frozenset[str]
    """What processes that take requests themselves are called, without their number."""
    done: list[Done] = field(default_factory=list)
    became: list[Fact] = field(default_factory=list)
    """What became of the processes, whatever the reason, as `up` saw it."""

    @property
    def error(self) -> str | None:
        """Why the scenario could not be played to its end."""
        return self.done[-1].error if self.done else None


async def play(
    name: str,
    scenario: Scenario,
    system: System,
    target: Target,
    *,
    seed: int,
    connections: int,
) -> Played:
    """Play the scenario to its end, or to the first step that cannot be done.

    Raises:
        CannotStart: the system does not fit the scenario, or does not answer rightly before it.
    """
    processes = await system.all("ps")
    _check_instances(scenario, processes)
    await _try(target, seed)
    began = time.perf_counter()
    timeline = Timeline(end=math.inf, began=began)
    played = Played(
        name=name,
        scenario=scenario,
        seed=seed,
        connections=connections,
        timeline=timeline,
        began_at=datetime.now(UTC),
        began=time.monotonic(),
        edges=_edges(processes, target),
    )
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(system, played))
        tasks.create_task(
            builtin.ask(
                target,
                questions(Asking.VARIED, seed),
                judge_strictly,
                timeline,
                connections=connections,
                timeout=TIMEOUT,
            )
        )
        try:
            await _Steps(system, played, seed).carry_out(scenario)
            await asyncio.sleep(scenario.rest)
        finally:
            timeline.end = time.perf_counter()
            watching.cancel()
    return played


class _Steps:
    """The steps of one play."""

    def __init__(self, system: System, played: Played, seed: int) -> None:
        self._system = system
        self._played = played
        self._random = Random(seed)

    async def carry_out(self, scenario: Scenario) -> None:
        """Do one after the other; stops at the first that cannot be done."""
        last = self._played.began
        try:
            for step in scenario.steps:
                due = max(self._played.began + step.at, last + step.after)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                done = await self._do(step)
                self._played.done.append(done)
                if done.error is not None:
                    return
                last = done.ended
        finally:
            await self._clear_faults(scenario)

    async def _do(self, step: Step) -> Done:
        began = time.monotonic()
        facts: list[Fact] = []
        error = None
        try:
            if step.do == "settle":
                await self._settle()
            else:
                command, arguments = await self._command(step)
                async with aclosing(self._system.ask(command, **arguments)) as told:
                    async for fact in told:
                        facts.append(fact)
        except CannotStart as reason:
            error = str(reason)
        return Done(step, began, time.monotonic(), facts, error)

    async def _command(self, step: Step) -> tuple[str, dict[str, object]]:
        match step.do:
            case "restart":
                return step.do, {"targets": step.of.split()}
            case "scale":
                return step.do, {"name": step.of, "wanted": step.to}
            case "fault":
                return step.do, {
                    "role": step.of,
                    "latency": step.latency,
                    "errors": step.errors,
                    "seed": self._played.seed,
                    "for": step.seconds,
                }
        instance = await self._choose(step)
        arguments: dict[str, object] = {"instance": instance, "for": step.seconds}
        if step.do == "kill":
            arguments["signal"] = 9
        return step.do, arguments

    async def _choose(self, step: Step) -> str:
        """The instance that is named, or one that hosts the role and is in the right state."""
        wanted = "hung" if step.do == "resume" else "ready"
        processes = await self._system.all("ps")
        names = [str(process["instance"]) for process in processes]
        if step.of in names:
            return step.of
        fitting = [
            str(process["instance"])
            for process in processes
            if step.of in process["roles"] and process["state"] == wanted
        ]
        if not fitting:
            raise CannotStart(
                f"{step.do} {step.of}: no instance of it is {wanted}; there are {', '.join(names)}"
            )
        return self._random.choice(sorted(fitting))

    async def _settle(self) -> None:
        await asyncio.sleep(_FIRST_LOOK)
        end = time.monotonic() + SETTLE_LIMIT
        while True:
            processes = await self._system.all("ps")
            late = [process["instance"] for process in processes if process["state"] != "ready"]
            if not late:
                return
            if time.monotonic() > end:
                raise CannotStart(f"{', '.join(late)} did not serve within {SETTLE_LIMIT:g} s")
            await asyncio.sleep(_POLL)

    async def _clear_faults(self, scenario: Scenario) -> None:
        """Faults without an end would outlive the scenario."""
        for role in {step.of for step in scenario.steps if step.do == "fault"}:
            try:
                await self._system.all("fault", role=role)
            except CannotStart:
                # Its process is gone, and the fault with it, or hangs: then its fault ends late.
                continue


async def _watch(system: System, played: Played) -> None:
    async with aclosing(system.ask("watch")) as events:
        async for event in events:
            played.became.append(event)


async def _try(target: Target, seed: int) -> None:
    """See that the system answers rightly before anything is done to it."""
    tally = Timeline(end=time.perf_counter())
    asked = questions(Asking.VARIED, seed)
    await builtin.ask(target, asked, judge_strictly, tally, connections=1, timeout=TIMEOUT)
    if tally.failures:
        raise CannotStart(
            f"{target.url} does not answer /hotels rightly before anything was done to it"
            f" ({tally.failures[0].kind})"
        )


def _edges(processes: Sequence[Fact], target: Target) -> frozenset[str]:
    return frozenset(
        process["instance"].rpartition("-")[0]
        for process in processes
        if any(at.endswith(f":{target.port}") for at in process["addresses"].values())
    )


def _check_instances(scenario: Scenario, processes: Sequence[Fact]) -> None:
    met = {
        role
        for step in scenario.steps
        if step.do in ("kill", "hang", "restart")
        for role in step.of.split()
    }
    for role in sorted(met):
        hosts = [process for process in processes if role in process["roles"]]
        single = role in ("registry", "traces")
        if hosts and not single and len(hosts) < scenario.instances:
            raise CannotStart(
                f"the scenario needs {scenario.instances} instances of {role}, there"
                f" {'is' if len(hosts) == 1 else 'are'} {len(hosts)}: see `innkeeper scale`"
            )
