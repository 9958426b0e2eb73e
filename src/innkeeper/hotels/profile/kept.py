"""Hotels as databases keep them: each as a text, its record of `profile.json`."""

from functools import lru_cache
from typing import Any

import msgspec

from innkeeper.hotels.profile.hotel import Address, Hotel, Image
from innkeeper.hotels.profile.records import HotelRecord
from innkeeper.hotels.profile.texts import Texts

# Hotels; some 4 KB each.
_KEPT = 8192

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(record: HotelRecord) -> str:
    """The text that a hotel is kept as; equal records give equal texts."""
    return _encoder.encode(record).decode()


@lru_cache(_KEPT)
def decode(text: str) -> Hotel:
    """The hotel of such a text, which was checked when it was written. Those that are asked for
    often are kept; a text that changed is another one, so that none of them is ever stale."""
    record: dict[str, Any] = msgspec.json.decode(text)
    default = record["default_locale"]
    return Hotel(
        hotel_id=record["hotel_id"],
        name=record["name"],
        phone_number=record["phone_number"],
        address=Address(**record["address"]),
        description=Texts(record["description"], default),
        images=tuple(
            Image(image["url"], Texts(image["alt"], default)) for image in record["images"]
        ),
        rating=record["rating"],
    )
