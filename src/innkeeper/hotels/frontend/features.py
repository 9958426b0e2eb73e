"""Writes the features of `geojson.py`.

Most of what is said about a hotel or a plan is the same for every stay. It is encoded once and
kept as bytes, between which the figures of a stay are put: encoding all of it for each request
would be most of the work that a request makes in all services.
"""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from innkeeper.hotels.frontend.geojson import (
    Address,
    Description,
    Image,
    Point,
)
from innkeeper.hotels.frontend.plans import offers
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2

PLACES_KEPT = 10_000

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
        description[:-1] + b",",
    )


def collection(found: search_pb2.NearbyResponse, beginnings: Mapping[str, bytes]) -> bytes:
    """Encode the hotels found as a FeatureCollection.

    `beginnings` come from `describe`, by id; hotels without one are left out.
    """
    places = found.places
    features = [
        b'%b"distance":%.1f,%b},"geometry":%b}' % (beginning, distance, offer, _point(lon, lat))
        for hotel_id, distance, lon, lat, offer in zip(
            places.hotel_ids[:],
            places.distances[:],
            places.lons[:],
            places.lats[:],
            offers(found.plans),
            strict=True,
        )
        if (beginning := beginnings.get(hotel_id)) is not None
    ]
    return b'{"type":"FeatureCollection","features":[%b]}' % b",".join(features)


@lru_cache(PLACES_KEPT)
def _point(lon: float, lat: float) -> bytes:
    return _encode(Point(type="Point", coordinates=(lon, lat)))
