"""The pages for people: fixed files, which ask the API for what they show."""

from pathlib import Path

from aiohttp import web

from innkeeper import look

_FOLDER = Path(__file__).with_name("site")
_PAGES = {
    "/search": "search.html",
    "/trace/{trace_id}": "trace.html",
    "/dependencies": "dependencies.html",
}
_HEADERS = {
    # Nothing from elsewhere and nothing inline: what a span says can only ever be text.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def add_pages(application: web.Application) -> None:
    """Add the pages, their modules and the shared look, and put the headers on every answer."""
    application.router.add_get("/", _to_search)
    for path, name in _PAGES.items():
        application.router.add_get(path, _Page(_FOLDER / name).serve)
    application.router.add_static("/assets", _FOLDER / "assets")
    application.router.add_static("/look", look.FOLDER)
    application.on_response_prepare.append(_add_headers)


class _Page:
    def __init__(self, file: Path) -> None:
        self._file = file

    async def serve(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(self._file)


async def _to_search(request: web.Request) -> web.Response:
    raise web.HTTPFound("/search")


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
