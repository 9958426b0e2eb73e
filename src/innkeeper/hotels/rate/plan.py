"""Rate plans and what a night costs under one.

A night's price is that of the first season it lies in; outside of every season that of its day of
the week; else the base price. A season holds for all of its nights, weekends too: whoever wants
dear weekends in a season writes a plan for it. A closed night cannot be slept in, and takes the
plan out for every stay that has it.
"""

import datetime
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from innkeeper.hotels.stay import MAX_NIGHTS, MonthDay

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


class Calendar(NamedTuple):
    """What every night costs under a plan, laid out so that a stay is a slice or two."""

    weeks: Sequence[int]
    """Prices outside of seasons, from a Monday on, for any stay from any day of that week."""
    sums: Sequence[int]
    """Of the weeks, what the nights before each cost together, and at the end what all do."""
    starts: Sequence[int]
    """The days that the stretches of the year begin on, as `day_number` has them, and its end."""
    prices: Sequence[int | None]
    """The price that the season gives in each stretch; None where there is no season."""


class RatePlan(Terms):
    """A way to book a type of room."""

    @cached_property
    def calendar(self) -> Calendar:
        """Worked out once, when it is first asked for."""
        week = [self.base_price if price is None else price for price in self.weekday_prices]
        weeks = week * _WEEKS
        starts = {(1, 1)}
        for season in self.seasons:
            month, day = season.last
            # The day after; a day too many for the month still lies between the months.
            starts.update((season.first, (month, day + 1)))
        ordered = sorted(starts)
        return Calendar(
            weeks,
            list(accumulate(weeks, initial=0)),
            [*map(day_number, ordered), _END_OF_YEAR],
            [self._seasonal(day) for day in ordered],
        )

    def _seasonal(self, day: MonthDay) -> int | None:
        return next((season.price for season in self.seasons if season.covers(day)), None)


def day_number(day: MonthDay) -> int:
    """A day of the year as one number, which compares faster: 409 for 9 April."""
    month, day_of_month = day
    return month * 100 + day_of_month


_END_OF_YEAR = day_number((13, 1))
