import pytest

from innkeeper.registry.pace import BURST, GAP, Pace


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def ask(pace: Pace, times: int) -> None:
    for _ in range(times):
        await pace.wait()


async def test_few_questions_are_not_held_back() -> None:
    """A burst goes through at once."""
    time = FakeTime()
    await ask(Pace(time.clock, time.sleep), BURST)
    assert time.slept == []


async def test_many_questions_are_spread() -> None:
    """After a burst each question waits for its gap."""
    time = FakeTime()
    await ask(Pace(time.clock, time.sleep), BURST + 10)
    assert time.now == pytest.approx(10 * GAP)


async def test_rest_allows_a_burst_again() -> None:
    """Time that passed unused lets a burst through, and no more than that."""
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    await ask(pace, BURST)
    time.now = 30.0
    await ask(pace, BURST)
    assert time.slept == []
    await pace.wait()
    assert time.slept == [pytest.approx(GAP)]
