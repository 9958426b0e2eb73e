"""The answer of `/hotels`: a GeoJSON feature collection (RFC 7946).

The types are what `/openapi.json` describes; `features.py` writes what they say.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

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


class Terms(Struct, frozen=True):
    """A way to book the hotel, whatever the stay."""

    code: str
    room_type: RoomType
    max_adults: Annotated[int, Meta(description="The most adults that one room holds.")]
    currency: Currency


class Plan(Terms, frozen=True):
    """A way to book the hotel, and what it costs for the stay."""

    total_price: Decimal
    nightly_prices: Annotated[list[Decimal], Meta(description="From the first night on.")]


class Properties(Description, frozen=True):
    """What is said about a hotel, and what the stay costs there."""

    distance: Annotated[float, Meta(description="Metres from the centre.")]
    price: Annotated[Price, Meta(description="Of the cheapest plan, for the whole stay.")]
    plans: Annotated[list[Plan], Meta(min_length=1, description="Cheapest first.")]


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
