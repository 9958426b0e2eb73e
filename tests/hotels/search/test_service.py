import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import BadInput, Unavailable
from innkeeper.hotels.search.service import Search
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2
from tests.support.fake_clients import FakeGeo, FakeRate, FakeRatings, Plan, places, plan_table

STAY = rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-10")
IDS = [str(number) for number in range(20)]


async def ask(
    geo: FakeGeo, rate: FakeRate, limit: int, stay: rate_pb2.Stay = STAY
) -> search_pb2.NearbyResponse:
    request = search_pb2.NearbyRequest(lat=1, lon=2, radius=3000, limit=limit, stay=stay)
    response = await Search(geo, rate, FakeRatings({})).Nearby(request, None)
    assert response.places.hotel_ids == response.plans.hotel_ids
    return response


async def found(geo: FakeGeo, rate: FakeRate, limit: int) -> list[str]:
    return list((await ask(geo, rate, limit)).places.hotel_ids)


async def test_a_hotel_carries_what_geo_and_rate_said() -> None:
    """Position, distance and priced plans come together, so that nobody has to ask again."""
    geo, rate = FakeGeo(["5", "3"]), FakeRate(["5", "3"])

    assert await ask(geo, rate, limit=20) == search_pb2.NearbyResponse(
        places=places(["5", "3"]), plans=plan_table({"5": [Plan()], "3": [Plan()]})
    )
    assert (geo.requests[0].lat, geo.requests[0].lon, geo.requests[0].radius) == (1, 2, 3000)
    assert rate.requests[0].stay == STAY


async def test_rate_hears_which_plans_are_wanted() -> None:
    """Whether the cheapest plan is enough is passed on, whatever the order."""
    for order in (search_pb2.NEAREST_FIRST, search_pb2.CHEAPEST_FIRST):
        for cheapest_only in (True, False):
            rate = FakeRate(IDS)
            request = search_pb2.NearbyRequest(
                radius=3000, limit=5, stay=STAY, order=order, cheapest_only=cheapest_only
            )
            await Search(FakeGeo(IDS), rate, FakeRatings({})).Nearby(request, None)
            assert [asked.cheapest_only for asked in rate.requests] == [cheapest_only]


async def test_one_question_each_is_enough_when_all_can_be_booked() -> None:
    """Geo is asked for one more than is wanted, rate for those, and no further."""
    geo, rate = FakeGeo(IDS), FakeRate(IDS)

    assert await found(geo, rate, limit=5) == IDS[:5]
    assert [request.limit for request in geo.requests] == [6]
    assert rate.asked == IDS[:6]
    assert [request.limit for request in rate.requests] == [5]


async def test_hotels_farther_away_take_the_place_of_closed_ones() -> None:
    """More of geo's hotels are looked at until enough can be booked."""
    geo, rate = FakeGeo(IDS), FakeRate(IDS[6:])

    answer = await ask(geo, rate, limit=2)

    assert answer.places.hotel_ids == ["6", "7"]
    assert answer.places.distances == [600, 700]
    assert [request.limit for request in geo.requests] == [3, 6]


@given(
    bookable=st.sets(st.sampled_from(IDS)), count=st.integers(0, len(IDS)), limit=st.integers(1, 25)
)
async def test_the_nearest_bookable_hotels_are_found_and_none_is_asked_for_twice(
    bookable: set[str], count: int, limit: int
) -> None:
    """Whatever can be booked, the answer is the nearest of it, for one question a hotel."""
    geo, rate = FakeGeo(IDS[:count]), FakeRate(bookable)

    expected = [hotel_id for hotel_id in IDS[:count] if hotel_id in bookable][:limit]
    assert await found(geo, rate, limit) == expected
    assert len(rate.asked) == len(set(rate.asked))


async def test_rate_is_not_asked_about_nothing() -> None:
    """No hotel near means no question to rate."""
    rate = FakeRate([])

    assert await ask(FakeGeo([]), rate, limit=5) == search_pb2.NearbyResponse()
    assert rate.requests == []


async def test_an_impossible_stay_is_refused_even_where_no_hotel_is() -> None:
    """The stay is checked before geo is asked."""
    geo = FakeGeo([])

    with pytest.raises(BadInput, match=r"stay\.out_date"):
        await ask(geo, FakeRate([]), 5, rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-09"))
    assert geo.requests == []


async def test_what_a_service_raises_reaches_the_caller() -> None:
    """Search adds nothing to the failure of a service that it asks."""

    class Away(FakeGeo):
        async def Nearby(self, request):
            raise Unavailable("geo is away")

    with pytest.raises(Unavailable, match="geo is away"):
        await ask(Away([]), FakeRate([]), 5)
