"""Clients of the services that answer from memory and remember what they were asked."""

from collections.abc import Collection, Mapping, Sequence

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
        return geo_pb2.NearbyResponse(
            hotels=[
                geo_pb2.NearbyHotel(hotel_id=hotel_id, lat=1.5, lon=2.5, distance=100.0 * index)
                for index, hotel_id in enumerate(self.hotel_ids[: request.limit])
            ]
        )


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
        return rate_pb2.GetRatesResponse(
            hotels=[
                rate_pb2.HotelRates(hotel_id=hotel_id, plans=[priced_plan()])
                for hotel_id in request.hotel_ids
                if hotel_id in self.bookable
            ]
        )


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
        return search_pb2.NearbyResponse(
            hotels=[
                search_pb2.BookableHotel(
                    hotel_id=hotel_id,
                    lat=1.5,
                    lon=2.5,
                    distance=100.0 * index,
                    plans=[priced_plan()],
                )
                for index, hotel_id in enumerate(self.hotel_ids[: request.limit])
            ]
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


class Direct:
    """Calls services as a stub does, without anything in between."""

    def __init__(self, service: Geo | Rate | Profile | Search) -> None:
        self._service = service

    async def Nearby(self, request):
        return await self._service.Nearby(request, None)

    async def GetRates(self, request):
        return await self._service.GetRates(request, None)

    async def GetProfiles(self, request):
        return await self._service.GetProfiles(request, None)


def priced_plan(
    total: int = 18950, currency: str = "USD", nights: Sequence[int] = ()
) -> rate_pb2.PricedPlan:
    """A plan that costs `total` minor units."""
    return rate_pb2.PricedPlan(
        code="FLEX",
        room_type=rate_pb2.RoomType(code="KNG", name="King room"),
        max_adults=2,
        currency=currency,
        nightly_prices=nights or [total],
        total_price=total,
    )
