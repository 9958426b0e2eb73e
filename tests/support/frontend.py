"""A frontend over clients of the test's choice, and an HTTP client to ask it with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from innkeeper.hotels.frontend.app import create_app
from innkeeper.hotels.frontend.clients import ProfileClient, SearchClient
from innkeeper.hotels.frontend.page import Page
from tests.support.fake_clients import FakeProfile, FakeSearch

NAMES = {"5": "Phoenix Hotel", "3": "Hotel Zetta"}
"""The hotels that the fakes know."""


@asynccontextmanager
async def frontend(
    search: SearchClient | None = None,
    profile: ProfileClient | None = None,
    services: Mapping[str, str | None] | None = None,
    *,
    profile_cache_seconds: float = 0,
) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a frontend over these clients, or over fakes; `services` is what readiness says."""

    async def readiness() -> Mapping[str, str | None]:
        return services or {"search": None, "profile": None}

    app = create_app(
        search or FakeSearch(list(NAMES)),
        profile or FakeProfile(NAMES),
        readiness,
        Page(),
        profile_cache_seconds=profile_cache_seconds,
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://innkeeper") as client:
        yield client
