import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.frontend.features import collection, describe, feature
from innkeeper.hotels.frontend.geojson import FeatureCollection
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
    plans = [priced_plan(12000, "JPY"), priced_plan(12000, "USD")]
    hotel = search_pb2.BookableHotel(hotel_id="1", plans=plans)

    properties = json.loads(feature(hotel, describe(PROFILE)))["properties"]

    assert properties["price"] == {"amount": "12000", "currency": "JPY"}
    assert [plan["total_price"] for plan in properties["plans"]] == ["12000", "120.00"]


def test_plans_that_differ_in_one_word_are_told_apart() -> None:
    """What is kept of a plan's words is used for the same words alone."""
    plans = [priced_plan() for _ in range(5)]
    plans[1].code = "SAVER"
    plans[2].room_type.code = "QNQ"
    plans[3].room_type.name = "Room with two queen beds"
    plans[4].max_adults = 4
    hotel = search_pb2.BookableHotel(hotel_id="1", plans=plans)

    written = json.loads(feature(hotel, describe(PROFILE)))["properties"]["plans"]

    assert [
        (plan["code"], plan["room_type"]["code"], plan["room_type"]["name"], plan["max_adults"])
        for plan in written
    ] == [
        ("FLEX", "KNG", "King room", 2),
        ("SAVER", "KNG", "King room", 2),
        ("FLEX", "QNQ", "King room", 2),
        ("FLEX", "KNG", "Room with two queen beds", 2),
        ("FLEX", "KNG", "King room", 4),
    ]


def test_no_rating_is_null() -> None:
    """A hotel that is not rated says so, and not that it is the worst."""
    profile = profile_pb2.HotelProfile(hotel_id="1", name="Inn")

    assert json.loads(feature(HOTEL, describe(profile)))["properties"]["rating"] is None


@given(st.text(), st.text(), st.text())
def test_any_text_arrives_as_it_is(hotel_id: str, name: str, currency: str) -> None:
    """Markup, quotes and control characters are data."""
    hotel = search_pb2.BookableHotel(hotel_id=hotel_id, plans=[priced_plan(currency=currency)])
    hotel.plans[0].code = name
    profile = profile_pb2.HotelProfile(hotel_id=hotel_id, name=name)

    found = json.loads(feature(hotel, describe(profile)))

    assert (found["id"], found["properties"]["name"]) == (hotel_id, name)
    assert found["properties"]["price"]["currency"] == currency
    assert found["properties"]["plans"][0]["code"] == name


@given(st.floats(0, 2.1e7, allow_nan=False), st.floats(-90, 90), st.floats(-180, 180))
def test_any_place_arrives_as_it_is(distance: float, lat: float, lon: float) -> None:
    """Distances are told to a tenth of a metre, coordinates to the last digit."""
    hotel = search_pb2.BookableHotel(
        hotel_id="1", lat=lat, lon=lon, distance=distance, plans=[priced_plan()]
    )

    found = json.loads(feature(hotel, describe(PROFILE)))

    assert found["properties"]["distance"] == round(distance, 1)
    assert found["geometry"]["coordinates"] == [lon, lat]
