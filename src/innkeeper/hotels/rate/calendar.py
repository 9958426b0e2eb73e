"""What every night costs at a hotel, laid out so that pricing a stay looks up little.

Each season of each plan begins and ends on some day of the year. Between two such days, in a
*stretch*, a night costs the same under a plan whenever its day of the week is the same: so a stay
within a stretch, as most are, is priced by what was worked out for the stretch. Nothing here
depends on a stay.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.stay import MAX_NIGHTS, MonthDay

_WEEKS = MAX_NIGHTS // 7 + 2
_NEVER = 2**31
"""After every day that there is."""


class Week(NamedTuple):
    """What nights outside of seasons cost, for any stay from any day of the week."""

    nights: Sequence[int]
    """From a Monday on."""
    sums: Sequence[int]
    """What the nights before each cost together, and at the end what all do."""


class Stretch(NamedTuple):
    """A part of the year without the first or the last day of a season within it."""

    prices: Sequence[int | None]
    """By plan the price that its season gives; None where there is none, and its week holds."""
    cheapest: int | None
    """The plan that comes first by price and code for whatever nights; None when nights decide."""


class Calendar(NamedTuple):
    """The nights of a hotel."""

    plans: Sequence[RatePlan]
    """By code, so that of equal prices the first one counts."""
    weeks: Sequence[Week]
    """By plan."""
    starts: Sequence[int]
    """The days that the stretches begin on, as `day_number` has them, and the end of the year."""
    stretches: Sequence[Stretch]
    closed: Sequence[int]
    """Ordinals of all nights that some plan is closed on, in order, and one that never comes."""


class HotelPlans(list[RatePlan]):
    """The plans of a hotel."""

    @cached_property
    def calendar(self) -> Calendar:
        """Worked out once, when it is first asked for."""
        plans = sorted(self, key=attrgetter("code"))
        weeks = [_week(plan) for plan in plans]
        starts = sorted({(1, 1), *_edges(plans)})
        # The same object for the same prices: most seasons come back every year to the same price.
        known: dict[Sequence[int | None], Stretch] = {}
        stretches = []
        for day in starts:
            prices = tuple(plan.seasonal(day) for plan in plans)
            if prices not in known:
                known[prices] = Stretch(prices, _cheapest(prices, weeks))
            stretches.append(known[prices])
        closed = {night.toordinal() for plan in plans for night in plan.closed_dates}
        return Calendar(
            plans,
            weeks,
            [*map(day_number, starts), _END_OF_YEAR],
            stretches,
            [*sorted(closed), _NEVER],
        )


def day_number(day: MonthDay) -> int:
    """A day of the year as one number, which compares faster: 409 for 9 April."""
    month, day_of_month = day
    return month * 100 + day_of_month


_END_OF_YEAR = day_number((13, 1))


def _week(plan: RatePlan) -> Week:
    nights = plan.week() * _WEEKS
    return Week(nights, list(accumulate(nights, initial=0)))


def _edges(plans: Iterable[RatePlan]) -> Iterable[MonthDay]:
    """The days on which a season begins, and those after its last."""
    for plan in plans:
        for season in plan.seasons:
            month, day = season.last
            # A day too many for the month still lies between the months.
            yield from (season.first, (month, day + 1))


def _cheapest(prices: Sequence[int | None], weeks: Sequence[Week]) -> int | None:
    """The plan that no other undercuts on any day of the week."""
    nights = [
        [*week.nights[:7]] if price is None else [price] * 7
        for price, week in zip(prices, weeks, strict=True)
    ]
    best = min(range(len(nights)), key=lambda number: sum(nights[number]), default=None)
    if best is None:
        return None
    for number, others in enumerate(nights):
        pairs = zip(nights[best], others, strict=True)
        # As dear as one that comes before it, on some nights, the best one would not be the first.
        if not all(mine < other or (mine == other and best <= number) for mine, other in pairs):
            return None
    return best
