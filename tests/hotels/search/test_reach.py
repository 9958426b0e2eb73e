"""What Search asks of the others, counted: no more than the answer needs."""

import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.search.pages import MOST_EXAMINED, MOST_TAKEN
from innkeeper.hotels.search.service import MOST_RANKED, Search
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2
from tests.support.fake_clients import FakeGeo, FakeRate, FakeRatings

STAY = rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-10")
IDS = [f"{number:05}" for number in range(12_000)]
RATINGS = FakeRatings({hotel_id: 1 + int(hotel_id) % 5 for hotel_id in IDS})


class Services:
    """Twelve thousand hotels, and what is asked about them."""

    def __init__(self, bookable: set[str] | None = None) -> None:
        self.geo = FakeGeo(IDS)
        self.rate = FakeRate(set(IDS) if bookable is None else bookable)
        self.profile = FakeRatings(RATINGS.ratings)

    async def ask(self, **fields: object) -> search_pb2.NearbyResponse:
        request = search_pb2.NearbyRequest(
            **{"lat": 1, "lon": 2, "radius": 3000, "limit": 20, "stay": STAY, **fields}
        )
        return await Search(self.geo, self.rate, self.profile).Nearby(request, None)


async def test_a_plain_search_asks_two_questions() -> None:
    """Geo and rate are asked about a page and one more hotel; profile is not asked at all."""
    services = Services()

    response = await services.ask()

    assert response.places.hotel_ids == IDS[:20]
    assert [request.limit for request in services.geo.requests] == [21]
    assert services.rate.asked == IDS[:21]
    assert services.profile.requests == []


async def test_the_next_page_does_not_look_at_the_one_before() -> None:
    """A cursor is passed to geo, so that rates of earlier hotels are not asked for again."""
    services = Services()
    first = await services.ask()

    second = await services.ask(after=first.next)

    assert second.places.hotel_ids == IDS[20:40]
    assert services.rate.asked[21:] == IDS[20:41]


async def test_hotels_rated_too_low_cost_no_rates() -> None:
    """Rate is asked only about hotels that profile let pass."""
    services = Services()

    response = await services.ask(min_rating=5, limit=3)

    assert response.places.hotel_ids == ["00004", "00009", "00014"]
    assert all(RATINGS.ratings[hotel_id] == 5 for hotel_id in services.rate.asked)
    assert sum(request.limit for request in services.geo.requests) <= 28


async def test_a_rank_by_rating_asks_for_the_rates_of_a_page() -> None:
    """Five hundred are ranked by one question to profile; rate is asked about the best alone."""
    services = Services()

    response = await services.ask(order=search_pb2.BEST_RATED_FIRST)

    assert response.places.hotel_ids == IDS[4:100:5]
    assert response.ranking == search_pb2.Ranking(candidates=MOST_RANKED, complete=False)
    assert [len(request.hotel_ids) for request in services.profile.requests] == [MOST_RANKED]
    assert len(services.rate.asked) == 21


async def test_words_find_hotels_without_looking_at_the_others() -> None:
    """Anywhere on earth, geo is asked where the matches are, and rate about them."""
    services = Services()

    response = await services.ask(q="0777", radius=0)

    assert response.places.hotel_ids == IDS[7770:7780]
    assert response.ranking == search_pb2.Ranking(candidates=10, complete=True)
    assert services.rate.asked == IDS[7770:7780]
    (located,) = services.geo.requests
    assert isinstance(located, geo_pb2.LocateRequest)


async def test_a_page_ends_before_a_million_hotels_are_looked_at() -> None:
    """Where nothing can be booked, a page is empty and says where to go on."""
    services = Services(bookable={IDS[-1]})

    first = await services.ask()

    assert first.places == geo_pb2.Places()
    assert MOST_EXAMINED <= len(services.rate.asked) < MOST_EXAMINED + MOST_TAKEN
    found, pages = list(first.places.hotel_ids), 1
    response = first
    while response.HasField("next"):
        response = await services.ask(after=response.next)
        found += response.places.hotel_ids
        pages += 1
    assert (found, pages) == ([IDS[-1]], 6)
    assert len(services.rate.asked) == len(set(services.rate.asked)) == len(IDS)


async def test_words_and_ratings_are_paged_like_everything() -> None:
    """The ranks are the same on every page, so that each hotel comes once."""
    services = Services()
    found: list[str] = []
    response = await services.ask(order=search_pb2.BEST_RATED_FIRST, limit=300)
    while True:
        found += response.places.hotel_ids
        if not response.HasField("next"):
            break
        response = await services.ask(
            order=search_pb2.BEST_RATED_FIRST, limit=300, after=response.next
        )

    assert found == sorted(IDS[:500], key=lambda id: (-RATINGS.ratings[id], id))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"unbookable_too": True, "order": search_pb2.CHEAPEST_FIRST}, "unbookable_too"),
        ({"stay": rate_pb2.Stay()}, "stay.in_date"),
    ],
)
async def test_what_is_impossible_is_refused_before_anybody_is_asked(
    fields: dict[str, object], field: str
) -> None:
    """The wrong field is named, and no service is troubled."""
    services = Services()

    with pytest.raises(BadInput) as raised:
        await services.ask(**fields)

    assert raised.value.field == field
    assert services.geo.requests == []
