"""Rate plans and what a night costs under one.

A night's price is that of the first season it lies in; outside of every season that of its day of
the week; else the base price. A season holds for all of its nights, weekends too: whoever wants
dear weekends in a season writes a plan for it. A closed night cannot be slept in, and takes the
plan out for every stay that has it.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from innkeeper.hotels.stay import Stay


class Season(NamedTuple):
    """A range of days that comes every year."""

    first: tuple[int, int]
    """Month and day; the range goes over the end of the year when this is after `last`."""
    last: tuple[int, int]
    """Month and day, part of the season."""
    price: int
    """Minor units of the plan's currency, as all prices here."""

    def covers(self, night: datetime.date) -> bool:
        """Whether the night lies in the season, whatever its year."""
        day = (night.month, night.day)
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

    def nightly_prices(self, stay: Stay) -> list[int] | None:
        """The price of each night, from the first on; None when a night is closed."""
        nights = list(stay.nights())
        if not self.closed_dates.isdisjoint(nights):
            return None
        return [self._price(night) for night in nights]

    def _price(self, night: datetime.date) -> int:
        for season in self.seasons:
            if season.covers(night):
                return season.price
        price = self.weekday_prices[night.weekday()]
        return self.base_price if price is None else price
