"""Writes the features of `geojson.py`.

Most of what is said about a hotel or a plan is the same for every stay. It is encoded once and
kept as bytes, between which the figures of a stay are put: encoding all of it for each request
would be most of the work that a request makes in all services.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, compress

import msgspec

from innkeeper.hotels.frontend.geojson import (
    Address,
    Description,
    Image,
    Point,
    Ranked,
)
from innkeeper.hotels.frontend.plans import NOT_BOOKABLE, offers
from innkeeper.hotels.memo import Memo
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2

PLACES_KEPT = 10_000
PROFILES_KEPT = 1000

_encode = msgspec.json.Encoder().encode


def describe(profile: profile_pb2.HotelProfile) -> bytes:
    """Encode the beginning of a feature, up to its distance: what does not change with the stay."""
    # Known again by its bytes, which takes a tenth of encoding it anew.
    return _described(profile.SerializeToString())


@lru_cache(PROFILES_KEPT)
def _described(encoded: bytes) -> bytes:
    profile = profile_pb2.HotelProfile.FromString(encoded)
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
        description[:-1] + b',"distance":',
    )


def collection(
    found: search_pb2.NearbyResponse, beginnings: Sequence[bytes | None], next_page: str = ""
) -> bytes:
    """Encode the hotels found as a FeatureCollection.

    `beginnings` come from `describe`; a hotel that has None for it is left out. `next_page` is the
    address of what comes after them.
    """
    places = found.places
    # One text that is split is written faster than many.
    distances = (b"%.1f " * len(beginnings) % tuple(places.distances[:])).split()
    ends = map(_ends.__getitem__, zip(places.lons[:], places.lats[:], strict=True))
    columns: Sequence[Iterable[bytes]] = (distances, _offers(found), ends)
    known = [beginning for beginning in beginnings if beginning is not None]
    if len(known) < len(beginnings):
        is_known = [beginning is not None for beginning in beginnings]
        columns = [compress(column, is_known) for column in columns]
    features = zip(known, *columns, strict=True)
    # Pieces that are joined once: texts made of texts would be copied at each level.
    pieces = [b'{"type":"FeatureCollection","features":[', *chain.from_iterable(features)]
    if len(pieces) > 1:
        # The last feature has no comma behind it.
        pieces[-1] = pieces[-1][:-1]
    pieces += (b"]", _members(found, next_page), b"}")
    return b"".join(pieces)


def _offers(found: search_pb2.NearbyResponse) -> Iterable[bytes]:
    """What each of the hotels offers, those included that cannot be booked."""
    places, plans = found.places, found.plans
    written = offers(plans, found.conversion.currency)
    if len(plans.hotel_ids) == len(places.hotel_ids):
        return written
    by_id = dict(zip(plans.hotel_ids[:], written, strict=True))
    return [by_id.get(hotel_id, NOT_BOOKABLE) for hotel_id in places.hotel_ids[:]]


def _members(found: search_pb2.NearbyResponse, next_page: str) -> bytes:
    """The members of the collection beside its features."""
    members = b""
    if found.HasField("ranking"):
        ranking = found.ranking
        ranked = Ranked(candidates=ranking.candidates, complete=ranking.complete)
        members += b',"ranked":%b' % _encode(ranked)
    if found.HasField("conversion"):
        members += b',"conversion":{"currency":%b,"date":%b}' % (
            _encode(found.conversion.currency),
            _encode(found.conversion.date),
        )
    if next_page:
        members += b',"next":%b' % _encode(next_page)
    return members


def _end(coordinates: tuple[float, float]) -> bytes:
    """The end of a feature, and the comma before the next, by longitude and latitude."""
    return b'},"geometry":%b},' % _encode(Point(type="Point", coordinates=coordinates))


_ends = Memo(_end, PLACES_KEPT)
