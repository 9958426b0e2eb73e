"""What every night costs at a hotel, laid out so that pricing a stay looks up little.

Each season of each plan begins and ends on some day of the year. Between two such days, in a
*stretch*, a night costs the same under a plan whenever its day of the week is the same: so a stay
within a stretch, as most are, is priced by what was worked out for the stretch. Nothing here
depends on a stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.stay import MAX_NIGHTS, MonthDay
from innkeeper.pb.rate.v1 import rate_pb2

_WEEKS = MAX_NIGHTS // 7 + 2
_NEVER = 2**31
"""After every day that there is."""


# Attributes of what has slots are read faster than those of named tuples.
@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A plan, ready to be priced and answered."""

    plan: RatePlan
    terms: bytes
    """What is answered of it for every stay: a message, encoded."""
    nights: Sequence[int]
    """What nights outside of seasons cost, from a Monday on, for any stay from any day of that
    week."""
    sums: Sequence[int]
    """What the nights before each of these cost together, and at the end what all do."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part of the year without the first or the last day of a season within it."""

    prices: Sequence[int | None]
    """By offer the price that its season gives; None where there is none."""
    cheapest: tuple[int | None, Offer] | None
    """The offer that comes first by price and code for whatever nights, with its price; None when
    nights decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The nights of a hotel."""

    offers: Sequence[Offer]
    """By code, so that of equal prices the first one counts."""
    starts: Sequence[int]
    """The days that the stretches begin on, as `day_number` has them, and the end of the year."""
    stretches: Mapping[int, Stretch]
    """By the place of their first day among `starts`."""
    closed: Sequence[int]
    """Ordinals of all nights that some plan is closed on, in order, and one that never comes."""


class _Stretches(dict[int, Stretch]):
    """Each worked out when it is first asked for. Of a large catalogue most hotels are asked for
    once, and working out all stretches would be most of what their answer costs."""

    def __init__(self, offers: Sequence[Offer], starts: Sequence[MonthDay]) -> None:
        super().__init__()
        self._offers = offers
        self._starts = starts

    def __missing__(self, number: int) -> Stretch:
        day = self._starts[number]
        prices = tuple(offer.plan.seasonal(day) for offer in self._offers)
        stretch = self[number] = Stretch(prices, _cheapest(prices, self._offers))
        return stretch


class HotelPlans(list[RatePlan]):
    """The plans of a hotel."""

    @cached_property
    def calendar(self) -> Calendar:
        """Worked out once, when it is first asked for."""
        plans = sorted(self, key=attrgetter("code"))
        offers = [_offer(plan) for plan in plans]
        starts = sorted({(1, 1), *_edges(plans)})
        closed = {night.toordinal() for plan in plans for night in plan.closed_dates}
        return Calendar(
            offers,
            [*map(day_number, starts), _END_OF_YEAR],
            _Stretches(offers, starts),
            [*sorted(closed), _NEVER],
        )


def day_number(day: MonthDay) -> int:
    """A day of the year as one number, which compares faster: 409 for 9 April."""
    month, day_of_month = day
    return month * 100 + day_of_month


_END_OF_YEAR = day_number((13, 1))


def _offer(plan: RatePlan) -> Offer:
    terms = rate_pb2.Terms(
        code=plan.code,
        room_code=plan.room_code,
        room_name=plan.room_name,
        max_adults=plan.max_adults,
        currency=plan.currency,
    )
    nights = plan.week() * _WEEKS
    return Offer(plan, terms.SerializeToString(), nights, list(accumulate(nights, initial=0)))


def _edges(plans: Iterable[RatePlan]) -> Iterable[MonthDay]:
    """The days on which a season begins, and those after its last."""
    for plan in plans:
        for season in plan.seasons:
            month, day = season.last
            # A day too many for the month still lies between the months.
            yield from (season.first, (month, day + 1))


def _cheapest(
    prices: Sequence[int | None], offers: Sequence[Offer]
) -> tuple[int | None, Offer] | None:
    """The offer that no other undercuts on any day of the week."""
    weeks = [
        offer.plan.week() if price is None else [price] * 7
        for price, offer in zip(prices, offers, strict=True)
    ]
    best = min(range(len(weeks)), key=lambda number: sum(weeks[number]), default=None)
    if best is None:
        return None
    for number, week in enumerate(weeks):
        pairs = zip(weeks[best], week, strict=True)
        # Of two that cost the same on some nights the first one counts.
        if not all(mine < other or (mine == other and best <= number) for mine, other in pairs):
            return None
    return prices[best], offers[best]
