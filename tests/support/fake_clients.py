"""Clients of the services that answer from memory and remember what they were asked."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.search.service import Search
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2


class FakeGeo:
    """Answers the same hotels for every point, as many as asked for."""

    def __init__(self, hotel_ids: Sequence[str]) -> None:
        self.hotel_ids = list(hotel_ids)
        self.requests: list[geo_pb2.NearbyRequest] = []

    async def Nearby(self, request: geo_pb2.NearbyRequest) -> geo_pb2.NearbyResponse:
        self.requests.append(request)
        return geo_pb2.NearbyResponse(places=self._page(request))

    async def Within(self, request: geo_pb2.WithinRequest) -> geo_pb2.WithinResponse:
        self.requests.append(request)
        return geo_pb2.WithinResponse(places=self._page(request))

    async def Locate(self, request: geo_pb2.LocateRequest) -> geo_pb2.LocateResponse:
        self.requests.append(request)
        known = places(self.hotel_ids)
        table = geo_pb2.Places()
        for position, hotel_id in enumerate(self.hotel_ids):
            if hotel_id in request.hotel_ids:
                table.MergeFrom(row(known, position))
        return geo_pb2.LocateResponse(places=table)

    def _page(self, request: geo_pb2.NearbyRequest | geo_pb2.WithinRequest) -> geo_pb2.Places:
        first = 0
        if request.HasField("after"):
            first = 1 + round(request.after.distance / 100)
        known, table = places(self.hotel_ids), geo_pb2.Places()
        for position in range(first, min(first + request.limit, len(self.hotel_ids))):
            table.MergeFrom(row(known, position))
        return table


class FakeRate:
    """Answers one plan for each bookable hotel."""

    def __init__(self, bookable: Collection[str]) -> None:
        self.bookable = bookable
        self.requests: list[rate_pb2.GetRatesRequest] = []

    @property
    def asked(self) -> list[str]:
        """The hotels asked for, over all requests."""
        return [hotel_id for request in self.requests for hotel_id in request.hotel_ids]

    async def GetRates(self, request: rate_pb2.GetRatesRequest) -> rate_pb2.GetRatesResponse:
        self.requests.append(request)
        bookable = [hotel_id for hotel_id in request.hotel_ids if hotel_id in self.bookable]
        answered = bookable[: request.limit or None]
        return rate_pb2.GetRatesResponse(plans=plan_table(dict.fromkeys(answered, (Plan(),))))


class FakeSearch:
    """Answers the same bookable hotels for every point and stay, or raises."""

    def __init__(self, hotel_ids: Sequence[str] = (), error: Exception | None = None) -> None:
        self.hotel_ids = hotel_ids
        self.error = error
        self.requests: list[search_pb2.NearbyRequest] = []

    async def Nearby(self, request: search_pb2.NearbyRequest) -> search_pb2.NearbyResponse:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        hotel_ids = self.hotel_ids[: request.limit]
        return search_pb2.NearbyResponse(
            places=places(hotel_ids), plans=plan_table(dict.fromkeys(hotel_ids, (Plan(),)))
        )


class FakeProfile:
    """Describes hotels by their names."""

    def __init__(self, names: Mapping[str, str], error: Exception | None = None) -> None:
        self.names = names
        self.error = error
        self.requests: list[profile_pb2.GetProfilesRequest] = []

    async def GetProfiles(
        self, request: profile_pb2.GetProfilesRequest
    ) -> profile_pb2.GetProfilesResponse:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return profile_pb2.GetProfilesResponse(
            hotels=[
                profile_pb2.HotelProfile(
                    hotel_id=hotel_id, name=self.names[hotel_id], phone_number="1", locale="en"
                )
                for hotel_id in request.hotel_ids
                if hotel_id in self.names
            ]
        )


class FakeRatings:
    """Finds hotels by ratings, and by words that are the beginning of their id."""

    def __init__(self, ratings: Mapping[str, float]) -> None:
        self.ratings = ratings
        self.requests: list[profile_pb2.FindRequest] = []

    async def Find(self, request: profile_pb2.FindRequest) -> profile_pb2.FindResponse:
        self.requests.append(request)
        found = [
            hotel_id
            for hotel_id in request.hotel_ids or sorted(self.ratings)
            if self.ratings[hotel_id] >= request.min_rating and hotel_id.startswith(request.q)
        ][: request.limit]
        return profile_pb2.FindResponse(
            hotel_ids=found, ratings=[self.ratings[hotel_id] for hotel_id in found]
        )


class Direct:
    """Calls services as a stub does, without anything in between, and remembers the requests."""

    def __init__(self, service: Geo | Rate | Profile | Search) -> None:
        self._service = service
        self.requests: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._service, name)

        async def call(request: Any) -> Any:
            self.requests.append(request)
            return await method(request, None)

        return call


class Plan(NamedTuple):
    """A rate plan with the prices of its nights, in minor units."""

    code: str = "FLEX"
    room_code: str = "KNG"
    room_name: str = "King room"
    max_adults: int = 2
    nights: Sequence[int] = (18950,)


def plan_table(hotels: Mapping[str, Sequence[Plan]], currency: str = "USD") -> rate_pb2.PlanTable:
    """What rate answers of hotels that have these plans."""
    plans = [plan for plans in hotels.values() for plan in plans]
    return rate_pb2.PlanTable(
        hotel_ids=list(hotels),
        plan_counts=[len(plans) for plans in hotels.values()],
        plans=[priced_plan(plan, currency) for plan in plans],
    )


def priced_plan(plan: Plan, currency: str = "USD") -> bytes:
    """A plan for a stay, as a table of plans has it."""
    terms = rate_pb2.Terms(
        code=plan.code,
        room_code=plan.room_code,
        room_name=plan.room_name,
        max_adults=plan.max_adults,
        currency=currency,
    )
    priced = rate_pb2.PricedPlan(
        terms=terms.SerializeToString(), total_price=sum(plan.nights), nightly_prices=plan.nights
    )
    return priced.SerializeToString()


def told(table: rate_pb2.PlanTable) -> list[tuple[Plan, str, int]]:
    """The plans of a table with their currencies and totals."""
    plans = []
    for priced in map(rate_pb2.PricedPlan.FromString, table.plans):
        terms = rate_pb2.Terms.FromString(priced.terms)
        nights = tuple(priced.nightly_prices)
        plan = Plan(terms.code, terms.room_code, terms.room_name, terms.max_adults, nights)
        plans.append((plan, terms.currency, priced.total_price))
    return plans


def codes(table: rate_pb2.PlanTable) -> list[str]:
    """The codes of the plans of a table."""
    return [plan.code for plan, _, _ in told(table)]


def row(table: geo_pb2.Places, position: int) -> geo_pb2.Places:
    """One place of a table."""
    return geo_pb2.Places(
        hotel_ids=[table.hotel_ids[position]],
        lats=[table.lats[position]],
        lons=[table.lons[position]],
        distances=[table.distances[position]],
    )


def places(hotel_ids: Sequence[str]) -> geo_pb2.Places:
    """Hotels at one place, each 100 m farther away than the one before."""
    return geo_pb2.Places(
        hotel_ids=hotel_ids,
        lats=[1.5] * len(hotel_ids),
        lons=[2.5] * len(hotel_ids),
        distances=[100.0 * index for index in range(len(hotel_ids))],
    )
