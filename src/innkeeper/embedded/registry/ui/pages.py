"""Serves the pages: one shell for all addresses, whose script shows what the address names."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import quote

from aiohttp import web

from innkeeper import look
from innkeeper.embedded.registry.api.dispatch import redirect

_SITE = Path(__file__).with_name("site")
_SHELL = _SITE / "index.html"
_TITLE = "Registry"
_VIEWS = ("services", "nodes", "kv")
_HEADERS = {
    # Nothing from elsewhere and nothing inline: what somebody registers can only ever be text.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def add_pages(application: web.Application, datacenter: str, others: Mapping[str, str]) -> None:
    """Add the pages, their modules and the shared look. They link to `others`, URLs by title."""
    pages = _Pages(datacenter, others)
    router = application.router
    router.add_get("/", pages.to_ui)
    router.add_get("/ui", pages.to_ui)
    router.add_static("/ui/assets", _SITE / "assets")
    router.add_static("/look", look.FOLDER)
    router.add_get("/favicon.ico", _icon)
    router.add_get("/ui/{path:(?s:.*)}", pages.page)
    application.on_response_prepare.append(_add_headers)


class _Pages:
    def __init__(self, datacenter: str, others: Mapping[str, str]) -> None:
        shell = Template(_SHELL.read_text(encoding="utf-8"))
        self._shell = shell.substitute(others=look.links(others, _TITLE))
        self._services = f"/ui/{quote(datacenter, safe='')}/services"

    async def to_ui(self, request: web.Request) -> web.StreamResponse:
        return redirect(301, "/ui/")

    async def page(self, request: web.Request) -> web.StreamResponse:
        parts = [part for part in request.match_info["path"].split("/") if part]
        if len(parts) < 2:
            return redirect(302, self._services)
        # The shell says in words that there is no such page; the status says it to scripts.
        status = 200 if parts[1] in _VIEWS else 404
        return web.Response(text=self._shell, content_type="text/html", status=status)


async def _icon(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(look.ICON)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith(("/ui", "/look", "/favicon.ico")):
        response.headers.update(_HEADERS)
