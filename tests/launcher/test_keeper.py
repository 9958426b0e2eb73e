"""Keeping one process running: with processes and a clock of the test's own."""

import asyncio
import errno
from collections.abc import Callable, Iterator
from functools import cached_property

import pytest

from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.keeper import Keeper
from innkeeper.launcher.topology import ProcessPlan, Stage
from tests.support.eventually import eventually
from tests.support.fake_child import FakeChild, FakeClock, FakeSpawn

PLAN = ProcessPlan("inner-1", ("inner",), 1, {}, Stage.SERVICE)


class Kept:
    """A keeper with everything around it in the test's hands."""

    def __init__(self) -> None:
        self.spawn = FakeSpawn()
        self.clock = FakeClock()
        self.events: list[ProcessEvent] = []
        self.given_up: list[str] = []

    @cached_property
    def keeper(self) -> Keeper:
        """Begins when it is first looked at."""
        return Keeper(
            PLAN,
            self.spawn,
            self.events.append,
            self.given_up.append,
            clock=self.clock,
            wait=self.clock.wait,
        )

    @property
    def states(self) -> list[State]:
        return [event.state for event in self.events]

    async def started(self, number: int) -> FakeChild:
        """The process of that start, from 1, once it was started."""
        assert self.keeper
        await eventually(lambda: len(self.spawn.children) >= number)
        await asyncio.sleep(0)
        return self.spawn.children[number - 1]

    async def reached(self, *states: State) -> None:
        await eventually(lambda: self.states[-len(states) :] == list(states))


@pytest.fixture
async def kept() -> Kept:
    return Kept()


async def test_a_process_is_told_of_when_ready(kept: Kept) -> None:
    """A process that gets ready is told of, with the time it took and its addresses."""
    child = await kept.started(1)
    kept.clock.now = 0.25
    child.get_ready()
    await kept.reached(State.STARTING, State.READY)
    assert kept.events[-1].ms == 250
    assert kept.events[-1].addresses == kept.keeper.addresses == {"inner": "127.0.0.1:1"}
    assert kept.keeper.was_ready.is_set()
    await kept.keeper.stop(1)


async def test_a_process_that_dies_is_started_again(kept: Kept) -> None:
    """A process that died is started again after a delay, and both are told."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)
    child.kill()
    (await kept.started(2)).get_ready()
    await kept.reached(State.READY, State.DIED, State.RESTARTING, State.STARTING, State.READY)
    died, restarting = kept.events[2:4]
    assert died.status == -9
    assert restarting.delay == 0.1
    assert kept.keeper.addresses == {"inner": "127.0.0.1:2"}
    await kept.keeper.stop(1)


async def test_delays_grow_until_the_process_was_steady(kept: Kept) -> None:
    """Delays double while the process keeps dying, and begin anew after it was up for 10 s."""
    for number in range(1, 5):
        (await kept.started(number)).end(1)
    steady = await kept.started(5)
    steady.get_ready()
    await kept.reached(State.READY)
    kept.clock.now += 10
    steady.kill()
    await kept.started(6)
    assert kept.clock.waits == [0.1, 0.2, 0.4, 0.8, 0.1]
    await kept.keeper.stop(1)


async def test_time_to_get_ready_is_no_time_up(kept: Kept) -> None:
    """A process that hung for long before it died without serving was not steady."""
    (await kept.started(1)).end(1)
    hung = await kept.started(2)
    kept.clock.now += 60
    hung.end(1)
    await kept.started(3)
    assert kept.clock.waits == [0.1, 0.2]
    await kept.keeper.stop(1)


async def test_a_process_that_cannot_start_is_given_up(kept: Kept) -> None:
    """A process that says at its first start that it cannot is not tried again."""
    (await kept.started(1)).end(2, failed=True, reason="no data")
    await kept.reached(State.DIED, State.STOPPED)
    assert kept.given_up == ["no data"]
    assert len(kept.spawn.children) == 1


async def test_a_failure_without_reason_names_the_process(kept: Kept) -> None:
    """A process that cannot start and does not say why is at least named."""
    (await kept.started(1)).end(2, failed=True)
    await kept.reached(State.STOPPED)
    assert kept.given_up == ["inner-1 cannot start"]


async def test_later_failures_are_tried_again(kept: Kept) -> None:
    """A process that has served before is started again even when it says that it cannot."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)
    child.kill()
    (await kept.started(2)).end(2, failed=True, reason="port in use")
    await kept.started(3)
    assert kept.given_up == []
    await kept.keeper.stop(1)


