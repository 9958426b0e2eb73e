import datetime

import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.pb.rate.v1 import rate_pb2
from tests.support.fake_clients import Plan, codes, priced_plan, told


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


async def ask(
    rate: Rate, hotel_ids: list[str], out_date: str = "2015-04-11", limit: int = 0
) -> rate_pb2.PlanTable:
    stay = rate_pb2.Stay(in_date="2015-04-09", out_date=out_date)
    request = rate_pb2.GetRatesRequest(hotel_ids=hotel_ids, stay=stay, limit=limit)
    return (await rate.GetRates(request, None)).plans


async def test_the_price_is_the_sum_of_the_nights(rate: Rate) -> None:
    """Nightly prices and their sum come in minor units, with what the plan is."""
    assert await ask(rate, ["2"]) == rate_pb2.PlanTable(
        hotel_ids=["2"],
        plan_counts=[1],
        plans=[priced_plan(Plan("ALWAYS", "KNG", "King", 2, (12000, 12000)))],
    )


async def test_the_cheapest_plan_comes_first(rate: Rate) -> None:
    """Plans come by price, those of the same price by code."""
    assert codes(await ask(rate, ["1"])) == ["A", "B", "DEAR"]


async def test_hotels_come_as_asked_for(rate: Rate) -> None:
    """The order of the request holds; closed, unknown and repeated hotels are left out."""
    table = await ask(rate, ["2", "9", "3", "1", "2"])

    assert (table.hotel_ids, table.plan_counts) == (["2", "1"], [1, 3])
    assert codes(table) == ["ALWAYS", "A", "B", "DEAR"]
    nights = [plan.nights for plan, _, _ in told(table)]
    assert nights == [(12000,) * 2, (20000,) * 2, (20000,) * 2, (30000,) * 2]


async def test_no_more_hotels_come_than_are_wanted(rate: Rate) -> None:
    """Those that cannot be booked do not count; without a limit all come."""
    assert (await ask(rate, ["3", "2", "1"], limit=1)).hotel_ids == ["2"]
    assert (await ask(rate, ["3", "2", "1"], limit=2)).hotel_ids == ["2", "1"]
    with pytest.raises(BadInput, match="limit"):
        await ask(rate, ["1"], limit=-1)


async def test_the_cheapest_plan_may_be_enough(rate: Rate) -> None:
    """Then each hotel has one plan: of those that can be booked the cheapest, ties by code."""
    stay = rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-11")
    request = rate_pb2.GetRatesRequest(hotel_ids=["1", "2", "3"], stay=stay, cheapest_only=True)

    table = (await rate.GetRates(request, None)).plans

    assert (table.hotel_ids, table.plan_counts) == (["1", "2"], [])
    assert codes(table) == ["A", "ALWAYS"]
    assert [(plan.nights, total) for plan, _, total in told(table)] == [
        ((20000, 20000), 40000),
        ((12000, 12000), 24000),
    ]


async def test_nothing_that_can_be_booked_is_an_empty_table(rate: Rate) -> None:
    """Closed hotels leave a table without rows."""
    assert await ask(rate, ["3"]) == rate_pb2.PlanTable()


async def test_a_hotel_comes_back_when_it_is_open(rate: Rate) -> None:
    """A stay without the closed night finds the hotel."""
    assert (await ask(rate, ["3"], "2015-04-10")).hotel_ids == ["3"]


@pytest.mark.parametrize("out_date", ["", "2015-04-09", "2015-05-10", "2015-02-30"])
async def test_an_impossible_stay_is_refused(rate: Rate, out_date: str) -> None:
    """A stay is checked before anything is looked up."""
    with pytest.raises(BadInput, match=r"stay\.out_date"):
        await ask(rate, ["1"], out_date)
