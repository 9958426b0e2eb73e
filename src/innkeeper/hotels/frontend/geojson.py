"""The answer of `/hotels`: a GeoJSON feature collection (RFC 7946).

The types are what `/openapi.json` describes; `features.py` writes what they say.
"""

import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

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

    total_price: Annotated[Decimal, Meta(description="For all rooms and the whole stay.")]
    nightly_prices: Annotated[
        list[Decimal], Meta(description="Of one room, from the first night on.")
    ]
    converted_total: Annotated[
        Decimal | UnsetType | None,
        Meta(description="In the currency asked for; null when it has no known exchange rate."),
    ] = UNSET


class Properties(Description, frozen=True):
    """What is said about a hotel, and what the stay costs there."""

    distance: Annotated[float, Meta(description="Metres from the centre.")]
    bookable: Annotated[bool, Meta(description="Whether a plan is open for the whole stay.")]
    price: Annotated[
        Price | None,
        Meta(description="Of the cheapest plan, for all rooms and the whole stay."),
    ]
    plans: Annotated[
        list[Plan],
        Meta(
            description="The cheapest, or with plans=all every one that fits, cheapest first; none"
            " when the hotel cannot be booked."
        ),
    ]
    converted_price: Annotated[
        Price | UnsetType | None,
        Meta(description="The price in the currency asked for; null without an exchange rate."),
    ] = UNSET


class Point(Struct, frozen=True):
    """Where the hotel is."""

    type: Literal["Point"]
    coordinates: Annotated[
        tuple[float, float], Meta(description="Longitude, then latitude, in degrees (WGS 84).")
    ]


class Feature(Struct, frozen=True):
    """A hotel."""

    id: str
    type: Literal["Feature"]
    properties: Properties
    geometry: Point


class Ranked(Struct, frozen=True):
    """What was ranked: with sort=price, sort=rating or q, not more than 500 hotels are."""

    candidates: Annotated[int, Meta(description="How many hotels were ranked.")]
    complete: Annotated[bool, Meta(description="Whether no other could have been in the answer.")]


class Conversion(Struct, frozen=True):
    """What amounts were converted at."""

    currency: Currency
    date: Annotated[datetime.date, Meta(description="The day that the exchange rates are of.")]


class FeatureCollection(Struct, frozen=True):
    """Hotels in the order asked for."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    ranked: Ranked | UnsetType = UNSET
    conversion: Conversion | UnsetType = UNSET
    next: Annotated[
        str | UnsetType,
        Meta(description="Address of the next page; not there on the last one."),
    ] = UNSET
