"""The frontend with the project's own data behind it, in one process, on a free port."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from innkeeper.hotels.frontend.app import create_app
from innkeeper.hotels.frontend.clients import ProfileClient, SearchClient
from innkeeper.hotels.frontend.page import Page
from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.geo.store import JsonGeoStore
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.hotels.search.service import Search
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.search.v1 import search_pb2
from innkeeper.web.server import HttpServer, listen
from tests.support.fake_clients import Direct

_DATA = Path(__file__).resolve().parents[2] / "data"

TRACES_URL = "http://localhost:16686"
REGISTRY_URL = "http://localhost:8500"


class Moody:
    """Passes calls on, or fails while it has an error to raise."""

    def __init__(self, client: SearchClient, error: Exception | None = None) -> None:
        self._client = client
        self.error = error
        self.calls = 0

    async def Nearby(self, request: search_pb2.NearbyRequest) -> search_pb2.NearbyResponse:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return await self._client.Nearby(request)


class Renaming:
    """Gives one hotel another name and description."""

    def __init__(self, client: ProfileClient, hotel_id: str, name: str) -> None:
        self._client = client
        self._hotel_id = hotel_id
        self._name = name

    async def GetProfiles(
        self, request: profile_pb2.GetProfilesRequest
    ) -> profile_pb2.GetProfilesResponse:
        response = await self._client.GetProfiles(request)
        for hotel in response.hotels:
            if hotel.hotel_id == self._hotel_id:
                hotel.name = hotel.description = self._name
        return response


def real_search() -> SearchClient:
    """Search over the project's hotels."""
    geo = Geo(JsonGeoStore.load(_DATA / "geo.json"))
    exchange = Exchange.load(_DATA / "currencies.json")
    rate = Rate(JsonRateStore.load(_DATA / "rate.json"), exchange)
    return Direct(Search(Direct(geo), Direct(rate), real_profile()))


def real_profile() -> Direct:
    """Profile over the project's hotels."""
    return Direct(Profile(JsonProfileStore.load(_DATA / "profile.json")))


@asynccontextmanager
async def house(
    *,
    search: SearchClient | None = None,
    profile: ProfileClient | None = None,
    google_maps_api_key: str | None = None,
) -> AsyncIterator[str]:
    """Serve the frontend; answers its base URL."""

    async def readiness() -> Mapping[str, str | None]:
        return {}

    page = Page(google_maps_api_key, traces_url=TRACES_URL, registry_url=REGISTRY_URL)
    application = create_app(search or real_search(), profile or real_profile(), readiness, page)
    async with HttpServer(application, listen("127.0.0.1", 0), patience=0) as server:
        yield f"http://127.0.0.1:{server.port}"
