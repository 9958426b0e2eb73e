"""Running checks, on a clock of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from innkeeper.embedded.registry.checks import scheduler as module
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.probe import Outcome
from innkeeper.embedded.registry.checks.scheduler import Scheduler, shortened
from innkeeper.embedded.registry.durations import SECOND
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, WARNING
from tests.support.eventually import eventually


class Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at = at
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Timers that run when the test says that time has passed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def advance(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer.at <= self.now]
        self.timers = [timer for timer in self.timers if timer.at > self.now]
        for timer in due:
            if not timer.cancelled:
                timer.call()


class Probe:
    """Finds what a test puts into it; hangs while there is nothing."""

    def __init__(self) -> None:
        self.found: asyncio.Queue[Outcome | Exception] = asyncio.Queue()
        self.closed = False

    async def __call__(self) -> Outcome:
        found = await self.found.get()
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self) -> None:
        self.closed = True


class Bench:
    """A scheduler with everything it touches."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.reports: list[tuple[str, str, str]] = []
        self.reaped: list[str] = []
        self.probes: dict[str, Probe] = {}
        self.scheduler = Scheduler(
            lambda *report: self.reports.append(report),
            self.reaped.append,
            later=self.clock.later,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def probe(self, definition: CheckDefinition) -> Probe:
        return self.probes.setdefault(definition.tcp, Probe())


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    bench = Bench()
    monkeypatch.setitem(module.PROBES, "tcp", bench.probe)
    yield bench
    await bench.scheduler.close()


TTL = CheckDefinition(ttl=10 * SECOND)
REAPING = CheckDefinition(ttl=10 * SECOND, deregister_after=60 * SECOND)


def tcp(name: str) -> CheckDefinition:
    return CheckDefinition(tcp=name, interval=SECOND)


async def test_ttl_expires(bench: Bench) -> None:
    """A TTL check whose owner says nothing turns critical when its time is over."""
    bench.scheduler.start("c", TTL, PASSING)
    bench.clock.advance(9)
    assert bench.reports == []
    bench.clock.advance(1)
    assert bench.reports == [("c", CRITICAL, "TTL expired")]


async def test_a_beat_renews_a_ttl(bench: Bench) -> None:
    """Each word of its owner gives a TTL check its whole time again."""
    bench.scheduler.start("c", TTL, PASSING)
    bench.clock.advance(9)
    assert bench.scheduler.beat("c", WARNING, "hm")
    bench.clock.advance(9)
    assert bench.reports == [("c", WARNING, "hm")]
    bench.clock.advance(1)
    words = "TTL expired (last output before timeout follows): hm"
    assert bench.reports[-1] == ("c", CRITICAL, words)


async def test_only_ttl_checks_take_a_beat(bench: Bench) -> None:
    """Nobody speaks for a check that is probed, or for one that is not there."""
    bench.scheduler.start("c", tcp("a"), PASSING)
    assert not bench.scheduler.beat("c", PASSING, "")
    assert not bench.scheduler.beat("nope", PASSING, "")


async def test_a_service_is_reaped_after_exactly_its_time(bench: Bench) -> None:
    """A check that stays critical reports its service for removal when the time is over."""
    bench.scheduler.start("c", REAPING, CRITICAL)
    bench.clock.advance(59)
    assert bench.reaped == []
    bench.clock.advance(1)
    assert bench.reaped == ["c"]


async def test_a_check_that_recovers_is_not_reaped(bench: Bench) -> None:
    """The time begins anew when a check was not critical in between."""
    bench.scheduler.start("c", REAPING, CRITICAL)
    bench.clock.advance(50)
    bench.scheduler.beat("c", PASSING, "")
    bench.scheduler.beat("c", CRITICAL, "")
    bench.clock.advance(50)
    assert bench.reaped == []
    bench.clock.advance(10)
    assert bench.reaped == ["c"]


async def test_a_stopped_check_does_nothing(bench: Bench) -> None:
    """Neither a TTL nor a removal outlives the check that it belongs to."""
    bench.scheduler.start("c", REAPING, CRITICAL)
    bench.scheduler.stop("c")
    bench.clock.advance(1000)
    assert (bench.reports, bench.reaped) == ([], [])


async def test_a_hung_check_delays_no_other(bench: Bench) -> None:
    """One probe that never answers leaves the others to go on."""
    bench.scheduler.start("hung", tcp("hung"), PASSING)
    bench.scheduler.start("well", tcp("well"), CRITICAL)
    await eventually(lambda: "well" in bench.probes)
    for _ in range(3):
        bench.probes["well"].found.put_nowait(Outcome(PASSING, "fine"))
    await eventually(lambda: len(bench.reports) == 3)
    assert {report[0] for report in bench.reports} == {"well"}


async def test_a_probe_that_takes_too_long_is_critical(bench: Bench) -> None:
    """A probe has its timeout, and what does not answer in time is critical."""
    definition = CheckDefinition(tcp="a", interval=SECOND, timeout=SECOND // 100)
    bench.scheduler.start("c", definition, PASSING)
    await eventually(lambda: bench.reports)
    assert bench.reports[0][1] == CRITICAL
    assert "0.01 s" in bench.reports[0][2]


async def test_a_broken_probe_is_critical_and_goes_on(bench: Bench) -> None:
    """A probe that fails in a way nobody thought of is reported, and run again."""
    bench.scheduler.start("c", tcp("a"), PASSING)
    await eventually(lambda: "a" in bench.probes)
    bench.probes["a"].found.put_nowait(RuntimeError("odd"))
    bench.probes["a"].found.put_nowait(Outcome(PASSING, "fine"))
    await eventually(lambda: len(bench.reports) == 2)
    assert bench.reports[0] == ("c", CRITICAL, "the check could not be run: odd")
    assert bench.reports[1] == ("c", PASSING, "fine")


async def test_starting_again_replaces(bench: Bench) -> None:
    """A check that is registered again runs once, by its new definition."""
    bench.scheduler.start("c", tcp("old"), PASSING)
    await asyncio.sleep(0)
    bench.scheduler.start("c", tcp("new"), PASSING)
    await eventually(lambda: bench.probes["old"].closed)
    bench.probes["old"].found.put_nowait(Outcome(CRITICAL, "late"))
    bench.probes["new"].found.put_nowait(Outcome(PASSING, "new"))
    await eventually(lambda: bench.reports)
    assert bench.reports == [("c", PASSING, "new")]


async def test_closing_ends_all_probes(bench: Bench) -> None:
    """Closing waits until every probe has given back what it held."""
    bench.scheduler.start("a", tcp("a"), PASSING)
    bench.scheduler.start("b", tcp("b"), PASSING)
    await asyncio.sleep(0)
    await bench.scheduler.close()
    assert all(probe.closed for probe in bench.probes.values())


def test_long_output_is_shortened() -> None:
    """Output beyond the limit is cut and says so."""
    assert shortened("abc", 3) == "abc"
    assert shortened("abcdef", 3) == "abc ... (captured 3 of 6 bytes)"
