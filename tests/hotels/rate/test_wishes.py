import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.pb.rate.v1 import rate_pb2
from tests.support.fake_clients import codes, told
from tests.support.town import EXCHANGE, plan

STAY = rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-11")
SUITE = ("STE", "Suite with a view")
HOTELS = {
    "eur": [plan(10000, code="A"), plan(15000, code="B", room=SUITE, max_adults=4)],
    "usd": [plan(10000, "USD", code="A")],
    "jpy": [plan(13050, "JPY", code="A", max_adults=1)],
    "chf": [plan(1000, "CHF", code="A")],
}


async def ask(
    order: rate_pb2.Order = rate_pb2.AS_ASKED,
    limit: int = 0,
    after: rate_pb2.Rank | None = None,
    cheapest_only: bool = False,
    **wishes: object,
) -> rate_pb2.GetRatesResponse:
    request = rate_pb2.GetRatesRequest(
        hotel_ids=list(HOTELS),
        stay=STAY,
        limit=limit,
        order=order,
        after=after,
        wishes=rate_pb2.Wishes(**wishes) if wishes else None,
        cheapest_only=cheapest_only,
    )
    return await Rate(JsonRateStore(HOTELS), EXCHANGE).GetRates(request, None)


async def test_a_plan_holds_the_guests_in_its_rooms() -> None:
    """As many rooms as are taken hold the adults; totals are for all of them, nights for one."""
    alone = (await ask(adults=4)).plans
    together = (await ask(adults=4, rooms=2)).plans

    assert (alone.hotel_ids, codes(alone)) == (["eur"], ["B"])
    assert together.hotel_ids == ["eur", "usd", "chf"]
    assert [(plan.nights, total) for plan, _, total in told(together)] == [
        ((10000, 10000), 40000),
        ((15000, 15000), 60000),
        ((10000, 10000), 40000),
        ((1000, 1000), 4000),
    ]


@pytest.mark.parametrize("room_type", ["STE", "ste", "VIEW", "suite with"])
async def test_a_type_of_room_is_meant_by_code_or_name(room_type: str) -> None:
    """Case does not matter, and a part of the name is enough; a part of the code is not."""
    assert codes((await ask(room_type=room_type)).plans) == ["B"]
    assert codes((await ask(room_type="ST")).plans) == []


async def test_the_cheapest_plan_is_the_cheapest_that_fits() -> None:
    """Whatever is wished, a plan that does not fit is not in the way of one that does."""
    for wishes in ({"adults": 3}, {"room_type": "suite"}, {"min_price": 250_000}):
        fitting = (await ask(cheapest_only=True, **wishes)).plans
        assert (fitting.hotel_ids[0], codes(fitting)[0]) == ("eur", "B")

    found = await ask(rate_pb2.CHEAPEST_FIRST, cheapest_only=True, currency="EUR", rooms=2)
    assert found.plans.hotel_ids == ["usd", "eur", "jpy", "chf"]
    assert codes(found.plans) == ["A"] * 4
    assert found.plans.converted_totals == [36911, 40000, 40000, 0]


async def test_limits_are_in_the_currency_of_the_hotel() -> None:
    """Both ends are included; 200 means 200 euros, dollars, yen or francs."""
    assert (await ask(min_price=200_000, max_price=200_000)).plans.hotel_ids == ["eur", "usd"]
    assert (await ask(max_price=199_999)).plans.hotel_ids == ["chf"]
    assert (await ask(min_price=26_100_000)).plans.hotel_ids == ["jpy"]


async def test_limits_are_in_the_currency_that_is_asked_for() -> None:
    """A hotel whose currency has no rate is in no range of prices."""
    found = await ask(currency="EUR", min_price=1, max_price=200_000)

    assert found.plans.hotel_ids == ["eur", "usd", "jpy"]
    assert found.plans.converted_totals == [20000, 18455, 20000]


async def test_totals_are_converted_beside_the_original_ones() -> None:
    """The day of the rates is told, and a total without a rate is none."""
    found = await ask(currency="USD")

    assert [total for _, _, total in told(found.plans)] == [20000, 30000, 20000, 26100, 2000]
    assert found.plans.converted_totals == [21674, 32511, 20000, 21674, 0]
    assert found.conversion == rate_pb2.Conversion(currency="USD", date="2015-04-09")


async def test_the_cheapest_come_first_over_all_currencies() -> None:
    """Ties are as asked for, a currency without a rate comes last, and pages go on."""
    whole = await ask(rate_pb2.CHEAPEST_FIRST)
    first = await ask(rate_pb2.CHEAPEST_FIRST, limit=2)
    second = await ask(rate_pb2.CHEAPEST_FIRST, limit=2, after=first.last)

    assert whole.plans.hotel_ids == ["usd", "eur", "jpy", "chf"]
    assert not whole.HasField("last")
    assert first.plans.hotel_ids == ["usd", "eur"]
    assert second.plans.hotel_ids == ["jpy", "chf"]
    assert not second.HasField("last")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("adults", -1),
        ("adults", 101),
        ("rooms", 21),
        ("min_price", -1),
        ("max_price", -1),
        ("currency", "CHF"),
        ("currency", "?"),
    ],
)
async def test_an_impossible_wish_is_named(field: str, value: object) -> None:
    """What is out of range, or has no rate, is told by its name."""
    with pytest.raises(BadInput) as raised:
        await ask(**{field: value})
    assert raised.value.field == field


async def test_prices_beyond_reason_break_nothing() -> None:
    """The dearest price that a file may hold is answered and ranked like any other."""
    dear = {"dear": [plan(999_999_999_999_00)], "cheap": HOTELS["eur"]}
    request = rate_pb2.GetRatesRequest(
        hotel_ids=list(dear),
        stay=rate_pb2.Stay(in_date="2015-04-09", out_date="2015-05-09"),
        order=rate_pb2.CHEAPEST_FIRST,
        limit=1,
        wishes=rate_pb2.Wishes(rooms=20, currency="JPY"),
    )
    rate = Rate(JsonRateStore(dear), EXCHANGE)
    first = await rate.GetRates(request, None)
    request.after.CopyFrom(first.last)
    second = await rate.GetRates(request, None)

    assert first.plans.hotel_ids == ["cheap"]
    assert second.plans.hotel_ids == ["dear"]
    assert [total for _, _, total in told(second.plans)] == [999_999_999_999_00 * 600]
