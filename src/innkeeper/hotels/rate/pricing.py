"""What a stay costs under the plans of a hotel.

This runs for every plan of every hotel that is looked at, so it is one loop without calls.
"""

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from innkeeper.hotels.rate.plan import RatePlan, day_number
from innkeeper.hotels.stay import Stay

Priced = tuple[int, str, Sequence[int], RatePlan]
"""The total and the code of a plan, which it is ordered by; its nightly prices, and the plan."""

_DAY = datetime.timedelta(days=1)


class Pricing:
    """Prices plans for one stay."""

    def __init__(self, stay: Stay) -> None:
        self._stay = stay
        last_night = stay.out_date - _DAY
        self._first = day_number((stay.in_date.month, stay.in_date.day))
        self._last = day_number((last_night.month, last_night.day))
        self._count = (stay.out_date - stay.in_date).days
        self._weekday = stay.weekday

    def price(self, plans: Iterable[RatePlan]) -> list[Priced]:
        """Those of a hotel's plans that can be booked for every night, cheapest first."""
        first, last, count = self._first, self._last, self._count
        begin = self._weekday
        end = begin + count
        priced: list[Priced] = []
        for plan in plans:
            closed = plan.closed_dates
            if closed and not closed.isdisjoint(self._stay.nights):
                continue
            weeks, sums, starts, seasonal = plan.calendar
            stretch = bisect_right(starts, first)
            # Most stays lie in one stretch of the year.
            if first <= last < starts[stretch]:
                price = seasonal[stretch - 1]
                if price is None:
                    priced.append((sums[end] - sums[begin], plan.code, weeks[begin:end], plan))
                else:
                    priced.append((price * count, plan.code, [price] * count, plan))
                continue
            nights = [
                other if (price := seasonal[bisect_right(starts, day) - 1]) is None else price
                for day, other in zip(
                    map(day_number, self._stay.days), weeks[begin:end], strict=True
                )
            ]
            priced.append((sum(nights), plan.code, nights, plan))
        # No two plans have the same code, so that what comes after it is never compared.
        priced.sort()
        return priced
