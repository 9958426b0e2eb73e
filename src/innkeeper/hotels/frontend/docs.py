"""`/openapi.json`, and `/docs`, which shows it with Swagger UI. Both work offline."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import litestar_offline_docs
import msgspec
from litestar import HttpMethod, Request, route
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from innkeeper.hotels.frontend import openapi
from innkeeper.hotels.frontend.assets import Asset, asset, read_folder
from innkeeper.hotels.frontend.reply import READ

_SWAGGER = Path(litestar_offline_docs.__file__).parent / "static"
_SWAGGER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css")

# Swagger UI sets styles on elements and draws its icons from data: URLs.
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)
_HTML = b"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Innkeeper: the API</title>
    <link rel="icon" href="/look/innkeeper.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body>
    <noscript>The API is described in <a href="/openapi.json">/openapi.json</a>.</noscript>
    <main id="api"></main>
  </body>
</html>
"""
# Without `validatorUrl: null` it would ask a server elsewhere what it thinks of the document.
_START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
});
"""


def create_docs_routes() -> Sequence[HTTPRouteHandler]:
    """The handlers of `/openapi.json`, `/docs` and what `/docs` is made of."""
    description = asset(msgspec.json.encode(openapi.document()), ".json")
    page = asset(_HTML, ".html")

    @route("/openapi.json", http_method=READ, name="openapi", sync_to_thread=False)
    def openapi_json(request: Request[Any, Any, Any]) -> ASGIResponse:
        return _respond(request, description, {})

    @route("/docs", http_method=READ, name="docs", sync_to_thread=False)
    def docs(request: Request[Any, Any, Any]) -> ASGIResponse:
        return _respond(request, page, {"content-security-policy": _POLICY})

    # In a thread: the first reader waits until three megabytes are read and packed.
    @route("/docs/{name:str}", http_method=READ, name="docs-file", sync_to_thread=True)
    def docs_file(request: Request[Any, Any, Any]) -> ASGIResponse:
        found = _files().get(request.path_params["name"])
        if found is None:
            raise NotFoundException
        return _respond(request, found, {})

    return [openapi_json, docs, docs_file]


@functools.cache
def _files() -> Mapping[str, Asset]:
    swagger = read_folder(_SWAGGER, "", _SWAGGER_FILES)
    return {
        "start.js": asset(_START, ".js"),
        **{path.removeprefix("/"): file for path, file in swagger.items()},
    }


def _respond(
    request: Request[Any, Any, Any], what: Asset, headers: Mapping[str, str]
) -> ASGIResponse:
    return what.response(request.headers, headers, head=request.method == HttpMethod.HEAD)