async def test_a_crash_at_the_first_start_is_tried_again(kept: Kept) -> None:
    """A process that dies at its first start without saying that it cannot is started again."""
    (await kept.started(1)).end(1, reason="SyntaxError: x")
    await kept.started(2)
    assert kept.given_up == []
    await kept.keeper.stop(1)


async def test_a_start_that_the_system_refuses_is_tried_again(kept: Kept) -> None:
    """A process that cannot be created is tried again like one that died."""
    kept.spawn.errors.append(OSError(errno.EAGAIN, "Resource temporarily unavailable"))
    await kept.started(1)
    assert kept.states[:3] == [State.DIED, State.RESTARTING, State.STARTING]
    assert kept.events[0].reason == "it cannot be started: Resource temporarily unavailable"
    await kept.keeper.stop(1)


async def test_a_stopped_process_stays_stopped(kept: Kept) -> None:
    """A stop ends the process within the limit; nobody hears that it died."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)
    await kept.keeper.stop(limit=1.5)
    assert child.stops == [1.5]
    assert kept.states == [State.STARTING, State.READY, State.STOPPED]
    assert len(kept.spawn.children) == 1


async def test_a_stop_during_the_delay_ends_it(kept: Kept) -> None:
    """A process that waits to be started again is not started when it is stopped."""
    kept.clock.patient = True
    (await kept.started(1)).end(1)
    await kept.reached(State.RESTARTING)
    await kept.keeper.stop(1)
    await kept.reached(State.RESTARTING, State.STOPPED)
    assert len(kept.spawn.children) == 1


@pytest.fixture(params=["stop", "kill"])
def end(request: pytest.FixtureRequest) -> Iterator[Callable[[Keeper], object]]:
    """Ends a process for good, one way or the other."""
    if request.param == "stop":
        yield lambda keeper: asyncio.ensure_future(keeper.stop(1))
    else:
        yield Keeper.kill


async def test_a_process_that_is_just_being_born_is_ended(
    kept: Kept, end: Callable[[Keeper], object]
) -> None:
    """A stop or kill while the system creates the process ends it as soon as it is there."""
    kept.spawn.held = asyncio.Event()
    assert kept.keeper
    await asyncio.sleep(0)
    end(kept.keeper)
    await asyncio.sleep(0)
    kept.spawn.held.set()
    await kept.reached(State.STARTING, State.STOPPED)
    assert (await kept.spawn.children[0].exited).status == -9


async def test_a_kill_before_the_start_starts_nothing(kept: Kept) -> None:
    """A process that is ended before it was begun never starts."""
    kept.keeper.kill()
    await kept.reached(State.STOPPED)
    assert kept.spawn.children == []


async def test_a_restart_replaces_the_process_without_delay(kept: Kept) -> None:
    """A restart lets the process stop and starts the next one at once; it did not die."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)
    await kept.keeper.restart(limit=3)
    await kept.started(2)
    assert child.stops == [3]
    assert State.DIED not in kept.states
    assert kept.clock.waits == []
    await kept.keeper.stop(1)


async def test_a_restart_ends_the_delay(kept: Kept) -> None:
    """A process that waits to be started again is started when its restart is asked for."""
    kept.clock.patient = True
    (await kept.started(1)).end(1)
    await kept.reached(State.RESTARTING)
    await kept.keeper.restart(1)
    await kept.started(2)
    await kept.keeper.stop(1)


async def test_a_restart_while_being_born_starts_once_more(kept: Kept) -> None:
    """A restart that comes while the process is created replaces it, as it may run old code."""
    kept.spawn.held = asyncio.Event()
    assert kept.keeper
    await asyncio.sleep(0)
    await kept.keeper.restart(1)
    kept.spawn.held.set()
    await kept.started(2)
    assert (await kept.spawn.children[0].exited).status == -9
    await kept.keeper.stop(1)


async def test_a_kill_overtakes_a_stop(kept: Kept) -> None:
    """A kill ends a process that is taking its time to stop."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)

    async def never_stop(limit: float) -> None:
        await asyncio.wait({child.exited})

    child.stop = never_stop  # type: ignore[method-assign]
    stopping = asyncio.create_task(kept.keeper.stop(100))
    await asyncio.sleep(0)
    kept.keeper.kill()
    await stopping
    assert (await child.exited).status == -9
