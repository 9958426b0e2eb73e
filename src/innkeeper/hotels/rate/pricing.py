"""What a stay costs under the plans of a hotel.

This runs for every hotel that is looked at. So what it does for each of them calls next to nothing.
"""

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from innkeeper.hotels.memo import Memo
from innkeeper.hotels.rate.calendar import Calendar, HotelPlans, Offer, day_number
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2

PATTERNS_KEPT = 8192
_DAY = datetime.timedelta(days=1)

Part = tuple[Sequence[int | None], int, int]
"""A part of a stay that lies within a stretch: what the stretch's seasons make a night cost, by
offer, and where among an offer's other nights the part begins and ends."""


class Priced:
    """A plan and what a stay costs under it."""

    def __init__(self, total: int, offer: Offer, parts: Iterable[Part]) -> None:
        """`total` is for all rooms, in minor units."""
        self.total = total
        self.offer = offer
        self.parts = parts

    @cached_property
    def nights(self) -> Sequence[int]:
        """What each night costs in one room."""
        nights: list[int] = []
        for seasonal, begin, end in self.parts:
            price = seasonal[self.offer.number]
            nights += self.offer.nights[begin:end] if price is None else [price] * (end - begin)
        return nights

    @cached_property
    def message(self) -> bytes:
        """What is answered of it: a `PricedPlan`, encoded."""
        plan = rate_pb2.PricedPlan(
            terms=self.offer.terms, total_price=self.total, nightly_prices=self.nights
        )
        return plan.SerializeToString()

    def times(self, rooms: int) -> "Priced":
        """The same for several rooms."""
        return Priced(self.total * rooms, self.offer, self.parts)


Pattern = tuple[Calendar, int, int, int]
"""A stay within a stretch of a hotel's year: the hotel, the stretch, and where in the week, counted
on beyond its end, the stay begins and ends."""

Patterns = Memo[Pattern, Sequence[Priced]]
"""What stays of some pattern cost under all plans of the hotel, open or not, cheapest first."""


def patterns() -> Patterns:
    """Few are what most stays are: so each is worked out once, and kept up to a number of them."""
    return Memo(_worked_out, PATTERNS_KEPT)


def _worked_out(pattern: Pattern) -> Sequence[Priced]:
    calendar, stretch, begin, end = pattern
    return _ranked(calendar, [(calendar.seasonal[stretch], begin, end)])


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
        end = begin + last_night - arrival + 1
        for plans in hotels:
            calendar = plans.calendar
            stretches, closed = calendar.stretches, calendar.closed
            stretch = stretches[first]
            # Within a year no stay leaves a stretch and comes back to it; over New Year one may.
            if stretch == stretches[last] and first <= last:
                priced = patterns[calendar, stretch, begin, end]
            else:
                priced = _ranked(calendar, self._parts(calendar))
            if closed[bisect_left(closed, arrival)] <= last_night:
                priced = self._open(priced)
            yield priced

    def _open(self, priced: Iterable[Priced]) -> Sequence[Priced]:
        nights = self._stay.nights
        return [row for row in priced if row.offer.plan.closed_dates.isdisjoint(nights)]

    def _parts(self, calendar: Calendar) -> Sequence[Part]:
        """Those of a stay that lies in more than one stretch."""
        parts: list[Part] = []
        begin = self._begin
        for stretch, days in groupby(map(calendar.stretches.__getitem__, self._days)):
            end = begin + len([*days])
            parts.append((calendar.seasonal[stretch], begin, end))
            begin = end
        return parts

    @cached_property
    def _days(self) -> Sequence[int]:
        return [*map(day_number, self._stay.days)]


def _ranked(calendar: Calendar, parts: Sequence[Part]) -> Sequence[Priced]:
    """All plans of a hotel for a stay of these parts, cheapest first."""
    ranked = []
    for offer in calendar.offers:
        total = 0
        for seasonal, begin, end in parts:
            price = seasonal[offer.number]
            if price is None:
                total += offer.sums[end] - offer.sums[begin]
            else:
                total += price * (end - begin)
        ranked.append(Priced(total, offer, parts))
    # They come by code, and stay so where totals are equal.
    ranked.sort(key=attrgetter("total"))
    return ranked
