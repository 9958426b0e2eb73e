"""What the frontend asks of other services. Generated stubs fit, and so do fakes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2

Readiness = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Answers by name of each needed service None when it can answer, else why it cannot."""


class SearchClient(Protocol):
    """Calls Search."""

    def Nearby(self, request: search_pb2.NearbyRequest, /) -> Awaitable[search_pb2.NearbyResponse]:
        """The bookable hotels around a point, nearest first."""


class ProfileClient(Protocol):
    """Calls Profile."""

    def GetProfiles(
        self, request: profile_pb2.GetProfilesRequest, /
    ) -> Awaitable[profile_pb2.GetProfilesResponse]:
        """The hotels that are known, in the order asked for."""
