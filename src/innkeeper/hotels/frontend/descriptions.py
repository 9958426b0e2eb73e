"""What Profile says about hotels, encoded, and kept for a moment.

A busy frontend says the same about the same hotels thousands of times a second. What Profile said
is therefore used again, though only for as long as nobody minds that it may have changed.

    UNKNOWN ──asked──▶ ASKING ──answer──▶ KEPT ──time, or too many──▶ UNKNOWN
                          └────failure────────────────────────────────────▲

While a hotel is ASKING, further requests wait for that answer. A failure is that of the request
which asked (its deadline passed, its reader left): it is not kept, and those that waited ask for
themselves.

A request that somebody follows by its trace always asks: the trace is to show the way that a
request goes.
"""

from asyncio import Event
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, repeat
from time import monotonic
from typing import Final, Protocol

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import ProfileClient
from innkeeper.pb.profile.v1 import profile_pb2

MAX_KEPT = 10_000

# In the place of a description; none is empty.
_UNKNOWN: Final = b""


class Source(Protocol):
    """Where descriptions come from."""

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Sequence[bytes | None]:
        """The beginnings of the features of the hotels; None for one that Profile does not know."""


class Descriptions:
    """Asks Profile every time."""

    def __init__(self, profile: ProfileClient) -> None:
        self._profile = profile

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Sequence[bytes | None]:
        """As Source says."""
        response = await self._profile.GetProfiles(
            profile_pb2.GetProfilesRequest(hotel_ids=hotel_ids, locale=locale)
        )
        known = {profile.hotel_id: features.describe(profile) for profile in response.hotels}
        return [known.get(hotel_id) for hotel_id in hotel_ids]


class _Asked:
    """A question that others wait for, too."""

    def __init__(self) -> None:
        self.done = Event()
        self.answer: Mapping[str, bytes | None] | None = None
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
        # Language → hotel → what is kept.
        self._kept: defaultdict[str, dict[str, bytes | None]] = defaultdict(dict)
        # Hotel and language → until when. The oldest first: all are kept equally long.
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._asked: dict[tuple[str, str], _Asked] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._until)

    async def describe(self, hotel_ids: Sequence[str], locale: str) -> Sequence[bytes | None]:
        """As Source says, as it was at most `seconds` ago."""
        if self._watched():
            answer = await self._source.describe(hotel_ids, locale)
            self._keep(hotel_ids, locale, answer)
            return answer
        self._forget(self._clock())
        kept = self._kept.get(locale, {})
        known = [*map(kept.get, hotel_ids, repeat(_UNKNOWN))]
        if _UNKNOWN not in known:
            return known
        missing = compress(hotel_ids, [one == _UNKNOWN for one in known])
        found = await self._find(dict.fromkeys(missing), locale)
        return [
            found[hotel_id] if one == _UNKNOWN else one
            for hotel_id, one in zip(hotel_ids, known, strict=True)
        ]

    async def _find(self, hotel_ids: Iterable[str], locale: str) -> Mapping[str, bytes | None]:
        """What there is to say about hotels of which nothing is kept."""
        unasked: list[str] = []
        waiting: dict[_Asked, list[str]] = {}
        for hotel_id in hotel_ids:
            asked = self._asked.get((hotel_id, locale))
            if asked is None:
                unasked.append(hotel_id)
            else:
                waiting.setdefault(asked, []).append(hotel_id)
        found: dict[str, bytes | None] = {}
        if unasked:
            found.update(await self._ask(unasked, locale))
        for asked, wanted in waiting.items():
            await asked.done.wait()
            answer = asked.answer
            if answer is None:
                again = await self._source.describe(wanted, locale)
                answer = dict(zip(wanted, again, strict=True))
            found.update((hotel_id, answer[hotel_id]) for hotel_id in wanted)
        return found

    async def _ask(self, hotel_ids: Sequence[str], locale: str) -> Mapping[str, bytes | None]:
        """Ask for all who want to know meanwhile, and keep the answer."""
        keys = [(hotel_id, locale) for hotel_id in hotel_ids]
        asked = _Asked()
        self._asked.update(dict.fromkeys(keys, asked))
        try:
            answer = await self._source.describe(hotel_ids, locale)
            asked.answer = dict(zip(hotel_ids, answer, strict=True))
        finally:
            asked.done.set()
            for key in keys:
                del self._asked[key]
        self._keep(hotel_ids, locale, answer)
        return asked.answer

    def _keep(self, hotel_ids: Sequence[str], locale: str, answer: Sequence[bytes | None]) -> None:
        now = self._clock()
        until, kept = now + self._seconds, self._kept[locale]
        for hotel_id, description in zip(hotel_ids, answer, strict=True):
            key = (hotel_id, locale)
            kept[hotel_id] = description
            self._until[key] = until
            self._until.move_to_end(key)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Let go of what is too old, or too much."""
        while self._until:
            (hotel_id, locale), until = next(iter(self._until.items()))
            if until > now and len(self._until) <= self._most:
                return
            del self._until[hotel_id, locale]
            kept = self._kept[locale]
            del kept[hotel_id]
            if not kept:
                # Callers may name any language.
                del self._kept[locale]
