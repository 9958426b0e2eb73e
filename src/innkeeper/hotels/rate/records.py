"""The records of `rate.json`, as people write them, and the rate plans made of them."""

import datetime
from collections import Counter
from typing import Annotated

from msgspec import Meta, Struct

from innkeeper.hotels import flatfile, money
from innkeeper.hotels.rate.plan import RatePlan, Season

Code = Annotated[str, Meta(min_length=1, max_length=32)]
Amount = Annotated[
    str,
    Meta(
        pattern=money.DECIMAL,
        description="A price for a night, such as 189.50, with no more digits behind the point"
        " than the currency has.",
    ),
]
MonthDay = Annotated[
    str, Meta(pattern="^[0-9]{2}-[0-9]{2}$", description="A day of every year, such as 12-24.")
]
# Any leap year: 02-29 is a day that a season may begin or end with.
_LEAP_YEAR = 2000


class RoomTypeRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A type of room. Within a hotel the same code has the same name."""

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=128)]


class SeasonRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of days that comes every year, both ends included. It may go over New Year."""

    first: MonthDay
    last: MonthDay
    price: Amount


class WeekdayPrices(Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of nights by the day of the week they begin on; the others cost the base price."""

    monday: Amount | None = None
    tuesday: Amount | None = None
    wednesday: Amount | None = None
    thursday: Amount | None = None
    friday: Amount | None = None
    saturday: Amount | None = None
    sunday: Amount | None = None


class PlanRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to book a type of room.

    A night costs what the first season that it lies in says; outside of every season what its day
    of the week says; else the base price. A night on a closed date cannot be booked.
    """

    code: Code
    room_type: RoomTypeRecord
    currency: Annotated[
        str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code, the same in all plans.")
    ]
    max_adults: Annotated[int, Meta(ge=1, le=100)]
    base_price: Amount
    weekday_prices: WeekdayPrices = WeekdayPrices()
    seasons: tuple[SeasonRecord, ...] = ()
    closed_dates: tuple[datetime.date, ...] = ()

    def __post_init__(self) -> None:
        """Find what the types do not say.

        Raises:
            ValueError: an amount, the currency or a day of a season is impossible.
        """
        self.plan()

    def plan(self) -> RatePlan:
        """The plan with its prices in minor units."""
        by_weekday = (
            getattr(self.weekday_prices, name) for name in WeekdayPrices.__struct_fields__
        )
        return RatePlan(
            code=self.code,
            room_code=self.room_type.code,
            room_name=self.room_type.name,
            max_adults=self.max_adults,
            currency=self.currency,
            base_price=money.to_minor(self.base_price, self.currency),
            weekday_prices=tuple(
                None if price is None else money.to_minor(price, self.currency)
                for price in by_weekday
            ),
            seasons=tuple(
                Season(
                    _month_day(season.first),
                    _month_day(season.last),
                    money.to_minor(season.price, self.currency),
                )
                for season in self.seasons
            ),
            closed_dates=frozenset(self.closed_dates),
        )


class HotelRecord(flatfile.Record, frozen=True):
    """A record of `rate.json`. Codes of plans are unique within the hotel."""

    plans: Annotated[list[PlanRecord], Meta(min_length=1, max_length=100)]

    def __post_init__(self) -> None:
        """Find what the types do not say.

        Raises:
            ValueError: two plans share a code, differ in currency (so that neither is cheaper), or
                give one room type two names.
        """
        code, times = Counter(plan.code for plan in self.plans).most_common(1)[0]
        if times > 1:
            raise ValueError(f"{times} plans have the code {code!r}")
        currencies = sorted({plan.currency for plan in self.plans})
        if len(currencies) > 1:
            raise ValueError(f"the plans have several currencies: {', '.join(currencies)}")
        names: dict[str, str] = {}
        for plan in self.plans:
            room = plan.room_type
            if names.setdefault(room.code, room.name) != room.name:
                raise ValueError(f"the room type {room.code!r} has two names")


def _month_day(text: str) -> tuple[int, int]:
    try:
        day = datetime.date(_LEAP_YEAR, int(text[:2]), int(text[3:]))
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the year, such as 12-24") from None
    return (day.month, day.day)
