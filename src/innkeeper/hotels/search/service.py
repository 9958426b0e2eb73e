"""The Search service: what can be booked in a place for a stay."""

from innkeeper.errors import BadInput
from innkeeper.hotels.search.candidates import Candidates, Listed, WellRated, in_place
from innkeeper.hotels.search.clients import GeoClient, ProfileClient, RateClient
from innkeeper.hotels.search.pages import Page
from innkeeper.hotels.search.places import rows
from innkeeper.hotels.search.words import Matches, Words
from innkeeper.hotels.stay import Stay
from innkeeper.pb.search.v1 import search_pb2

MOST_WANTED = 1000
"""Hotels in an answer."""
MOST_RANKED = 500
"""Hotels that are ranked by price, by rating or by how well they match words."""


class Search:
    """Answers what `search.proto` promises by asking Geo, then Rate.

    Profile is asked only for words and ratings.
    """

    def __init__(self, geo: GeoClient, rate: RateClient, profile: ProfileClient) -> None:
        self._geo = geo
        self._rate = rate
        self._words = Words(geo, profile, MOST_RANKED)

    async def Nearby(
        self, request: search_pb2.NearbyRequest, context: object
    ) -> search_pb2.NearbyResponse:
        """The hotels that have a plan for the whole stay, in the order asked for.

        Raises:
            BadInput: the place, the limit, the stay or a wish is impossible.
        """
        _check(request)
        page = Page(self._rate, request)
        if not request.q and request.order == search_pb2.NEAREST_FIRST:
            return await page.fill(self._nearest(request))
        matches = await self._ranked(request)
        if request.order == search_pb2.CHEAPEST_FIRST:
            response = await page.fill_with_cheapest(matches.places)
        else:
            by_rating = request.order == search_pb2.BEST_RATED_FIRST
            after = request.after if request.HasField("after") else None
            ratings = matches.ratings if by_rating else None
            response = await page.fill(Listed(matches.places, after, ratings))
        response.ranking.candidates = len(matches.places.hotel_ids)
        response.ranking.complete = matches.complete
        return response

    def _nearest(self, request: search_pb2.NearbyRequest) -> Candidates:
        candidates = in_place(self._geo, request)
        if request.min_rating:
            return WellRated(candidates, self._words, request)
        return candidates

    async def _ranked(self, request: search_pb2.NearbyRequest) -> Matches:
        """The hotels to be ranked: of those that match, the nearest."""
        if request.q and not request.radius and not request.HasField("box"):
            return await self._words.anywhere(request)
        # The same for every page.
        first = search_pb2.NearbyRequest()
        first.CopyFrom(request)
        first.ClearField("after")
        candidates = in_place(self._geo, first)
        places = await candidates.take(MOST_RANKED)
        if request.q:
            return _nearest(
                await self._words.in_place(request, places, seen_all=candidates.exhausted)
            )
        if request.min_rating or request.order == search_pb2.BEST_RATED_FIRST:
            matches = await self._words.among(places, request)
            return matches._replace(complete=candidates.exhausted)
        return Matches(places, {}, candidates.exhausted)


def _nearest(matches: Matches) -> Matches:
    """At most as many as are ranked."""
    if len(matches.places.hotel_ids) <= MOST_RANKED:
        return matches
    return Matches(rows(matches.places, range(MOST_RANKED)), matches.ratings, complete=False)


def _check(request: search_pb2.NearbyRequest) -> None:
    """Check what Geo, Rate and Profile do not: they may not be asked at all.

    Raises:
        BadInput: the limit, the stay or the combination is impossible.
    """
    Stay.from_message(request.stay)
    if not 1 <= request.limit <= MOST_WANTED:
        raise BadInput("limit", f"a whole number from 1 to {MOST_WANTED}")
    if request.unbookable_too and request.order == search_pb2.CHEAPEST_FIRST:
        raise BadInput("unbookable_too", "left out: what has no price cannot be ranked by it")
