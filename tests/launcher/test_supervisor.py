"""Many processes: their start, their first failure, and the order of their end."""

import asyncio

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.supervisor import STOP_BY, Supervisor
from innkeeper.launcher.topology import ProcessPlan, Stage
from tests.support.eventually import eventually
from tests.support.fake_child import FakeChild, FakeClock, FakeSpawn

PLANS = [
    ProcessPlan("registry-1", ("registry",), 1, {}, Stage.REGISTRY),
    ProcessPlan("inner-1", ("inner",), 1, {}, Stage.SERVICE),
    ProcessPlan("outer-1", ("outer",), 1, {}, Stage.SERVICE),
    ProcessPlan("edge-1", ("edge",), 1, {}, Stage.EDGE),
]


class System:
    """A supervisor over fake processes."""

    def __init__(self) -> None:
        self.spawn = FakeSpawn()
        self.clock = FakeClock()
        self.events: list[ProcessEvent] = []
        self.supervisor = Supervisor(self.spawn, self.events.append, clock=self.clock)

    async def started(self) -> list[FakeChild]:
        for plan in PLANS:
            self.supervisor.start(plan)
        await eventually(lambda: len(self.spawn.children) == len(PLANS))
        await asyncio.sleep(0)
        return self.spawn.children

    def stopped(self) -> list[str]:
        return [event.instance for event in self.events if event.state is State.STOPPED]


@pytest.fixture
async def system() -> System:
    return System()


async def test_all_processes_start_at_once(system: System) -> None:
    """No process waits for another one to get ready."""
    async with system.supervisor:
        await system.started()
        assert system.supervisor.waited_for() == [plan.name for plan in PLANS]


async def test_the_system_is_ready_when_all_are(system: System) -> None:
    """Readiness waits for the last process."""
    async with system.supervisor:
        *early, late = await system.started()
        waiting = asyncio.create_task(system.supervisor.wait_ready())
        for child in early:
            child.get_ready()
        await eventually(lambda: system.supervisor.waited_for() == ["edge-1"])
        assert not waiting.done()
        late.get_ready()
        await waiting
        assert system.supervisor.addresses()["registry-1"] == {"inner": "127.0.0.1:1"}


async def test_the_first_process_that_cannot_start_is_the_reason(system: System) -> None:
    """When processes cannot start, the first one's reason ends the wait."""
    async with system.supervisor:
        children = await system.started()
        children[1].end(2, failed=True, reason="first")
        children[2].end(2, failed=True, reason="second")
        with pytest.raises(CannotStart, match="first"):
            await system.supervisor.wait_ready()


async def test_waiting_can_be_given_up(system: System) -> None:
    """A wait for readiness that is cancelled leaves nothing behind."""
    async with system.supervisor:
        await system.started()
        waiting = asyncio.create_task(system.supervisor.wait_ready())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_processes_stop_in_the_order_of_their_stages(system: System) -> None:
    """The edge is gone before the services are asked, these before the infrastructure."""
    async with system.supervisor:
        await system.started()
    assert system.stopped()[0] == "edge-1"
    assert system.stopped()[-1] == "registry-1"


async def test_time_that_one_stage_leaves_is_the_next_ones(system: System) -> None:
    """Limits count from the beginning of the stop, so the whole takes less than 3 s."""
    async with system.supervisor:
        registry, inner, _, edge = await system.started()

        async def slow_stop(limit: float) -> None:
            system.clock.now += 1.0
            edge.end(0)
            await asyncio.wait({edge.exited})

        edge.stop = slow_stop  # type: ignore[method-assign]
    assert inner.stops == [pytest.approx(STOP_BY[Stage.SERVICE] - 1.0)]
    assert registry.stops == [pytest.approx(STOP_BY[Stage.REGISTRY] - 1.0)]
    assert max(STOP_BY.values()) < 3


async def test_a_kill_ends_all(system: System) -> None:
    """A kill ends every process at once, however it takes a stop."""
    async with system.supervisor:
        children = await system.started()
        system.supervisor.kill()
        assert {(await child.exited).status for child in children} == {-9}


async def test_only_the_named_are_restarted(system: System) -> None:
    """A restart leaves the others alone."""
    async with system.supervisor:
        children = list(await system.started())
        await system.supervisor.restart(["inner-1"])
        await eventually(lambda: len(system.spawn.children) == 5)
        assert [len(child.stops) for child in children] == [0, 1, 0, 0]
