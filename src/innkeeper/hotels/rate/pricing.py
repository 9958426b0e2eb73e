"""What a stay costs under the plans of a hotel.

This runs for every hotel that is looked at, and is most of what a request costs rate. So what it
does for each hotel, and for each plan, is written as loops that call next to nothing.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter

from innkeeper.hotels.rate.calendar import Calendar, HotelPlans, Offer, Stretch, day_number
from innkeeper.hotels.stay import Stay

Priced = tuple[int, Sequence[int], Offer]
"""The total, the price of each night, and what they are of."""

_DAY = datetime.timedelta(days=1)
_total = itemgetter(0)


class Pricing:
    """Prices plans for one stay."""

    def __init__(self, stay: Stay) -> None:
        self._stay = stay
        in_date, last_night = stay.in_date, stay.out_date - _DAY
        self._first = day_number((in_date.month, in_date.day))
        self._last = day_number((last_night.month, last_night.day))
        self._arrival, self._last_night = in_date.toordinal(), last_night.toordinal()
        self._begin = in_date.weekday()
        self._end = self._begin + self._last_night - self._arrival + 1

    def price(self, hotels: Iterable[HotelPlans]) -> Iterator[Sequence[Priced]]:
        """Of each hotel the plans that can be booked for every night, cheapest first, then by
        code."""
        return (self._open(plans.calendar) for plans in hotels)

    def cheapest(self, hotels: Iterable[HotelPlans]) -> Iterator[Sequence[Priced]]:
        """Of each hotel the first that `price` answers, if any.

        Mostly that is the same plan for whatever nights, and no other needs to be priced.
        """
        first, last, begin, end = self._first, self._last, self._begin, self._end
        arrival, last_night, count = self._arrival, self._last_night, end - begin
        for plans in hotels:
            calendar = plans.calendar
            closed, starts = calendar.closed, calendar.starts
            if closed[bisect_left(closed, arrival)] <= last_night:
                yield self._open(calendar)[:1]
                continue
            stretch = bisect_right(starts, first)
            if first <= last < starts[stretch]:
                cheapest = calendar.stretches[stretch - 1].cheapest
                if cheapest is not None:
                    price, offer = cheapest
                    if price is None:
                        sums = offer.sums
                        yield ((sums[end] - sums[begin], offer.nights[begin:end], offer),)
                    else:
                        yield ((price * count, [price] * count, offer),)
                    continue
            yield self._cheapest_across(calendar)

    def _open(self, calendar: Calendar) -> list[Priced]:
        """All plans that can be booked."""
        closed = calendar.closed
        priced = self._all(calendar)
        if closed[bisect_left(closed, self._arrival)] <= self._last_night:
            nights = self._stay.nights
            priced = [row for row in priced if row[2].plan.closed_dates.isdisjoint(nights)]
        # They come by code, and stay so where totals are equal.
        priced.sort(key=_total)
        return priced

    def _all(self, calendar: Calendar) -> list[Priced]:
        """All plans, whether open or not, by code."""
        offers, starts = calendar.offers, calendar.starts
        first, last, begin, end = self._first, self._last, self._begin, self._end
        stretch = bisect_right(starts, first)
        # Most stays lie in one stretch of the year.
        if first <= last < starts[stretch]:
            count = end - begin
            return [
                (offer.sums[end] - offer.sums[begin], offer.nights[begin:end], offer)
                if price is None
                else (price * count, [price] * count, offer)
                for offer, price in zip(offers, calendar.stretches[stretch - 1].prices, strict=True)
            ]
        by_night = [stretch.prices for stretch in self._by_night(calendar)]
        return [
            self._across(prices, offer)
            for offer, prices in zip(offers, zip(*by_night, strict=True), strict=True)
        ]

    def _cheapest_across(self, calendar: Calendar) -> Sequence[Priced]:
        """The cheapest plan, if any, where more than one price of each has to be looked at."""
        by_night = [stretch.cheapest for stretch in self._by_night(calendar)]
        first = by_night[0]
        if first is not None:
            offer = first[1]
            # What comes first in each stretch does so over all of them.
            prices = [found[0] for found in by_night if found is not None and found[1] is offer]
            if len(prices) == len(by_night):
                return (self._across(prices, offer),)
        return sorted(self._all(calendar), key=_total)[:1]

    def _across(self, prices: Sequence[int | None], offer: Offer) -> Priced:
        """A plan by the price that its season gives for each night, if any."""
        nights = [
            other if price is None else price
            for price, other in zip(prices, offer.nights[self._begin : self._end], strict=True)
        ]
        return sum(nights), nights, offer

    def _by_night(self, calendar: Calendar) -> list[Stretch]:
        starts, stretches = calendar.starts, calendar.stretches
        return [stretches[bisect_right(starts, day) - 1] for day in self._days]

    @cached_property
    def _days(self) -> Sequence[int]:
        return [*map(day_number, self._stay.days)]
