"""The HTTP API: one application made of the routes beside this file, and a shortcut to one."""

from collections.abc import Callable

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.types import ASGIApp

from innkeeper.hotels.frontend.clients import ProfileClient, Readiness, SearchClient
from innkeeper.hotels.frontend.descriptions import Descriptions, KeptDescriptions, Source
from innkeeper.hotels.frontend.docs import create_docs_routes
from innkeeper.hotels.frontend.health import create_health_routes
from innkeeper.hotels.frontend.hotels import Hotels, create_hotels_route
from innkeeper.hotels.frontend.page import Page, create_page_routes
from innkeeper.hotels.frontend.problems import HANDLERS
from innkeeper.hotels.frontend.schemas import create_schema_routes
from innkeeper.hotels.frontend.shortcut import Shortcut

_CORS = CORSConfig(
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    expose_headers=["Link", "Retry-After", "Server-Timing"],
)


def create_app(
    search: SearchClient,
    profile: ProfileClient,
    readiness: Readiness,
    page: Page,
    *,
    profile_cache_seconds: float = 0,
    watched: Callable[[], bool] = lambda: False,
) -> ASGIApp:
    """The application; it holds no resources, and starts and stops nothing.

    What Profile says about a hotel is kept for `profile_cache_seconds`; with 0 it is always asked,
    and so it is for a request of which `watched` is true.
    """
    descriptions: Source = Descriptions(profile)
    if profile_cache_seconds > 0:
        descriptions = KeptDescriptions(descriptions, profile_cache_seconds, watched=watched)
    hotels = Hotels(search, descriptions)
    litestar = Litestar(
        route_handlers=[
            create_hotels_route(hotels),
            *create_health_routes(readiness),
            *create_docs_routes(),
            *create_page_routes(page),
            *create_schema_routes(),
        ],
        exception_handlers=HANDLERS,
        cors_config=_CORS,
        # The document is made by hand, of types that Litestar does not see: see openapi.py.
        openapi_config=None,
        logging_config=None,
    )
    return Shortcut(hotels, litestar)
