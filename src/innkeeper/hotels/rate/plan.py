"""Rate plans and what a night costs under one.

A night's price is that of the first season it lies in; outside of every season that of its day of
the week; else the base price. A season holds for all of its nights, weekends too: whoever wants
dear weekends in a season writes a plan for it. A closed night cannot be slept in, and takes the
plan out for every stay that has it.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from innkeeper.hotels.stay import MonthDay


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


class RatePlan(NamedTuple):
    """A way to book a type of room."""

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

    def seasonal(self, day: MonthDay) -> int | None:
        """What a night that begins on the day costs by its season; None where there is none."""
        return next((season.price for season in self.seasons if season.covers(day)), None)

    def week(self) -> list[int]:
        """What nights outside of seasons cost, from Monday on."""
        return [self.base_price if price is None else price for price in self.weekday_prices]
