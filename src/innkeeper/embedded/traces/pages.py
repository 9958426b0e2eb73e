"""The pages for people: fixed files in one frame, which ask the API for what they show."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from aiohttp import web

from innkeeper import look

_TITLE = "Traces"
_FOLDER = Path(__file__).with_name("site")


@dataclass(frozen=True)
class _Page:
    """One page: its file in the folder, and what the frame says about it."""

    path: str
    name: str
    title: str
    content: str
    """What the page is there for, in the words of a link that leads past its head."""

    def html(self, others: Mapping[str, str]) -> str:
        """The page in its frame, with links to `others`, URLs by title."""
        frame = Template((_FOLDER / "frame.html").read_text())
        current = {f"at_{other.name}": "" for other in _PAGES}
        current[f"at_{self.name}"] = ' aria-current="page"'
        main = (_FOLDER / f"{self.name}.html").read_text()
        return frame.substitute(
            current,
            title=self.title,
            name=self.name,
            content=self.content,
            main=main.rstrip(),
            others=look.links(others, _TITLE),
        )


_PAGES = (
    _Page("/search", "search", "Traces", "traces"),
    _Page("/trace/{trace_id}", "trace", "Trace", "timeline"),
    _Page("/dependencies", "dependencies", "Dependencies", "calls"),
)
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


def add_pages(application: web.Application, others: Mapping[str, str]) -> None:
    """Add the pages, which link to `others`, URLs by title, with their modules and the shared look,
    and put the headers on every answer."""
    application.router.add_get("/", _to_search)
    for page in _PAGES:
        application.router.add_get(page.path, _serve(page.html(others)))
    application.router.add_static("/assets", _FOLDER / "assets")
    application.router.add_static("/look", look.FOLDER)
    application.router.add_get("/favicon.ico", _icon)
    application.on_response_prepare.append(_add_headers)


def _serve(html: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    return serve


async def _icon(request: web.Request) -> web.FileResponse:
    return web.FileResponse(look.ICON)


async def _to_search(request: web.Request) -> web.Response:
    raise web.HTTPFound("/search")


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
