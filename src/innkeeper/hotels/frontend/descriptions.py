"""What Profile says about hotels, encoded, and kept for a moment.

A busy frontend says the same about the same hotels thousands of times a second. What Profile said
is therefore used again, though only for as long as nobody minds that it may have changed.

    UNKNOWN ──asked──▶ ASKING ──answer──▶ KEPT ──time, or too many──▶ UNKNOWN
                          └────failure────────────────────────────────────▲

While a hotel is ASKING, further requests wait for that answer. A failure is that of the request
which asked (its deadline passed, its reader left): it is not kept, and those that waited ask for
themselves.

A request that somebody looks at, because its trace is kept, always asks: the trace is to show the
way that a request goes.
"""

from asyncio import Event
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from time import monotonic
from typing import Protocol

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import ProfileClient
from innkeeper.pb.profile.v1 import profile_pb2

MAX_KEPT = 10_000


class Source(Protocol):
    """Where descriptions come from."""

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Mapping[str, bytes]:
        """The beginnings of the features of those of the hotels that are known, by id."""


class Descriptions:
    """Asks Profile every time."""

    def __init__(self, profile: ProfileClient) -> None:
        self._profile = profile

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Mapping[str, bytes]:
        """As Source says."""
        response = await self._profile.GetProfiles(
            profile_pb2.GetProfilesRequest(hotel_ids=hotel_ids, locale=locale)
        )
        return {profile.hotel_id: features.describe(profile) for profile in response.hotels}


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    description: bytes | None
    """None for a hotel that Profile does not know."""


class _Asked:
    """A question that others wait for, too."""

    def __init__(self) -> None:
        self.done = Event()
        self.answer: Mapping[str, bytes] | None = None
        """None until it is there, and after a failure."""


class KeptDescriptions:
    """Asks a source, and not again for a while."""

    def __init__(
        self,
        source: Source,
        seconds: float,
        *,
        most: int = MAX_KEPT,
        watched: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Keep the `most` latest descriptions, in whatever languages, for `seconds` each.

        `watched` says whether the request under way is one that always asks.
        """
        self._source = source
        self._seconds = seconds
        self._most = most
        self._watched = watched
        self._clock = clock
        # The oldest first: all are kept equally long.
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._asked: dict[tuple[str, str], _Asked] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Mapping[str, bytes]:
        """As Source says, as it was at most `seconds` ago."""
        if self._watched():
            answer = await self._source.describe(hotel_ids, locale)
            self._keep([(hotel_id, locale) for hotel_id in hotel_ids], answer)
            return answer
        now = self._clock()
        found: dict[str, bytes] = {}
        missing: list[str] = []
        keys = zip(hotel_ids, repeat(locale), strict=False)
        for hotel_id, kept in zip(hotel_ids, map(self._kept.get, keys), strict=True):
            if kept is None or kept.until <= now:
                missing.append(hotel_id)
            elif kept.description is not None:
                found[hotel_id] = kept.description
        if missing:
            await self._find(missing, locale, found)
        return found

    async def _find(self, hotel_ids: Iterable[str], locale: str, found: dict[str, bytes]) -> None:
        """Add what is known of hotels about which nothing is kept."""
        unasked: list[str] = []
        waiting: dict[_Asked, list[str]] = {}
        for hotel_id in hotel_ids:
            asked = self._asked.get((hotel_id, locale))
            if asked is None:
                unasked.append(hotel_id)
            else:
                waiting.setdefault(asked, []).append(hotel_id)
        if unasked:
            found.update(await self._ask(unasked, locale))
        for asked, wanted in waiting.items():
            await asked.done.wait()
            answer = asked.answer
            if answer is None:
                answer = await self._source.describe(wanted, locale)
            found.update((id, answer[id]) for id in wanted if id in answer)

    async def _ask(self, hotel_ids: Sequence[str], locale: str) -> Mapping[str, bytes]:
        """Ask for all who want to know meanwhile, and keep the answer."""
        keys = [(hotel_id, locale) for hotel_id in hotel_ids]
        asked = _Asked()
        self._asked.update(dict.fromkeys(keys, asked))
        try:
            asked.answer = await self._source.describe(hotel_ids, locale)
        finally:
            asked.done.set()
            for key in keys:
                del self._asked[key]
        self._keep(keys, asked.answer)
        return asked.answer

    def _keep(self, keys: Iterable[tuple[str, str]], answer: Mapping[str, bytes]) -> None:
        now = self._clock()
        until = now + self._seconds
        for key in keys:
            self._kept[key] = _Kept(until, answer.get(key[0]))
            self._kept.move_to_end(key)
        while self._kept and (
            len(self._kept) > self._most or next(iter(self._kept.values())).until <= now
        ):
            self._kept.popitem(last=False)
