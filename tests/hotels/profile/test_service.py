import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.profile.hotel import Address, Hotel, Image
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.profile.texts import Texts
from innkeeper.pb.profile.v1 import profile_pb2


def hotel(hotel_id: str, rating: float | None = 4.5) -> Hotel:
    return Hotel(
        hotel_id=hotel_id,
        name="<b>Inn</b>",
        phone_number="(415) 1",
        address=Address("1 Main St", "Town", "CA", "94102", "United States"),
        description=Texts({"en": "An inn", "de": "Ein Gasthof"}, "en"),
        images=[Image("/static/x.svg", Texts({"en": "The inn", "de": "Der Gasthof"}, "en"))],
        rating=rating,
    )


@pytest.fixture
def profile() -> Profile:
    return Profile(JsonProfileStore([hotel("1"), hotel("2", rating=None)]))


async def ask(profile: Profile, hotel_ids: list[str], locale: str = ""):
    request = profile_pb2.GetProfilesRequest(hotel_ids=hotel_ids, locale=locale)
    return (await profile.GetProfiles(request, None)).hotels


async def test_a_hotel_is_described_in_full(profile: Profile) -> None:
    """Everything that the store knows comes back, as it is."""
    (found,) = await ask(profile, ["1"], "de-CH")

    assert found == profile_pb2.HotelProfile(
        hotel_id="1",
        name="<b>Inn</b>",
        phone_number="(415) 1",
        description="Ein Gasthof",
        address=profile_pb2.Address(
            street="1 Main St",
            city="Town",
            state="CA",
            postal_code="94102",
            country="United States",
        ),
        images=[profile_pb2.Image(url="/static/x.svg", alt="Der Gasthof")],
        rating=4.5,
        locale="de",
    )


async def test_hotels_come_as_asked_for(profile: Profile) -> None:
    """The order of the request holds; unknown and repeated hotels are left out."""
    found = await ask(profile, ["2", "9", "1", "2"])

    assert [hotel.hotel_id for hotel in found] == ["2", "1"]


async def test_no_rating_is_zero(profile: Profile) -> None:
    """A hotel without a rating says so with 0."""
    assert [hotel.rating for hotel in await ask(profile, ["2"])] == [0]


@pytest.mark.parametrize("locale", ["", "xx", "!", "a" * 1000])
async def test_any_locale_has_an_answer(profile: Profile, locale: str) -> None:
    """A locale that means nothing gives the default."""
    assert [hotel.locale for hotel in await ask(profile, ["1"], locale)] == ["en"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"min_rating": 5.1}, "min_rating"),
        ({"min_rating": float("nan")}, "min_rating"),
        ({"limit": 0}, "limit"),
        ({"q": "x" * 201}, "q"),
    ],
)
async def test_an_impossible_question_is_refused(fields: dict[str, object], field: str) -> None:
    """What is out of range is named."""
    service = Profile(JsonProfileStore([]))

    with pytest.raises(BadInput) as raised:
        await service.Find(profile_pb2.FindRequest(**{"limit": 1, **fields}), None)
    assert raised.value.field == field


async def test_hotels_are_found_by_words_and_ratings(profile: Profile) -> None:
    """Each comes with its rating, 0 for none; among the hotels named only, where some are."""

    async def find(**fields: object) -> profile_pb2.FindResponse:
        return await profile.Find(profile_pb2.FindRequest(limit=5, **fields), None)

    found = await find(q="inn")
    assert (found.hotel_ids, found.ratings) == (["1", "2"], [4.5, 0])
    assert found.scores[0] > 0
    assert (await find(q="inn", min_rating=4)).hotel_ids == ["1"]
    assert (await find(hotel_ids=["2", "9", "2"])).hotel_ids == ["2"]
