"""What a stay costs under the plans of a hotel.

This runs for every hotel that is looked at. So what it does for each of them calls next to nothing.
"""

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter

from innkeeper.hotels.rate.calendar import Calendar, HotelPlans, Offer, day_number
from innkeeper.hotels.stay import MonthDay, Stay
from innkeeper.pb.rate.v1 import rate_pb2

PATTERNS_KEPT = 8192

_DAY = datetime.timedelta(days=1)


class Priced:
    """A plan and what a stay costs under it."""

    def __init__(self, total: int, nights: Sequence[int], offer: Offer) -> None:
        """`total` is for all rooms, `nights` are the prices of one, all in minor units."""
        self.total = total
        self.nights = nights
        self.offer = offer

    @cached_property
    def message(self) -> bytes:
        """What is answered of it: a `PricedPlan`, encoded."""
        plan = rate_pb2.PricedPlan(
            terms=self.offer.terms, total_price=self.total, nightly_prices=self.nights
        )
        return plan.SerializeToString()


_Key = tuple[Calendar, int, int, int]


class Patterns(dict[_Key, Sequence[Priced]]):
    """What stays within a stretch of a hotel's year cost under all of its plans, open or not.

    By the hotel, the stretch, the day of the week of the first night and the number of nights. Few
    patterns are what most stays are: so they are worked out once, and kept up to a number.
    """

    def __missing__(self, key: _Key) -> Sequence[Priced]:
        if len(self) >= PATTERNS_KEPT:
            self.clear()
        calendar, stretch, begin, count = key
        first = calendar.stretches.index(stretch)
        day = (first // 31 + 1, first % 31 + 1)
        priced = self[key] = _ranked(
            _priced(offer, [offer.plan.seasonal(day)] * count, begin) for offer in calendar.offers
        )
        return priced


class Pricing:
    """Prices plans for one stay."""

    def __init__(self, stay: Stay, patterns: Patterns) -> None:
        self._stay = stay
        self._patterns = patterns
        in_date, last_night = stay.in_date, stay.out_date - _DAY
        self._first = day_number((in_date.month, in_date.day))
        self._last = day_number((last_night.month, last_night.day))
        self._arrival, self._last_night = in_date.toordinal(), last_night.toordinal()
        self._begin = in_date.weekday()

    def price(self, hotels: Iterable[HotelPlans]) -> Iterator[Sequence[Priced]]:
        """Of each hotel the plans that can be booked for every night, cheapest first, then by
        code."""
        first, last, patterns, begin = self._first, self._last, self._patterns, self._begin
        arrival, last_night = self._arrival, self._last_night
        count = last_night - arrival + 1
        for plans in hotels:
            calendar = plans.calendar
            stretches, closed = calendar.stretches, calendar.closed
            stretch = stretches[first]
            # Within a year no stay leaves a stretch and comes back to it; over New Year one may.
            if stretch == stretches[last] and first <= last:
                priced = patterns[calendar, stretch, begin, count]
            else:
                priced = self._across(calendar)
            if closed[bisect_left(closed, arrival)] <= last_night:
                priced = self._open(priced)
            yield priced

    def _open(self, priced: Iterable[Priced]) -> Sequence[Priced]:
        nights = self._stay.nights
        return [row for row in priced if row.offer.plan.closed_dates.isdisjoint(nights)]

    def _across(self, calendar: Calendar) -> Sequence[Priced]:
        """All plans, where a stay lies in more than one stretch."""
        # One day of each stretch tells what a season costs on all of them.
        days: dict[int, MonthDay] = {}
        by_night = [
            days.setdefault(calendar.stretches[day_number(day)], day) for day in self._stay.days
        ]
        ranked = []
        for offer in calendar.offers:
            seasonal = {day: offer.plan.seasonal(day) for day in days.values()}
            ranked.append(_priced(offer, [seasonal[day] for day in by_night], self._begin))
        return _ranked(ranked)


def _priced(offer: Offer, seasonal: Sequence[int | None], begin: int) -> Priced:
    """A plan by the price that its season gives for each night, if any, from a day of the week
    on."""
    nights = [
        other if price is None else price
        for price, other in zip(seasonal, offer.nights[begin:], strict=False)
    ]
    return Priced(sum(nights), nights, offer)


def _ranked(priced: Iterable[Priced]) -> Sequence[Priced]:
    # They come by code, and stay so where totals are equal.
    return sorted(priced, key=attrgetter("total"))
