from innkeeper.registry.pace import GAP, Pace


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


async def test_questions_in_a_row_are_spread() -> None:
    """The first question goes at once, the next waits for the gap to pass."""
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    await pace.wait()
    await pace.wait()
    assert time.slept == [GAP]


async def test_question_after_a_long_answer_goes_at_once() -> None:
    """A query that blocked has used up the gap."""
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    await pace.wait()
    time.now = 30.0
    await pace.wait()
    assert time.slept == []
