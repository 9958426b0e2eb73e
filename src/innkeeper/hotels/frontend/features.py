"""Writes the features of `geojson.py`.

Most of what is said about a hotel or a plan is the same for every stay. It is encoded once and
kept as bytes, between which the figures of a stay are put: encoding all of it for each request
would be most of the work that a request makes in all services.
"""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from innkeeper.hotels.frontend.amounts import amounts
from innkeeper.hotels.frontend.geojson import (
    Address,
    Description,
    Image,
    Point,
    RoomType,
    Terms,
)
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

PLACES_KEPT = 10_000
TERMS_KEPT = 10_000

_encode = msgspec.json.Encoder().encode


def describe(profile: profile_pb2.HotelProfile) -> bytes:
    """Encode the beginning of a feature, which tells what does not change with the stay."""
    address = profile.address
    description = _encode(
        Description(
            name=profile.name,
            phone_number=profile.phone_number,
            address=Address(
                street=address.street,
                city=address.city,
                state=address.state,
                postal_code=address.postal_code,
                country=address.country,
            ),
            description=profile.description,
            locale=profile.locale,
            images=[Image(url=image.url, alt=image.alt) for image in profile.images],
            rating=profile.rating or None,
        )
    )
    return b'{"id":%b,"type":"Feature","properties":%b' % (
        _encode(profile.hotel_id),
        _open(description),
    )


def feature(hotel: search_pb2.BookableHotel, beginning: bytes) -> bytes:
    """Encode a hotel with what the stay costs; `beginning` comes from `describe`."""
    plans = list(hotel.plans)
    cheapest = plans[0]
    currency = amounts(cheapest.currency)
    return b'%b"distance":%.1f,"price":{"amount":%b,"currency":%b},"plans":[%b]},"geometry":%b}' % (
        beginning,
        hotel.distance,
        currency[cheapest.total_price],
        currency.code,
        b",".join(map(_plan, plans)),
        _point(hotel.lon, hotel.lat),
    )


def collection(features: Iterable[bytes]) -> bytes:
    """Join encoded features to a FeatureCollection."""
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


def _plan(plan: rate_pb2.PricedPlan) -> bytes:
    room, currency = plan.room_type, plan.currency
    terms = _terms(plan.code, room.code, room.name, plan.max_adults, currency)
    decimal = amounts(currency)
    return b'%b"total_price":%b,"nightly_prices":[%b]}' % (
        terms,
        decimal[plan.total_price],
        # A slice is a list, which is read faster than the field itself.
        b",".join([decimal[price] for price in plan.nightly_prices[:]]),
    )


@lru_cache(TERMS_KEPT)
def _terms(code: str, room_code: str, room_name: str, max_adults: int, currency: str) -> bytes:
    """Encode the beginning of a plan, which tells what is the same for every stay."""
    return _open(
        _encode(
            Terms(
                code=code,
                room_type=RoomType(code=room_code, name=room_name),
                max_adults=max_adults,
                currency=currency,
            )
        )
    )


@lru_cache(PLACES_KEPT)
def _point(lon: float, lat: float) -> bytes:
    return _encode(Point(type="Point", coordinates=(lon, lat)))


def _open(encoded: bytes) -> bytes:
    """The JSON object up to where further members can be put."""
    return encoded[:-1] + b","
