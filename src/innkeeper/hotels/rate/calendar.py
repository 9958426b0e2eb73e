"""What is known about the nights at a hotel before any stay is asked for.

Each season of each plan begins and ends on some day of the year. Between two such days, in a
*stretch*, a night costs the same under a plan whenever its day of the week is the same. So what a
stay within a stretch costs, as most are, depends on nothing but the day of the week that it begins
on and the number of its nights; and what another costs is the sum over the stretches it lies in.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, pairwise
from operator import attrgetter

from innkeeper.hotels.memo import Memo
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.stay import MAX_NIGHTS, MonthDay
from innkeeper.pb.rate.v1 import rate_pb2

_WEEKS = MAX_NIGHTS // 7 + 2
_NEVER = 2**31
"""After every day that there is."""


class Offer:
    """A plan, ready to be priced and answered."""

    def __init__(self, plan: RatePlan, number: int) -> None:
        """`number` is its place in the calendar."""
        self.plan = plan
        self.number = number
        self.nights = plan.week() * _WEEKS
        """What nights outside of seasons cost, from a Monday on, for any stay from any day of that
        week."""
        self.sums = list(accumulate(self.nights, initial=0))
        """What the nights before each of these cost together, and at the end what all do."""

    @cached_property
    def terms(self) -> bytes:
        """What is answered of it for every stay: a message, encoded."""
        plan = self.plan
        terms = rate_pb2.Terms(
            code=plan.code,
            room_code=plan.room_code,
            room_name=plan.room_name,
            max_adults=plan.max_adults,
            currency=plan.currency,
        )
        return terms.SerializeToString()


# Attributes of what has slots are read faster than those of named tuples.
@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The nights of a hotel, each of which lies in a stretch."""

    offers: Sequence[Offer]
    """By code, so that of equal prices the first one counts."""
    stretches: Sequence[int]
    """By `day_number` the number of the stretch that the day lies in."""
    seasonal: Mapping[int, Sequence[int | None]]
    """By the number of a stretch, what a night in it costs under each offer by its season; None
    where there is none."""
    closed: Sequence[int]
    """Ordinals of all nights that some plan is closed on, in order, and one that never comes."""


def _seasonal(
    offers: Sequence[Offer], stretches: "array[int]", stretch: int
) -> Sequence[int | None]:
    month, day = divmod(stretches.index(stretch), 31)
    first = (month + 1, day + 1)
    return [offer.plan.seasonal(first) for offer in offers]


class HotelPlans(list[RatePlan]):
    """The plans of a hotel."""

    @cached_property
    def calendar(self) -> Calendar:
        """Worked out once, when it is first asked for."""
        plans = sorted(self, key=attrgetter("code"))
        starts = sorted({0, _END_OF_YEAR, *map(day_number, _edges(plans))})
        stretches = array("H")
        for number, (start, end) in enumerate(pairwise(starts)):
            stretches.extend([number] * (end - start))
        closed = {night.toordinal() for plan in plans for night in plan.closed_dates}
        offers = [Offer(plan, number) for number, plan in enumerate(plans)]
        # Each when it is first asked for: of a large catalogue most hotels are asked for once, and
        # working out all stretches would be most of what their answer costs.
        seasonal = Memo(partial(_seasonal, offers, stretches))
        return Calendar(offers, stretches, seasonal, [*sorted(closed), _NEVER])


def day_number(day: MonthDay) -> int:
    """A day of the year as one number, from 0: as if every month had 31 days."""
    month, day_of_month = day
    return (month - 1) * 31 + day_of_month - 1


_END_OF_YEAR = day_number((13, 1))


def _edges(plans: Iterable[RatePlan]) -> Iterable[MonthDay]:
    """The days on which a season begins, and those after its last."""
    for plan in plans:
        for season in plan.seasons:
            month, day = season.last
            # After the 31st comes the first of the next month.
            yield from (season.first, (month, day + 1))
