"""Hotels that match words and ratings, as profile knows them.

Two questions together find the hotels of a place that match words: which match best anywhere, and
which of the nearest ones match. Rare words are found by the first wherever they are, common ones by
the second. When either saw all there is, so did both.
"""

from collections.abc import Mapping
from typing import NamedTuple

from innkeeper.hotels.search.clients import GeoClient, ProfileClient
from innkeeper.hotels.search.places import merged, select
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2


class Matches(NamedTuple):
    """Hotels that match."""

    places: geo_pb2.Places
    """Nearest first, ties by id."""
    ratings: Mapping[str, float]
    """Guests' rating, by hotel; 0 for none."""
    complete: bool
    """Whether there are no others."""


class Words:
    """Finds hotels by the words and the rating of a request."""

    def __init__(self, geo: GeoClient, profile: ProfileClient, most: int) -> None:
        """Look at no more than `most` hotels with each question."""
        self._geo = geo
        self._profile = profile
        self._most = most

    async def anywhere(self, request: search_pb2.NearbyRequest) -> Matches:
        """The best matches on earth, as seen from the best of all."""
        return await self._best(request, geo_pb2.LocateRequest())

    async def in_place(
        self, request: search_pb2.NearbyRequest, nearest: geo_pb2.Places, seen_all: bool
    ) -> Matches:
        """The matches in the place of the request, the nearest hotels of which are known."""
        area = geo_pb2.LocateRequest()
        if request.HasField("box"):
            area.box.CopyFrom(request.box)
        else:
            area.circle.lat, area.circle.lon = request.lat, request.lon
            area.circle.radius = request.radius
        if seen_all:
            return await self.among(nearest, request)
        near = await self.among(nearest, request)
        best = await self._best(request, area)
        return Matches(
            merged(best.places, near.places), {**best.ratings, **near.ratings}, best.complete
        )

    async def among(self, places: geo_pb2.Places, request: search_pb2.NearbyRequest) -> Matches:
        """Those of some hotels that match."""
        if not places.hotel_ids:
            return Matches(places, {}, True)
        found = await self._profile.Find(
            profile_pb2.FindRequest(
                q=request.q,
                min_rating=request.min_rating,
                hotel_ids=places.hotel_ids,
                limit=len(places.hotel_ids),
            )
        )
        ratings = _ratings(found)
        matching = [hotel_id for hotel_id in places.hotel_ids[:] if hotel_id in ratings]
        return Matches(select(places, matching), ratings, True)

    async def _best(
        self, request: search_pb2.NearbyRequest, area: geo_pb2.LocateRequest
    ) -> Matches:
        found = await self._profile.Find(
            profile_pb2.FindRequest(q=request.q, min_rating=request.min_rating, limit=self._most)
        )
        complete = len(found.hotel_ids) < self._most
        if not found.hotel_ids:
            return Matches(geo_pb2.Places(), {}, complete)
        area.hotel_ids.extend(found.hotel_ids)
        located = await self._geo.Locate(area)
        return Matches(located.places, _ratings(found), complete)


def _ratings(found: profile_pb2.FindResponse) -> dict[str, float]:
    return dict(zip(found.hotel_ids[:], found.ratings[:], strict=True))
