import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.frontend.features import collection, describe
from innkeeper.hotels.frontend.geojson import FeatureCollection
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2
from tests.support.fake_clients import Plan, places, plan_table

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
PLACE = geo_pb2.Places(hotel_ids=["5"], lats=[37.7831], lons=[-122.4181], distances=[918.9299])
FOUND = search_pb2.NearbyResponse(
    places=PLACE,
    plans=plan_table({"5": [Plan(nights=[18950, 19050]), Plan(nights=[25000, 25000])]}),
)


def written(found: search_pb2.NearbyResponse, *profiles: profile_pb2.HotelProfile) -> list[Any]:
    """The features of an answer, read again."""
    beginnings = {profile.hotel_id: describe(profile) for profile in profiles}
    in_order = [beginnings.get(hotel_id) for hotel_id in found.places.hotel_ids]
    return json.loads(collection(found, in_order))["features"]


def test_a_feature_says_what_the_original_said_and_more() -> None:
    """Id, name, phone number and coordinates are where they have always been."""
    found = json.loads(collection(FOUND, [describe(PROFILE)]))

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
        "bookable": True,
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
                "nightly_prices": ["250.00", "250.00"],
            },
        ],
    }


def test_what_is_written_is_what_the_types_say() -> None:
    """The pieces joined as bytes are the same as the documented type encoded in one."""
    hotels = {"5": [Plan()], "3": [Plan(code="B"), Plan(code="C")]}
    found = search_pb2.NearbyResponse(places=places(list(hotels)), plans=plan_table(hotels))
    encoded = collection(found, [describe(PROFILE)] * len(hotels))

    typed = msgspec.json.decode(encoded, type=FeatureCollection)

    assert msgspec.json.encode(typed) == encoded


def test_no_hotels_are_an_empty_collection() -> None:
    """Nothing found is an answer, not an error."""
    assert json.loads(collection(search_pb2.NearbyResponse(), [])) == {
        "type": "FeatureCollection",
        "features": [],
    }


def test_money_follows_its_currency() -> None:
    """Yen have no digits behind the point, and each hotel has its own currency."""
    plans = plan_table({"1": [Plan(nights=[12000])]}, "JPY")
    plans.MergeFrom(plan_table({"2": [Plan(nights=[12000]), Plan(nights=[13000])]}))
    plans.MergeFrom(plan_table({"3": [Plan(nights=[14000])]}, "JPY"))
    found = search_pb2.NearbyResponse(places=places(["1", "2", "3"]), plans=plans)

    hotels = written(found, *(profile_pb2.HotelProfile(hotel_id=id) for id in "123"))

    assert [hotel["properties"]["price"] for hotel in hotels] == [
        {"amount": "12000", "currency": "JPY"},
        {"amount": "120.00", "currency": "USD"},
        {"amount": "14000", "currency": "JPY"},
    ]
    assert [
        [plan["nightly_prices"] for plan in hotel["properties"]["plans"]] for hotel in hotels
    ] == [[["12000"]], [["120.00"], ["130.00"]], [["14000"]]]


def test_each_hotel_keeps_its_plans_when_another_is_left_out() -> None:
    """A hotel without a description is not there; the others are as they were."""
    hotels = {id: [Plan(nights=[price, price])] for id, price in (("1", 1), ("2", 2), ("3", 3))}
    found = search_pb2.NearbyResponse(places=places(list(hotels)), plans=plan_table(hotels))

    features = written(
        found, profile_pb2.HotelProfile(hotel_id="1"), profile_pb2.HotelProfile(hotel_id="3")
    )

    assert [
        (hotel["id"], hotel["properties"]["distance"], hotel["properties"]["price"]["amount"])
        for hotel in features
    ] == [("1", 0, "0.02"), ("3", 200, "0.06")]


def test_plans_that_differ_in_one_word_are_told_apart() -> None:
    """What is kept of a plan's words is used for the same words alone."""
    words = [
        ("FLEX", "KNG", "King room", 2),
        ("SAVER", "KNG", "King room", 2),
        ("FLEX", "QNQ", "King room", 2),
        ("FLEX", "KNG", "Room with two queen beds", 2),
        ("FLEX", "KNG", "King room", 4),
    ]
    plans = plan_table({"5": [Plan(*plan) for plan in words]})

    (hotel,) = written(search_pb2.NearbyResponse(places=PLACE, plans=plans), PROFILE)

    assert [
        (plan["code"], plan["room_type"]["code"], plan["room_type"]["name"], plan["max_adults"])
        for plan in hotel["properties"]["plans"]
    ] == words


def test_no_rating_is_null() -> None:
    """A hotel that is not rated says so, and not that it is the worst."""
    (hotel,) = written(FOUND, profile_pb2.HotelProfile(hotel_id="5", name="Inn"))

    assert hotel["properties"]["rating"] is None


@given(st.text(), st.text(), st.text())
def test_any_text_arrives_as_it_is(hotel_id: str, name: str, currency: str) -> None:
    """Markup, quotes and control characters are data."""
    found = search_pb2.NearbyResponse(
        places=places([hotel_id]), plans=plan_table({hotel_id: [Plan(code=name)]}, currency)
    )

    (hotel,) = written(found, profile_pb2.HotelProfile(hotel_id=hotel_id, name=name))

    assert (hotel["id"], hotel["properties"]["name"]) == (hotel_id, name)
    assert hotel["properties"]["price"]["currency"] == currency
    assert hotel["properties"]["plans"][0]["code"] == name


@given(st.floats(0, 2.1e7, allow_nan=False), st.floats(-90, 90), st.floats(-180, 180))
def test_any_place_arrives_as_it_is(distance: float, lat: float, lon: float) -> None:
    """Distances are told to a tenth of a metre, coordinates to the last digit."""
    place = geo_pb2.Places(hotel_ids=["5"], lats=[lat], lons=[lon], distances=[distance])
    found = search_pb2.NearbyResponse(places=place, plans=plan_table({"5": [Plan()]}))

    (hotel,) = written(found, PROFILE)

    assert hotel["properties"]["distance"] == round(distance, 1)
    assert hotel["geometry"]["coordinates"] == [lon, lat]
