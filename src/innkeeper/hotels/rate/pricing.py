"""What a stay costs under the plans of a hotel.

This runs for every hotel that is looked at: it is most of what a request costs rate, so it is
written for speed, and calls nothing for a plan that has not to be called.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

from innkeeper.hotels.rate.calendar import Calendar, HotelPlans, Offer, day_number
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

    def price(self, plans: HotelPlans) -> list[Priced]:
        """Those of a hotel's plans that can be booked for every night, cheapest first, then by
        code."""
        calendar = plans.calendar
        closed = calendar.closed
        priced = self._all(calendar)
        if closed[bisect_left(closed, self._arrival)] <= self._last_night:
            nights = self._stay.nights
            priced = [row for row in priced if row[2].plan.closed_dates.isdisjoint(nights)]
        # They come by code, and stay so where totals are equal.
        priced.sort(key=_total)
        return priced

    def cheapest(self, plans: HotelPlans) -> Sequence[Priced]:
        """The first of what `price` answers, if any.

        Mostly that is the same plan for whatever nights, and no other needs to be priced.
        """
        offers, starts, stretches, closed = calendar = plans.calendar
        if closed[bisect_left(closed, self._arrival)] <= self._last_night:
            return self.price(plans)[:1]
        stretch = bisect_right(starts, self._first)
        if self._first <= self._last < starts[stretch]:
            prices, number = stretches[stretch - 1]
            if number is not None:
                offer, price = offers[number], prices[number]
                begin, end = self._begin, self._end
                if price is None:
                    sums = offer.sums
                    return ((sums[end] - sums[begin], offer.nights[begin:end], offer),)
                count = end - begin
                return ((price * count, [price] * count, offer),)
        return (min(self._all(calendar), key=_total),)

    def _all(self, calendar: Calendar) -> list[Priced]:
        """All plans, whether open or not, by code."""
        offers, starts, stretches, _ = calendar
        first, last, begin, end = self._first, self._last, self._begin, self._end
        stretch = bisect_right(starts, first)
        # Most stays lie in one stretch of the year.
        if first <= last < starts[stretch]:
            count = end - begin
            return [
                (offer.sums[end] - offer.sums[begin], offer.nights[begin:end], offer)
                if price is None
                else (price * count, [price] * count, offer)
                for offer, price in zip(offers, stretches[stretch - 1].prices, strict=True)
            ]
        by_night = [
            stretches[bisect_right(starts, day) - 1].prices
            for day in map(day_number, self._stay.days)
        ]
        priced: list[Priced] = []
        for offer, prices in zip(offers, zip(*by_night, strict=True), strict=True):
            nights = [
                other if price is None else price
                for price, other in zip(prices, offer.nights[begin:end], strict=True)
            ]
            priced.append((sum(nights), nights, offer))
        return priced
