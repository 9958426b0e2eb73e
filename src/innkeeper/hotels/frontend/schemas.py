"""`/schemas/`: the JSON Schemas of the flat files, for editors and for those who write files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from typing import Any

import msgspec
from litestar import HttpMethod, Request, route
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from innkeeper.hotels.frontend.assets import Asset, asset
from innkeeper.hotels.frontend.reply import READ

MEDIA_TYPE = "application/schema+json"

_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "style-src 'self'; img-src 'self'"
)
_INDEX = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Innkeeper: schemas of the flat files</title>
    <link rel="icon" href="/look/innkeeper.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/look/look.css">
  </head>
  <body>
    <header class="masthead">
      <a class="brand" href="/"><img src="/look/innkeeper.svg" alt="" width="28" height="28">
        <span>Innkeeper</span></a>
      <nav aria-label="Pages"><a href="/">Map</a> <a href="/docs">API</a></nav>
    </header>
    <main class="page">
      <h1>Schemas of the flat files</h1>
      <p>JSON Schema 2020-12. Name the address in a file's <code>$schema</code>, and editors check
        it while you write. <code>innkeeper data validate FOLDER</code> checks all files, and how
        they fit together.</p>
      <ul>{items}
      </ul>
    </main>
  </body>
</html>
"""


def create_schema_routes() -> Sequence[HTTPRouteHandler]:
    """The handlers of `/schemas/` and the files that it lists. Others raise Litestar's 404."""

    # In a thread: for the first reader they are still to be made.
    @route("/schemas", http_method=READ, name="schemas", sync_to_thread=True)
    def index(request: Request[Any, Any, Any]) -> ASGIResponse:
        return _respond(request, _page(), {"content-security-policy": _POLICY})

    @route("/schemas/{name:str}", http_method=READ, name="schema", sync_to_thread=True)
    def schema(request: Request[Any, Any, Any]) -> ASGIResponse:
        found = _files().get(request.path_params["name"])
        if found is None:
            raise NotFoundException
        return _respond(request, found, {})

    return [index, schema]


@cache
def _texts() -> Mapping[str, str]:
    # Late: only who asks for them needs the types of all services.
    from innkeeper.hotels.schemas import schemas

    return schemas()


@cache
def _files() -> Mapping[str, Asset]:
    return {
        name: replace(asset(text.encode(), ".json"), media_type=MEDIA_TYPE)
        for name, text in _texts().items()
    }


@cache
def _page() -> Asset:
    items = "".join(
        f'\n        <li><a href="/schemas/{name}">{name}</a>:'
        f" {escape(msgspec.json.decode(text)['title'])}</li>"
        for name, text in _texts().items()
    )
    return asset(_INDEX.replace("{items}", items).encode(), ".html")


def _respond(
    request: Request[Any, Any, Any], what: Asset, headers: Mapping[str, str]
) -> ASGIResponse:
    return what.response(request.headers, headers, head=request.method == HttpMethod.HEAD)
