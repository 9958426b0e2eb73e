import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.frontend.geojson import FeatureCollection, collection, describe, feature
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2
from tests.support.fake_clients import priced_plan

PROFILE = profile_pb2.HotelProfile(
    hotel_id="5",
    name="Phoenix Hotel",
    phone_number="(415) 776-1380",
    description="An inn",
    address=profile_pb2.Address(street="601 Eddy St", city="San Francisco"),
    images=[profile_pb2.Image(url="/static/x.svg", alt="The inn")],
    rating=4.5,
    locale="en",
)
HOTEL = search_pb2.BookableHotel(
    hotel_id="5",
    lat=37.7831,
    lon=-122.4181,
    distance=918.9299,
    plans=[priced_plan(38000, nights=[18950, 19050]), priced_plan(50000)],
)


def test_a_feature_says_what_the_original_said_and_more() -> None:
    """Id, name, phone number and coordinates are where they have always been."""
    found = json.loads(collection([feature(HOTEL, describe(PROFILE))]))

    assert found["type"] == "FeatureCollection"
    (hotel,) = found["features"]
    assert list(hotel) == ["id", "type", "properties", "geometry"]
    assert (hotel["id"], hotel["type"]) == ("5", "Feature")
    assert hotel["geometry"] == {"type": "Point", "coordinates": [-122.4181, 37.7831]}
    assert list(hotel["properties"])[:2] == ["name", "phone_number"]
    assert hotel["properties"] == {
        "name": "Phoenix Hotel",
        "phone_number": "(415) 776-1380",
        "address": {
            "street": "601 Eddy St",
            "city": "San Francisco",
            "state": "",
            "postal_code": "",
            "country": "",
        },
        "description": "An inn",
        "locale": "en",
        "images": [{"url": "/static/x.svg", "alt": "The inn"}],
        "rating": 4.5,
        "distance": 918.9,
        "price": {"amount": "380.00", "currency": "USD"},
        "plans": [
            {
                "code": "FLEX",
                "room_type": {"code": "KNG", "name": "King room"},
                "max_adults": 2,
                "currency": "USD",
                "total_price": "380.00",
                "nightly_prices": ["189.50", "190.50"],
            },
            {
                "code": "FLEX",
                "room_type": {"code": "KNG", "name": "King room"},
                "max_adults": 2,
                "currency": "USD",
                "total_price": "500.00",
                "nightly_prices": ["500.00"],
            },
        ],
    }


def test_what_is_written_is_what_the_types_say() -> None:
    """The pieces joined as bytes are the same as the documented type encoded in one."""
    encoded = collection([feature(HOTEL, describe(PROFILE))] * 2)

    typed = msgspec.json.decode(encoded, type=FeatureCollection)

    assert msgspec.json.encode(typed) == encoded


def test_no_hotels_are_an_empty_collection() -> None:
    """Nothing found is an answer, not an error."""
    assert json.loads(collection([])) == {"type": "FeatureCollection", "features": []}


def test_money_follows_its_currency() -> None:
    """Yen have no digits behind the point."""
    hotel = search_pb2.BookableHotel(hotel_id="1", plans=[priced_plan(12000, "JPY")])

    properties = json.loads(feature(hotel, describe(PROFILE)))["properties"]

    assert properties["price"] == {"amount": "12000", "currency": "JPY"}


def test_no_rating_is_null() -> None:
    """A hotel that is not rated says so, and not that it is the worst."""
    profile = profile_pb2.HotelProfile(hotel_id="1", name="Inn")

    assert json.loads(describe(profile))["rating"] is None


@given(st.text(), st.text())
def test_any_text_arrives_as_it_is(hotel_id: str, name: str) -> None:
    """Markup, quotes and control characters are data."""
    hotel = search_pb2.BookableHotel(hotel_id=hotel_id, plans=[priced_plan()])
    profile = profile_pb2.HotelProfile(hotel_id=hotel_id, name=name)

    found = json.loads(feature(hotel, describe(profile)))

    assert (found["id"], found["properties"]["name"]) == (hotel_id, name)
