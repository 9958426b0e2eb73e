"""Rate plans and what a night costs under one.

A night's price is that of the first season it lies in; outside of every season that of its day of
the week; else the base price. A season holds for all of its nights, weekends too: whoever wants
dear weekends in a season writes a plan for it. A closed night cannot be slept in, and takes the
plan out for every stay that has it.
"""

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from innkeeper.hotels.stay import MAX_NIGHTS, MonthDay, Stay
from innkeeper.pb.rate.v1 import rate_pb2

_WEEKS = MAX_NIGHTS // 7 + 2


class Season(NamedTuple):
    """A range of days that comes every year."""

    first: MonthDay
    """The range goes over the end of the year when this is after `last`."""
    last: MonthDay
    """Part of the season."""
    price: int
    """Minor units of the plan's currency, as all prices here."""

    def covers(self, day: MonthDay) -> bool:
        """Whether a night that begins on the day lies in the season."""
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


class Terms(NamedTuple):
    """A rate plan as people write it down."""

    code: str
    room_code: str
    room_name: str
    max_adults: int
    currency: str
    base_price: int
    weekday_prices: Sequence[int | None]
    """Seven, from Monday on; None where the base price holds."""
    seasons: Sequence[Season]
    """The first that covers a night decides."""
    closed_dates: frozenset[datetime.date]


class RatePlan(Terms):
    """A way to book a type of room.

    What every stay needs of the terms is worked out once, when it is first asked for.
    """

    @cached_property
    def message(self) -> bytes:
        """The encoded PricedPlan without its prices, which is the same for every stay."""
        return rate_pb2.PricedPlan(
            code=self.code,
            room_type=rate_pb2.RoomType(code=self.room_code, name=self.room_name),
            max_adults=self.max_adults,
            currency=self.currency,
        ).SerializeToString()

    def nightly_prices(self, stay: Stay) -> list[int] | None:
        """The price of each night, from the first on; None when a night is closed."""
        if self.closed_dates and not self.closed_dates.isdisjoint(stay.nights):
            return None
        weekday, days = stay.weekday, stay.days
        by_weekday = self._weeks[weekday : weekday + len(days)]
        starts, seasonal = self._year
        first, last = bisect_right(starts, days[0]), bisect_right(starts, days[-1])
        # Most stays lie in one stretch; one over New Year comes back to where it was, or before.
        if first == last and days[0] <= days[-1]:
            price = seasonal[first - 1]
            return by_weekday if price is None else [price] * len(days)
        stretches = [seasonal[bisect_right(starts, day) - 1] for day in days]
        return [
            other if price is None else price
            for price, other in zip(stretches, by_weekday, strict=True)
        ]

    @cached_property
    def _weeks(self) -> list[int]:
        """Prices outside of seasons, from a Monday on, for any stay from any day of that week."""
        week = [self.base_price if price is None else price for price in self.weekday_prices]
        return week * _WEEKS

    @cached_property
    def _year(self) -> tuple[Sequence[MonthDay], Sequence[int | None]]:
        """The year in stretches of one season: where each begins, and the price; None for none."""
        starts = {(1, 1)}
        for season in self.seasons:
            month, day = season.last
            # The day after; a day too many for the month still lies between the months.
            starts.update((season.first, (month, day + 1)))
        ordered = sorted(starts)
        return ordered, [self._seasonal(day) for day in ordered]

    def _seasonal(self, day: MonthDay) -> int | None:
        return next((season.price for season in self.seasons if season.covers(day)), None)
