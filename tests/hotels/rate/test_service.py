import datetime

import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.pb.rate.v1 import rate_pb2


def plan(code: str, price: int, closed: str | None = None) -> RatePlan:
    closed_dates = frozenset([datetime.date.fromisoformat(closed)] if closed else [])
    return RatePlan(code, "KNG", "King", 2, "USD", price, (None,) * 7, (), closed_dates)


@pytest.fixture
def rate() -> Rate:
    return Rate(
        JsonRateStore(
            {
                "1": [plan("DEAR", 30000), plan("B", 20000), plan("A", 20000)],
                "2": [plan("SOME", 10000, closed="2015-04-10"), plan("ALWAYS", 12000)],
                "3": [plan("NEVER", 10000, closed="2015-04-10")],
            }
        )
    )


async def ask(rate: Rate, hotel_ids: list[str], out_date: str = "2015-04-11"):
    stay = rate_pb2.Stay(in_date="2015-04-09", out_date=out_date)
    request = rate_pb2.GetRatesRequest(hotel_ids=hotel_ids, stay=stay)
    return (await rate.GetRates(request, None)).hotels


async def test_the_price_is_the_sum_of_the_nights(rate: Rate) -> None:
    """Nightly prices and their sum come in minor units, with what the plan is."""
    (hotel,) = await ask(rate, ["2"])

    assert [plan.code for plan in hotel.plans] == ["ALWAYS"]
    assert list(hotel.plans[0].nightly_prices) == [12000, 12000]
    assert hotel.plans[0].total_price == 24000
    assert hotel.plans[0].currency == "USD"
    assert hotel.plans[0].room_type.name == "King"
    assert hotel.plans[0].max_adults == 2


async def test_the_cheapest_plan_comes_first(rate: Rate) -> None:
    """Plans come by price, those of the same price by code."""
    (hotel,) = await ask(rate, ["1"])

    assert [plan.code for plan in hotel.plans] == ["A", "B", "DEAR"]


async def test_hotels_come_as_asked_for(rate: Rate) -> None:
    """The order of the request holds; closed, unknown and repeated hotels are left out."""
    hotels = await ask(rate, ["2", "9", "3", "1", "2"])

    assert [hotel.hotel_id for hotel in hotels] == ["2", "1"]


async def test_a_hotel_comes_back_when_it_is_open(rate: Rate) -> None:
    """A stay without the closed night finds the hotel."""
    assert [hotel.hotel_id for hotel in await ask(rate, ["3"], "2015-04-10")] == ["3"]


@pytest.mark.parametrize("out_date", ["", "2015-04-09", "2015-05-10", "2015-02-30"])
async def test_an_impossible_stay_is_refused(rate: Rate, out_date: str) -> None:
    """A stay is checked before anything is looked up."""
    with pytest.raises(BadInput, match=r"stay\.out_date"):
        await ask(rate, ["1"], out_date)
