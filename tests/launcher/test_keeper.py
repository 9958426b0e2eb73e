"""Keeping one process running: with processes and a clock of the test's own."""

import asyncio
import errno
import signal
from collections.abc import Callable, Iterator
from functools import cached_property

import pytest

from innkeeper.errors import CannotStart
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
    assert [event.for_good for event in kept.events if event.state is State.DIED] == [True]
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


async def test_what_is_to_be_said_of_it(kept: Kept) -> None:
    """Its status follows the process: pid, state, addresses, time up, and how often it began."""
    assert kept.keeper.status().state is State.STARTING
    child = await kept.started(1)
    assert kept.keeper.status().pid == 1
    child.get_ready()
    await kept.reached(State.READY)
    kept.clock.now += 5
    status = kept.keeper.status()
    assert (status.instance, status.roles, status.state) == ("inner-1", ("inner",), State.READY)
    assert (status.uptime, status.restarts) == (5, 0)
    assert status.addresses == {"inner": "127.0.0.1:1"}
    kept.clock.patient = True
    child.kill()
    await kept.reached(State.RESTARTING)
    status = kept.keeper.status()
    assert (status.pid, status.uptime, status.addresses) == (None, None, {})
    await kept.keeper.restart(1)
    await kept.started(2)
    assert kept.keeper.status().restarts == 1
    await kept.keeper.stop(1)


async def test_a_process_that_was_struck_comes_back(kept: Kept) -> None:
    """A process that was killed on purpose is started again like any other that died."""
    child = await kept.started(1)
    assert kept.keeper.strike(signal.SIGKILL) == 1
    assert child.signals == [signal.SIGKILL]
    await kept.started(2)
    assert kept.clock.waits == [0.1]
    await kept.keeper.stop(1)


async def test_a_process_can_be_kept_away(kept: Kept) -> None:
    """A process that was killed for some time does not come back before that."""
    await kept.started(1)
    kept.keeper.strike(signal.SIGKILL, away=30)
    await kept.started(2)
    assert kept.clock.waits == [30]
    await kept.keeper.stop(1)


async def test_a_hung_process_goes_on_when_it_is_resumed(kept: Kept) -> None:
    """A process hangs until it is resumed, and is told of as hung meanwhile."""
    child = await kept.started(1)
    child.get_ready()
    await kept.reached(State.READY)
    kept.keeper.hang()
    assert kept.keeper.status().state is State.HUNG
    kept.keeper.resume()
    assert kept.keeper.status().state is State.READY
    assert child.signals == [signal.SIGSTOP, signal.SIGCONT]
    assert kept.states[-2:] == [State.HUNG, State.RESUMED]
    await kept.keeper.stop(1)


async def test_a_hang_ends_by_itself(kept: Kept) -> None:
    """A process that was told to hang for some time goes on after it."""
    child = await kept.started(1)
    kept.keeper.hang(0.01)
    await kept.reached(State.HUNG, State.RESUMED)
    assert child.signals == [signal.SIGSTOP, signal.SIGCONT]
    await kept.keeper.stop(1)


async def test_a_hang_ends_with_the_process(kept: Kept) -> None:
    """The successor of a process that hung is not resumed in its place."""
    await kept.started(1)
    kept.keeper.hang(0.01)
    kept.keeper.strike(signal.SIGKILL)
    child = await kept.started(2)
    assert kept.keeper.status().state is State.STARTING
    await asyncio.sleep(0.03)
    assert child.signals == []
    await kept.keeper.stop(1)


@pytest.mark.parametrize("act", [Keeper.hang, Keeper.resume, lambda keeper: keeper.strike(9)])
async def test_what_has_no_process_cannot_suffer(
    kept: Kept, act: Callable[[Keeper], object]
) -> None:
    """While there is no process, what is to be done to it is refused."""
    kept.clock.patient = True
    (await kept.started(1)).end(1)
    await kept.reached(State.RESTARTING)
    with pytest.raises(CannotStart, match="inner-1 has no process at the moment: it is restarting"):
        act(kept.keeper)
    await kept.keeper.stop(1)


async def test_only_what_hangs_is_resumed(kept: Kept) -> None:
    """To resume a process that does not hang is refused."""
    await kept.started(1)
    with pytest.raises(CannotStart, match="inner-1 does not hang"):
        kept.keeper.resume()
    await kept.keeper.stop(1)


async def test_waiting_for_the_successor(kept: Kept) -> None:
    """After a restart readiness is that of the new process."""
    (await kept.started(1)).get_ready()
    await kept.keeper.wait_ready()
    await kept.keeper.restart(1)
    waiting = asyncio.create_task(kept.keeper.wait_ready())
    child = await kept.started(2)
    assert not waiting.done()
    child.get_ready()
    await waiting
    await kept.keeper.stop(1)


async def test_waiting_for_what_cannot_start(kept: Kept) -> None:
    """Who waits for a process that cannot start hears why."""
    waiting = asyncio.create_task(kept.keeper.wait_ready())
    (await kept.started(1)).end(2, failed=True, reason="no data")
    with pytest.raises(CannotStart, match="no data"):
        await waiting
