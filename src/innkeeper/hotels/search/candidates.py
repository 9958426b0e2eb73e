"""The hotels that may be in an answer, in its order, as they are asked for.

Where they come from is one of these, each of which takes no more than is needed of the next:

    Around, Inside    geo's, nearest first, page by page
    WellRated         those of another that guests rate well enough, as profile says
    Listed            known already, in whatever order
"""

from collections.abc import Mapping
from typing import Protocol

from innkeeper.hotels.search.clients import GeoClient
from innkeeper.hotels.search.places import rows
from innkeeper.hotels.search.words import Words
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.search.v1 import search_pb2


class Candidates(Protocol):
    """Hotels in the order of the answer, each once."""

    @property
    def exhausted(self) -> bool:
        """Whether all have been taken. True only after the last was."""

    async def take(self, count: int) -> geo_pb2.Places:
        """The next hotels, at most `count`. Fewer, even none, does not say that it is the end."""

    def cursor(self, places: geo_pb2.Places, position: int) -> search_pb2.Cursor:
        """The rank of a hotel that was taken."""

    def end(self) -> search_pb2.Cursor:
        """The rank up to which all have been looked at."""


class _Nearest:
    """Pages of geo's, nearest first."""

    def __init__(self, geo: GeoClient, request: search_pb2.NearbyRequest) -> None:
        self._geo = geo
        self._request = request
        self._last: geo_pb2.Places | None = None
        self.exhausted = False

    async def take(self, count: int) -> geo_pb2.Places:
        places = await self._ask(count)
        self.exhausted = len(places.hotel_ids) < count
        self._last = places
        return places

    def cursor(self, places: geo_pb2.Places, position: int) -> search_pb2.Cursor:
        return search_pb2.Cursor(
            distance=places.distances[position], hotel_id=places.hotel_ids[position]
        )

    def end(self) -> search_pb2.Cursor:
        assert self._last is not None, "nothing was taken"
        return self.cursor(self._last, -1)

    def _after(self) -> geo_pb2.Position | None:
        """Where the last page ended, this request's or that of the one before."""
        if self._last is not None:
            return geo_pb2.Position(
                distance=self._last.distances[-1], hotel_id=self._last.hotel_ids[-1]
            )
        if self._request.HasField("after"):
            after = self._request.after
            return geo_pb2.Position(distance=after.distance, hotel_id=after.hotel_id)
        return None

    async def _ask(self, count: int) -> geo_pb2.Places:
        raise NotImplementedError


class Around(_Nearest):
    """The hotels in the circle of a request."""

    async def _ask(self, count: int) -> geo_pb2.Places:
        request = self._request
        response = await self._geo.Nearby(
            geo_pb2.NearbyRequest(
                lat=request.lat,
                lon=request.lon,
                radius=request.radius,
                limit=count,
                after=self._after(),
            )
        )
        return response.places


class Inside(_Nearest):
    """The hotels in the box of a request."""

    async def _ask(self, count: int) -> geo_pb2.Places:
        response = await self._geo.Within(
            geo_pb2.WithinRequest(box=self._request.box, limit=count, after=self._after())
        )
        return response.places


class WellRated:
    """Those of some candidates that guests rate as well as a request says."""

    def __init__(
        self, candidates: Candidates, words: Words, request: search_pb2.NearbyRequest
    ) -> None:
        self._candidates = candidates
        self._words = words
        self._request = request

    @property
    def exhausted(self) -> bool:
        return self._candidates.exhausted

    async def take(self, count: int) -> geo_pb2.Places:
        places = await self._candidates.take(count)
        return (await self._words.among(places, self._request)).places

    def cursor(self, places: geo_pb2.Places, position: int) -> search_pb2.Cursor:
        return self._candidates.cursor(places, position)

    def end(self) -> search_pb2.Cursor:
        return self._candidates.end()


class Listed:
    """Places that are known, ranked by the guests' rating where ratings are given."""

    def __init__(
        self,
        places: geo_pb2.Places,
        after: search_pb2.Cursor | None,
        ratings: Mapping[str, float] | None = None,
    ) -> None:
        """Take places that come nearest first, ties by id."""
        self._ratings = ratings or {}
        ranks = [
            (-self._ratings.get(hotel_id, 0.0), distance, hotel_id, position)
            for position, (distance, hotel_id) in enumerate(
                zip(places.distances[:], places.hotel_ids[:], strict=True)
            )
        ]
        if after is not None:
            first = (-after.rating, after.distance, after.hotel_id)
            ranks = [rank for rank in ranks if rank[:3] > first]
        if ratings is not None:
            ranks.sort()
        self._places = rows(places, [rank[3] for rank in ranks])
        self._taken = 0

    @property
    def exhausted(self) -> bool:
        return self._taken >= len(self._places.hotel_ids)

    async def take(self, count: int) -> geo_pb2.Places:
        first = self._taken
        self._taken = min(first + count, len(self._places.hotel_ids))
        return rows(self._places, range(first, self._taken))

    def cursor(self, places: geo_pb2.Places, position: int) -> search_pb2.Cursor:
        hotel_id = places.hotel_ids[position]
        return search_pb2.Cursor(
            distance=places.distances[position],
            hotel_id=hotel_id,
            rating=self._ratings.get(hotel_id, 0.0),
        )

    def end(self) -> search_pb2.Cursor:
        return self.cursor(self._places, self._taken - 1)


def in_place(geo: GeoClient, request: search_pb2.NearbyRequest) -> Candidates:
    """The hotels in the place that a request names, nearest first."""
    return Inside(geo, request) if request.HasField("box") else Around(geo, request)
