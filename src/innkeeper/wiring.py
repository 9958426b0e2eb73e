"""The one place that knows both hotels and sockets: a table with one row per service.

A service of your own is a folder beside `hotels/geo`, a proto, and a row here.
"""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from innkeeper.host.options import ServeOptions
from innkeeper.host.service import Channels, Edge, Readiness, Service
from innkeeper.launcher.roles import Role
from innkeeper.settings import (
    OTLP_GRPC_PORT,
    OTLP_HTTP_PORT,
    REGISTRY_PORT,
    TRACES_PORT,
    Settings,
    default_data,
)

# Each row imports what it needs when it is built, so that a process loads only what it hosts.


async def _geo(settings: Settings, channels: Channels, stack: AsyncExitStack) -> object:
    from innkeeper.hotels.catalogue.serving import serving
    from innkeeper.hotels.catalogue.stores import open_geo
    from innkeeper.hotels.geo.service import Geo

    store = await stack.enter_async_context(serving(open_geo, settings.data_of("geo"), "geo.json"))
    return Geo(store)


def _add_geo(servicer: Any, server: Any) -> None:
    from innkeeper.pb.geo.v1.geo_pb2_grpc import add_GeoServicer_to_server

    add_GeoServicer_to_server(servicer, server)


async def _rate(settings: Settings, channels: Channels, stack: AsyncExitStack) -> object:
    from innkeeper.hotels.catalogue.serving import serving, serving_exchange
    from innkeeper.hotels.catalogue.stores import open_rate
    from innkeeper.hotels.rate.service import Rate

    store = await stack.enter_async_context(
        serving(open_rate, settings.data_of("rate"), "rate.json")
    )
    exchange = stack.enter_context(serving_exchange(settings.data_of("rate"), default_data()))
    return Rate(store, exchange)


def _add_rate(servicer: Any, server: Any) -> None:
    from innkeeper.pb.rate.v1.rate_pb2_grpc import add_RateServicer_to_server

    add_RateServicer_to_server(servicer, server)


async def _profile(settings: Settings, channels: Channels, stack: AsyncExitStack) -> object:
    from innkeeper.hotels.catalogue.serving import serving
    from innkeeper.hotels.catalogue.stores import open_profile
    from innkeeper.hotels.profile.service import Profile

    store = await stack.enter_async_context(
        serving(open_profile, settings.data_of("profile"), "profile.json")
    )
    return Profile(store)


def _add_profile(servicer: Any, server: Any) -> None:
    from innkeeper.pb.profile.v1.profile_pb2_grpc import add_ProfileServicer_to_server

    add_ProfileServicer_to_server(servicer, server)


async def _search(settings: Settings, channels: Channels, stack: AsyncExitStack) -> object:
    from innkeeper.hotels.search.service import Search
    from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoStub
    from innkeeper.pb.profile.v1.profile_pb2_grpc import ProfileStub
    from innkeeper.pb.rate.v1.rate_pb2_grpc import RateStub

    return Search(
        geo=GeoStub(channels["geo"]),
        rate=RateStub(channels["rate"]),
        profile=ProfileStub(channels["profile"]),
    )


def _add_search(servicer: Any, server: Any) -> None:
    from innkeeper.pb.search.v1.search_pb2_grpc import add_SearchServicer_to_server

    add_SearchServicer_to_server(servicer, server)


def _frontend(settings: Settings, channels: Channels, readiness: Readiness) -> object:
    from innkeeper.host.followed import Followed
    from innkeeper.hotels.frontend.app import create_app
    from innkeeper.hotels.frontend.page import Page
    from innkeeper.pb.profile.v1.profile_pb2_grpc import ProfileStub
    from innkeeper.pb.search.v1.search_pb2_grpc import SearchStub

    return create_app(
        search=SearchStub(channels["search"]),
        profile=ProfileStub(channels["profile"]),
        readiness=readiness,
        page=Page(
            google_maps_api_key=settings.frontend.google_maps_api_key,
            traces_url=settings.tracing.traces_url,
            registry_url=settings.registry.url,
        ),
        profile_cache_seconds=settings.frontend.profile_cache_seconds,
        watched=Followed(settings.tracing),
    )


SERVICES: Final = (
    Service("geo", 8081, calls=(), build=_geo, add=_add_geo),
    Service("rate", 8082, calls=(), build=_rate, add=_add_rate),
    Service("profile", 8083, calls=(), build=_profile, add=_add_profile),
    Service("search", 8084, calls=("geo", "rate", "profile"), build=_search, add=_add_search),
)

EDGE: Final = Edge(
    "frontend",
    5000,
    calls=("search", "profile"),
    build=_frontend,
    routes=("/hotels",),
)


_SOURCE: Final = Path(__file__).resolve().parent
# What every service runs on: its change restarts all of them.
_RUNTIME: Final = (
    *(_SOURCE / room for room in ("host", "metrics", "pb", "registry", "rpc", "tracing")),
    *(_SOURCE / name for name in ("errors.py", "logs.py", "settings.py", "wiring.py")),
    *(
        _SOURCE / "hotels" / name
        for name in (
            "catalogue",
            "faults.py",
            "flatfile.py",
            "money.py",
            "reload.py",
            "postgres",
            "sqlitefile.py",
            "sqliteschema.py",
            "stay.py",
        )
    ),
)


def _service_role(service: Service) -> Role:
    return Role(
        service.name,
        ports={service.name: service.port},
        sources=(_SOURCE / "hotels" / service.name, *_RUNTIME),
    )


ROLES: Final = (
    Role(
        "registry",
        ports={"registry": REGISTRY_PORT},
        infrastructure=True,
        sources=(_SOURCE / "embedded" / "registry", _SOURCE / "look"),
        pages={"Registry": "/ui"},
    ),
    Role(
        "traces",
        ports={"traces": TRACES_PORT, "otlp-grpc": OTLP_GRPC_PORT, "otlp-http": OTLP_HTTP_PORT},
        infrastructure=True,
        sources=(_SOURCE / "embedded" / "traces", _SOURCE / "look"),
        pages={"Traces": "/search"},
    ),
    *(_service_role(service) for service in SERVICES),
    Role(
        EDGE.name,
        ports={EDGE.name: EDGE.port},
        handed=True,
        sources=(_SOURCE / "hotels" / "frontend", _SOURCE / "look", _SOURCE / "web", *_RUNTIME),
        pages={"Map": "/", "API documentation": "/docs"},
        example="/hotels?inDate=2015-04-09&outDate=2015-04-10",
    ),
)


def serve(options: ServeOptions, settings: Settings) -> None:
    """Host the roles that `options` name until told to stop.

    Raises:
        CannotStart: with one line that says what to do.
    """
    from innkeeper.host.run import run

    run(options, settings, SERVICES, EDGE)
