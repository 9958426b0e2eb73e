"""A hotel as Profile knows it."""

from collections.abc import Sequence
from typing import NamedTuple

from innkeeper.hotels.profile.texts import Texts


class Address(NamedTuple):
    """Where letters go. What a country does not have is empty."""

    street: str
    city: str
    state: str
    postal_code: str
    country: str


class Image(NamedTuple):
    """A picture of the hotel."""

    url: str
    """Absolute, or a path on the frontend."""
    alt: Texts
    """What the image shows, for those who cannot see it."""


class Hotel(NamedTuple):
    """A hotel and what is said about it."""

    hotel_id: str
    name: str
    phone_number: str
    address: Address
    description: Texts
    images: Sequence[Image]
    rating: float | None
    """Of guests, from 1 to 5."""
