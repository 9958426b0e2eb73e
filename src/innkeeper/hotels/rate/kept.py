"""Rate plans as databases keep them: per hotel one text, a JSON array in minor units."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.plan import RatePlan

_decoder = msgspec.json.Decoder(list[RatePlan])
# Hotels; some 9 KB each. A city of a million has as many.
_KEPT = 8192

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(plans: Sequence[RatePlan]) -> str:
    """The text that a hotel's plans are kept as; equal plans give equal texts."""
    return _encoder.encode(plans).decode()


@lru_cache(_KEPT)
def decode(text: str) -> HotelPlans:
    """The plans of such a text. Plans that are asked for often are kept with what they worked out;
    a text that changed is another one, so that none of them is ever stale."""
    return HotelPlans(_decoder.decode(text))


def in_order(hotel_ids: Iterable[str], texts: Mapping[str, str]) -> Mapping[str, HotelPlans]:
    """The plans of those of the hotels that have a text, in that order."""
    return {hotel_id: decode(texts[hotel_id]) for hotel_id in hotel_ids if hotel_id in texts}
