"""The HTTP API: one application made of the routes beside this file."""

from litestar import Litestar
from litestar.config.cors import CORSConfig

from innkeeper.hotels.frontend.clients import ProfileClient, Readiness, SearchClient
from innkeeper.hotels.frontend.docs import create_docs_routes
from innkeeper.hotels.frontend.health import create_health_routes
from innkeeper.hotels.frontend.hotels import create_hotels_route
from innkeeper.hotels.frontend.page import Page, create_page_routes
from innkeeper.hotels.frontend.problems import HANDLERS

_CORS = CORSConfig(
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    expose_headers=["Link", "Retry-After", "Server-Timing"],
)


def create_app(
    search: SearchClient, profile: ProfileClient, readiness: Readiness, page: Page
) -> Litestar:
    """The application; it holds no resources, and starts and stops nothing."""
    return Litestar(
        route_handlers=[
            create_hotels_route(search, profile),
            *create_health_routes(readiness),
            *create_docs_routes(),
            *create_page_routes(page),
        ],
        exception_handlers=HANDLERS,
        cors_config=_CORS,
        # The document is made by hand, of types that Litestar does not see: see openapi.py.
        openapi_config=None,
        logging_config=None,
    )
