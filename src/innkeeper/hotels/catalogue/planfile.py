"""Rate plans as the flat file has them: amounts are decimal texts, days of the year `12-24`."""

from collections.abc import Sequence

from innkeeper.hotels import money
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.records import (
    HotelRecord,
    PlanRecord,
    RoomTypeRecord,
    SeasonRecord,
    WeekdayPrices,
)


def priced(hotel_id: str, plans: Sequence[RatePlan]) -> HotelRecord:
    """The record of `rate.json` that gives these plans when it is read."""
    return HotelRecord(hotel_id=hotel_id, plans=[_record(plan) for plan in plans])


def _record(plan: RatePlan) -> PlanRecord:
    def amount(minor: int) -> str:
        return money.to_decimal(minor, plan.currency)

    return PlanRecord(
        code=plan.code,
        room_type=RoomTypeRecord(code=plan.room_code, name=plan.room_name),
        currency=plan.currency,
        max_adults=plan.max_adults,
        base_price=amount(plan.base_price),
        weekday_prices=WeekdayPrices(
            *(None if price is None else amount(price) for price in plan.weekday_prices)
        ),
        seasons=tuple(
            SeasonRecord(
                first=_day(season.first), last=_day(season.last), price=amount(season.price)
            )
            for season in plan.seasons
        ),
        closed_dates=tuple(sorted(plan.closed_dates)),
    )


def _day(day: tuple[int, int]) -> str:
    return f"{day[0]:02}-{day[1]:02}"
