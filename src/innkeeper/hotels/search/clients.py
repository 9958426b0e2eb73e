"""What Search asks of other services. Generated stubs fit, and so do fakes."""

from collections.abc import Awaitable
from typing import Protocol

from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2


class GeoClient(Protocol):
    """Calls Geo."""

    def Nearby(self, request: geo_pb2.NearbyRequest, /) -> Awaitable[geo_pb2.NearbyResponse]:
        """The hotels around a point, nearest first, ties by id."""

    def Within(self, request: geo_pb2.WithinRequest, /) -> Awaitable[geo_pb2.WithinResponse]:
        """The hotels in a box, those nearest to its middle first, ties by id."""

    def Locate(self, request: geo_pb2.LocateRequest, /) -> Awaitable[geo_pb2.LocateResponse]:
        """Where those of the hotels are that are known and in the area, nearest first."""


class RateClient(Protocol):
    """Calls Rate."""

    def GetRates(
        self, request: rate_pb2.GetRatesRequest, /
    ) -> Awaitable[rate_pb2.GetRatesResponse]:
        """The bookable plans of those of the hotels that have any."""


class ProfileClient(Protocol):
    """Calls Profile."""

    def Find(self, request: profile_pb2.FindRequest, /) -> Awaitable[profile_pb2.FindResponse]:
        """The hotels that match words and ratings."""
