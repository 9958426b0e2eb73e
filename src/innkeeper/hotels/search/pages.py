"""One page of an answer: as many hotels as are wanted, with their plans."""

from innkeeper.hotels.search.candidates import Candidates
from innkeeper.hotels.search.clients import RateClient
from innkeeper.hotels.search.places import select
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

MOST_TAKEN = 1000
"""Hotels that are asked for at once."""
MOST_EXAMINED = 2000
"""Hotels that are looked at for one page; what comes after them is another page's."""


class Page:
    """A page that Rate fills.

    Hotels may be closed for the stay, or not as wished. So one more is taken than is wanted, which
    says whether there is a page after this one, and twice as many each time that Rate leaves too
    few of them. Rate is asked about each hotel once.
    """

    def __init__(self, rate: RateClient, request: search_pb2.NearbyRequest) -> None:
        self._rate = rate
        self._request = request
        self._response = search_pb2.NearbyResponse()
        self._missing = request.limit

    async def fill(self, candidates: Candidates) -> search_pb2.NearbyResponse:
        """Answer the first hotels that can be booked, or of all those when the request says so."""
        count, examined = self._request.limit + 1, 0
        while True:
            places = await candidates.take(count)
            hotel_ids = places.hotel_ids[:]
            if hotel_ids:
                answered = await self._add(places, hotel_ids)
                if not self._missing:
                    if not candidates.exhausted or answered != hotel_ids[-1]:
                        end = candidates.cursor(places, hotel_ids.index(answered))
                        self._response.next.CopyFrom(end)
                    return self._response
            if candidates.exhausted:
                return self._response
            examined += count
            if examined >= MOST_EXAMINED:
                self._response.next.CopyFrom(candidates.end())
                return self._response
            count = min(2 * count, MOST_TAKEN)

    async def fill_with_cheapest(self, places: geo_pb2.Places) -> search_pb2.NearbyResponse:
        """Answer the cheapest of some hotels, which come nearest first."""
        hotel_ids = places.hotel_ids[:]
        if not hotel_ids:
            return self._response
        request = self._ask(hotel_ids, self._request.limit)
        request.order = rate_pb2.CHEAPEST_FIRST
        if self._request.HasField("after"):
            after = self._request.after
            request.after.total = after.total
            request.after.passed = _passed(places, after)
        found = await self._rate.GetRates(request)
        response = self._response
        response.places.CopyFrom(select(places, found.plans.hotel_ids[:]))
        response.plans.CopyFrom(found.plans)
        if found.HasField("conversion"):
            response.conversion.CopyFrom(found.conversion)
        if found.HasField("last"):
            response.next.total = found.last.total
            response.next.distance = response.places.distances[-1]
            response.next.hotel_id = response.places.hotel_ids[-1]
        return response

    async def _add(self, places: geo_pb2.Places, hotel_ids: list[str]) -> str:
        """Add what can be booked of the hotels; answers the last one that was needed for it."""
        response, everything = self._response, self._request.unbookable_too
        if everything:
            hotel_ids = hotel_ids[: self._missing]
        found = await self._rate.GetRates(self._ask(hotel_ids, self._missing))
        plans = found.plans
        if found.HasField("conversion"):
            response.conversion.CopyFrom(found.conversion)
        # Rate answers no hotel that it was not asked about. So as many as it was asked about are
        # the same, and need not be looked at.
        all_of_them = everything or len(plans.hotel_ids) == len(hotel_ids)
        answered = hotel_ids if all_of_them else plans.hotel_ids[:]
        if not answered:
            return ""
        self._missing -= len(answered)
        rows = places if len(answered) == len(places.hotel_ids) else select(places, answered)
        if response.HasField("places"):
            response.places.MergeFrom(rows)
            response.plans.MergeFrom(plans)
        else:
            # Mostly one question is enough, and to copy is cheaper than to add to nothing.
            response.places.CopyFrom(rows)
            response.plans.CopyFrom(plans)
        return answered[-1]

    def _ask(self, hotel_ids: list[str], limit: int) -> rate_pb2.GetRatesRequest:
        asked = self._request
        request = rate_pb2.GetRatesRequest(
            hotel_ids=hotel_ids, limit=limit, cheapest_only=asked.cheapest_only
        )
        request.stay.CopyFrom(asked.stay)
        if asked.HasField("wishes"):
            request.wishes.CopyFrom(asked.wishes)
        return request


def _passed(places: geo_pb2.Places, after: search_pb2.Cursor) -> int:
    """How many of the hotels come no later than the cursor's, nearest first."""
    last = (after.distance, after.hotel_id)
    ranks = zip(places.distances[:], places.hotel_ids[:], strict=True)
    return sum(rank <= last for rank in ranks)
