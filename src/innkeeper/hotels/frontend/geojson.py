"""The answer of `/hotels`: a GeoJSON feature collection (RFC 7946).

A feature is written in two pieces, what never changes about a hotel in a language and what one
stay costs there, which are joined as bytes. Encoding the first piece is most of the work, and the
same for every request.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from innkeeper.hotels import money
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

MEDIA_TYPE = "application/geo+json"

Decimal = Annotated[
    str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?$", description="A decimal number, such as 189.50.")
]
Currency = Annotated[str, Meta(description="ISO 4217 code.")]


class Address(Struct, frozen=True):
    """Where letters go. What a country does not have is empty."""

    street: str
    city: str
    state: str
    postal_code: str
    country: str


class Image(Struct, frozen=True):
    """A picture of the hotel."""

    url: Annotated[str, Meta(description="Absolute, or a path on this server.")]
    alt: Annotated[str, Meta(description="What the picture shows.")]


class Description(Struct, frozen=True):
    """What is said about a hotel, whatever the stay."""

    name: str
    phone_number: str
    address: Address
    description: str
    locale: Annotated[str, Meta(description="BCP 47 tag of the language of the description.")]
    images: list[Image]
    rating: Annotated[float, Meta(ge=1, le=5, description="Of guests; null when not rated.")] | None


class RoomType(Struct, frozen=True):
    """A type of room."""

    code: str
    name: str


class Price(Struct, frozen=True):
    """An amount of money."""

    amount: Decimal
    currency: Currency


class Plan(Struct, frozen=True):
    """A way to book the hotel, and what it costs for the stay."""

    code: str
    room_type: RoomType
    max_adults: Annotated[int, Meta(description="The most adults that one room holds.")]
    currency: Currency
    total_price: Decimal
    nightly_prices: Annotated[list[Decimal], Meta(description="From the first night on.")]


Distance = Annotated[float, Meta(description="Metres from the centre.")]
Cheapest = Annotated[Price, Meta(description="Of the cheapest plan, for the whole stay.")]
Plans = Annotated[list[Plan], Meta(min_length=1, description="Cheapest first.")]


class Offer(Struct, frozen=True):
    """What one stay costs at a hotel: what Properties adds to a Description."""

    distance: Distance
    price: Cheapest
    plans: Plans


class Properties(Description, frozen=True):
    """What is said about a hotel, and what the stay costs there."""

    distance: Distance
    price: Cheapest
    plans: Plans


class Point(Struct, frozen=True):
    """Where the hotel is."""

    type: Literal["Point"]
    coordinates: Annotated[
        tuple[float, float], Meta(description="Longitude, then latitude, in degrees (WGS 84).")
    ]


class Feature(Struct, frozen=True):
    """A hotel that can be booked."""

    id: str
    type: Literal["Feature"]
    properties: Properties
    geometry: Point


class FeatureCollection(Struct, frozen=True):
    """Hotels that can be booked, nearest first."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


_encode = msgspec.json.Encoder().encode


def describe(profile: profile_pb2.HotelProfile) -> bytes:
    """Encode what does not change from request to request: a JSON object."""
    address = profile.address
    return _encode(
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


def feature(hotel: search_pb2.BookableHotel, description: bytes) -> bytes:
    """Encode a hotel with one stay's offer; `description` comes from `describe`."""
    plans = [_plan(plan) for plan in hotel.plans]
    cheapest = plans[0]
    offer = Offer(
        distance=round(hotel.distance, 1),
        price=Price(amount=cheapest.total_price, currency=cheapest.currency),
        plans=plans,
    )
    return b"".join(
        (
            b'{"id":',
            _encode(hotel.hotel_id),
            b',"type":"Feature","properties":',
            # The two objects become one: the closing and the opening brace meet as a comma.
            description[:-1],
            b",",
            _encode(offer)[1:],
            b',"geometry":',
            _encode(Point(type="Point", coordinates=(hotel.lon, hotel.lat))),
            b"}",
        )
    )


def collection(features: Iterable[bytes]) -> bytes:
    """Join encoded features to a FeatureCollection."""
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


def _plan(plan: rate_pb2.PricedPlan) -> Plan:
    currency = plan.currency
    return Plan(
        code=plan.code,
        room_type=RoomType(code=plan.room_type.code, name=plan.room_type.name),
        max_adults=plan.max_adults,
        currency=currency,
        total_price=money.to_decimal(plan.total_price, currency),
        nightly_prices=[money.to_decimal(price, currency) for price in plan.nightly_prices],
    )
