"""The page with the map, and the files it is made of.

Which map it shows decides what the page may load: with Leaflet nothing but this server and the
tiles of OpenStreetMap, with a Google Maps key what Google's guide to its content security policy
asks for (developers.google.com/maps/documentation/javascript/content-security-policy).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request, route
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from xstatic.pkg import leaflet

from innkeeper import look
from innkeeper.hotels.frontend.assets import Asset, asset, read_folder

_HERE = Path(__file__).resolve().parent
_LEAFLET_FILES = ("leaflet.js", "leaflet.css")
_METHODS = (HttpMethod.GET, HttpMethod.HEAD)

_COMMON_POLICY = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
_LEAFLET_POLICY = (
    _COMMON_POLICY + "script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: https://tile.openstreetmap.org"
)
_GOOGLE_POLICY = Template(
    _COMMON_POLICY
    + "script-src 'nonce-$nonce' 'strict-dynamic' https: 'unsafe-eval' blob:; "
    + "style-src 'self' 'nonce-$nonce' https://fonts.googleapis.com; "
    + "connect-src 'self' https://*.googleapis.com https://*.google.com https://*.gstatic.com "
    + "data: blob:; "
    + "img-src 'self' https://*.googleapis.com https://*.gstatic.com https://*.google.com "
    + "https://*.googleusercontent.com data:; "
    + "font-src https://fonts.gstatic.com; frame-src https://*.google.com; worker-src blob:"
)
_HEADERS = {
    # OpenStreetMap and Google want to know which site asks, not which page.
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}


@dataclass(frozen=True)
class Page:
    """What the page with the map has to know."""

    google_maps_api_key: str | None = field(default=None, repr=False)
    """When set, the page shows a Google map."""
    traces_url: str | None = None
    """Base URL of the trace viewer; the page links to its `/search`."""
    registry_url: str | None = None
    """Base URL of the registry; the page links to its `/ui`."""

    def html(self, nonce: str = "") -> str:
        """The page. With a Google map every script and style sheet carries the nonce."""
        return _template().substitute(
            nonce=f' nonce="{escape(nonce)}"' if nonce else "",
            leaflet_head="" if self.google_maps_api_key else _leaflet_head(),
            links=self._links(),
            google=self._google(),
        )

    def _links(self) -> str:
        targets = [
            (self.registry_url, "/ui", "registry", "Registry"),
            (self.traces_url, "/search", "traces", "Traces"),
        ]
        return "".join(
            f'\n        <a href="{escape(url.rstrip("/") + path)}" data-text="{key}">{name}</a>'
            for url, path, key, name in targets
            if url
        )

    def _google(self) -> str:
        if not self.google_maps_api_key:
            return ""
        query = urlencode(
            {
                "key": self.google_maps_api_key,
                "callback": "showGoogleMap",
                "loading": "async",
                "v": "quarterly",
            }
        )
        source = escape(f"https://maps.googleapis.com/maps/api/js?{query}")
        return f' data-google-maps="{source}"'


def create_page_routes(page: Page) -> Sequence[HTTPRouteHandler]:
    """The handlers of the page and of all files. Unknown files raise Litestar's 404.

    Raises:
        OSError: a file that the page is made of is missing.
    """
    assets = {
        **read_folder(_HERE / "static", "/static"),
        **read_folder(look.FOLDER, "/look"),
        **read_folder(Path(leaflet.BASE_DIR), "/static/leaflet", _LEAFLET_FILES),
        # Browsers ask for it beside what is no page of ours, such as an answer of the API.
        "/favicon.ico": asset(look.ICON.read_bytes(), look.ICON.suffix),
    }
    plain = None if page.google_maps_api_key else _html(page.html())

    @route("/", http_method=_METHODS, include_in_schema=False, sync_to_thread=False)
    def index(request: Request[Any, Any, Any]) -> ASGIResponse:
        head = request.method == HttpMethod.HEAD
        if plain is not None:
            policy = {"content-security-policy": _LEAFLET_POLICY}
            return plain.response(request.headers, {**_HEADERS, **policy}, head=head)
        nonce = secrets.token_urlsafe(18)
        policy = {
            "content-security-policy": _GOOGLE_POLICY.substitute(nonce=nonce),
            # A nonce is good for one answer.
            "cache-control": "no-store",
        }
        return _html(page.html(nonce)).response(request.headers, {**_HEADERS, **policy}, head=head)

    @route(
        ["/static/{file:path}", "/look/{file:path}", "/favicon.ico"],
        http_method=_METHODS,
        include_in_schema=False,
        sync_to_thread=False,
    )
    def files(request: Request[Any, Any, Any]) -> ASGIResponse:
        found = assets.get(request.url.path)
        if found is None:
            raise NotFoundException(f"there is no file {request.url.path}")
        return found.response(request.headers, {}, head=request.method == HttpMethod.HEAD)

    return [index, files]


@cache
def _template() -> Template:
    return Template((_HERE / "page.html").read_text(encoding="utf-8"))


def _html(text: str) -> Asset:
    return asset(text.encode(), ".html")


def _leaflet_head() -> str:
    return (
        '\n    <link rel="stylesheet" href="/static/leaflet/leaflet.css">'
        '\n    <script src="/static/leaflet/leaflet.js" defer></script>'
    )
