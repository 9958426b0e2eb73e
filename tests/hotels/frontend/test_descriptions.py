import asyncio
from collections.abc import Sequence

import pytest

from innkeeper.errors import Unavailable
from innkeeper.hotels.frontend.descriptions import Descriptions, KeptDescriptions
from tests.support.fake_clients import FakeProfile


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeSource:
    """Knows every hotel with a number; what it says tells how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], str]] = []
        self.failures = 0
        """How many of the next questions fail."""
        self.open = asyncio.Event()
        self.open.set()

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Sequence[bytes | None]:
        self.asked.append((list(hotel_ids), locale))
        said = f"{locale} {len(self.asked)}".encode()
        self.failures, fails = max(0, self.failures - 1), self.failures > 0
        await self.open.wait()
        if fails:
            raise Unavailable("profile is away")
        return [said if hotel_id.isdecimal() else None for hotel_id in hotel_ids]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def kept(source: FakeSource, clock: Clock) -> KeptDescriptions:
    return KeptDescriptions(source, 10.0, most=4, clock=clock)


async def test_profile_is_asked_in_the_language() -> None:
    """What Profile says is encoded by hotel; there is nothing of hotels that it does not know."""
    profile = FakeProfile({"5": "Phoenix Hotel"})

    known, unknown = await Descriptions(profile).describe(["5", "6"], "de")

    assert known is not None
    assert b'"name":"Phoenix Hotel"' in known
    assert unknown is None
    (request,) = profile.requests
    assert (list(request.hotel_ids), request.locale) == (["5", "6"], "de")


async def test_what_was_said_is_used_again(kept: KeptDescriptions, source: FakeSource) -> None:
    """Only hotels that were not asked about lately are asked about."""
    assert await kept.describe(["1", "2"], "en") == [b"en 1", b"en 1"]
    assert await kept.describe(["2", "3"], "en") == [b"en 1", b"en 2"]
    assert await kept.describe(["3", "2", "1"], "en") == [b"en 2", b"en 1", b"en 1"]

    assert source.asked == [(["1", "2"], "en"), (["3"], "en")]


async def test_a_watched_request_asks(source: FakeSource) -> None:
    """It asks whatever is kept, and what it hears is kept for the others."""
    watched = True
    kept = KeptDescriptions(source, 10.0, watched=lambda: watched)

    assert await kept.describe(["1", "2"], "en") == [b"en 1", b"en 1"]
    assert await kept.describe(["1"], "en") == [b"en 2"]
    watched = False
    assert await kept.describe(["1", "2"], "en") == [b"en 2", b"en 1"]

    assert len(source.asked) == 2


async def test_languages_are_kept_apart(kept: KeptDescriptions, source: FakeSource) -> None:
    """What was said in one language is not the answer in another."""
    assert await kept.describe(["1"], "en") == [b"en 1"]
    assert await kept.describe(["1"], "de") == [b"de 2"]
    assert await kept.describe(["1"], "en") == [b"en 1"]


async def test_nothing_is_kept_for_longer(
    kept: KeptDescriptions, source: FakeSource, clock: Clock
) -> None:
    """After its time a description is asked for anew, however often it was used meanwhile."""
    await kept.describe(["1"], "en")
    clock.now += 9.9
    assert await kept.describe(["1"], "en") == [b"en 1"]
    clock.now += 0.1
    assert await kept.describe(["1"], "en") == [b"en 2"]
    assert await kept.describe(["1"], "en") == [b"en 2"]


async def test_an_unknown_hotel_is_remembered_as_such(
    kept: KeptDescriptions, source: FakeSource, clock: Clock
) -> None:
    """A hotel that is not known is not asked about each time, and can become known."""
    assert await kept.describe(["x"], "en") == [None]
    assert await kept.describe(["x"], "en") == [None]
    assert len(source.asked) == 1

    clock.now += 10
    await kept.describe(["x"], "en")
    assert len(source.asked) == 2


async def test_the_oldest_leave_first(kept: KeptDescriptions, source: FakeSource) -> None:
    """No more are kept than allowed, not even for a moment when one answer holds more."""
    for hotel_id in "12345":
        await kept.describe([hotel_id], "en")
    assert await kept.describe(["2", "3", "4", "5"], "en") == [b"en 2", b"en 3", b"en 4", b"en 5"]
    assert await kept.describe(["1"], "en") == [b"en 6"]
    assert len(await kept.describe([str(number) for number in range(10, 20)], "en")) == 10

    assert len(kept) == 4


async def test_those_whose_time_is_over_leave(
    kept: KeptDescriptions, source: FakeSource, clock: Clock
) -> None:
    """What is not asked for any more takes no memory for long."""
    await kept.describe(["1", "2", "3"], "en")
    clock.now += 10
    await kept.describe(["4"], "en")

    assert len(kept) == 1


async def test_a_failure_is_not_kept(kept: KeptDescriptions, source: FakeSource) -> None:
    """The next request asks again."""
    source.failures = 1
    with pytest.raises(Unavailable):
        await kept.describe(["1"], "en")

    assert await kept.describe(["1"], "en") == [b"en 2"]


async def test_requests_at_once_ask_once(kept: KeptDescriptions, source: FakeSource) -> None:
    """While a hotel is asked about, others wait for that answer, and ask for the rest alone."""
    source.open.clear()
    first = asyncio.create_task(kept.describe(["1", "2"], "en"))
    same = asyncio.create_task(kept.describe(["2", "1"], "en"))
    more = asyncio.create_task(kept.describe(["2", "3"], "en"))
    other = asyncio.create_task(kept.describe(["2"], "de"))
    await asyncio.sleep(0)
    source.open.set()

    assert await first == await same == [b"en 1", b"en 1"]
    assert await more == [b"en 1", b"en 2"]
    assert await other == [b"de 3"]
    assert source.asked == [(["1", "2"], "en"), (["3"], "en"), (["2"], "de")]


async def test_a_failure_fails_none_but_who_asked(
    kept: KeptDescriptions, source: FakeSource
) -> None:
    """Those that waited for an answer that never came ask for themselves."""
    source.open.clear()
    source.failures = 1
    first = asyncio.create_task(kept.describe(["1"], "en"))
    waiting = [asyncio.create_task(kept.describe(["1"], "en")) for _ in range(2)]
    await asyncio.sleep(0)
    source.open.set()

    with pytest.raises(Unavailable):
        await first
    assert await asyncio.gather(*waiting) == [[b"en 2"], [b"en 3"]]


async def test_a_reader_who_leaves_costs_the_others_nothing(
    kept: KeptDescriptions, source: FakeSource
) -> None:
    """Cancelled, a request that asked lets others ask; one that waited leaves them alone."""
    source.open.clear()
    first = asyncio.create_task(kept.describe(["1"], "en"))
    leaving = asyncio.create_task(kept.describe(["1"], "en"))
    staying = asyncio.create_task(kept.describe(["1"], "en"))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    assert not staying.done()
    first.cancel()
    source.open.set()

    assert await staying == [b"en 2"]
    assert first.cancelled()
    assert leaving.cancelled()
