"""The page's answers: which files there are, and what they may load."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from innkeeper.hotels.frontend.app import create_app
from innkeeper.hotels.frontend.page import Page
from tests.support.fake_clients import FakeProfile, FakeSearch


@asynccontextmanager
async def serving(page: Page) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a frontend that has this page."""

    async def readiness() -> dict[str, str | None]:
        return {}

    app = create_app(FakeSearch(), FakeProfile({}), readiness, page)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://innkeeper") as client:
        yield client


def directives(response: httpx.Response) -> dict[str, list[str]]:
    """The answer's Content-Security-Policy by directive."""
    policy = response.headers["content-security-policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


async def test_page_is_html_that_nobody_may_frame(client: httpx.AsyncClient) -> None:
    """The page is HTML, and its headers keep it from being framed, sniffed or tracked."""
    response = await client.get("/")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert directives(response)["frame-ancestors"] == ["'none'"]


async def test_leaflet_page_loads_from_here_and_openstreetmap_alone(
    client: httpx.AsyncClient,
) -> None:
    """Without a key the policy names this server and the tiles, nothing inline and no eval."""
    policy = directives(await client.get("/"))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:", "https://tile.openstreetmap.org"]


async def test_google_page_may_load_what_google_needs() -> None:
    """With a key the policy names Google's hosts, and each answer has a nonce of its own."""
    async with serving(Page("key")) as client:
        first, second = await client.get("/"), await client.get("/")

    policy = directives(first)
    nonce = policy["script-src"][0].removeprefix("'nonce-").removesuffix("'")
    assert len(nonce) >= 22
    assert nonce not in second.text
    assert first.headers["cache-control"] == "no-store"
    for tag in re.findall(r"<(?:script|link rel=\"stylesheet\")[^>]*>", first.text):
        assert f'nonce="{nonce}"' in tag
    assert "https://*.googleapis.com" in policy["connect-src"]
    assert "openstreetmap" not in first.headers["content-security-policy"]
    assert "leaflet" not in first.text


async def test_key_cannot_break_out_of_the_page() -> None:
    """A key with quotes and markup stays inside its attribute, and inside its parameter."""
    async with serving(Page('"><script>alert(1)</script>&callback=evil')) as client:
        page = (await client.get("/")).text

    [source] = re.findall(r'data-google-maps="([^"]*)"', page)
    assert "alert(1)" not in page
    assert "key=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26callback%3Devil&amp;" in source
    assert source.count("callback=") == 1


async def test_addresses_in_the_header_are_escaped() -> None:
    """Registry and traces are linked where they are; their addresses cannot add markup."""
    page = Page(None, traces_url='http://t/"><b>', registry_url="http://localhost:8500/")
    async with serving(page) as client:
        html = (await client.get("/")).text

    assert 'href="http://localhost:8500/ui"' in html
    assert 'href="http://t/&quot;&gt;&lt;b&gt;/search"' in html


async def test_unknown_addresses_are_not_linked(client: httpx.AsyncClient) -> None:
    """A page that was told no registry and no traces links to neither."""
    html = (await client.get("/")).text

    assert "/ui" not in html
    assert "/search" not in html


def test_key_is_not_shown() -> None:
    """The representation of a page, which may get into a log, keeps the key out."""
    assert "secret" not in repr(Page("secret"))


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/static/page.js", "text/javascript; charset=utf-8"),
        ("/static/page.css", "text/css; charset=utf-8"),
        ("/static/basemap/san-francisco.json", "application/json"),
        ("/static/leaflet/leaflet.js", "text/javascript; charset=utf-8"),
        ("/static/leaflet/leaflet.css", "text/css; charset=utf-8"),
        ("/look/look.css", "text/css; charset=utf-8"),
        ("/look/innkeeper.svg", "image/svg+xml"),
        *((f"/static/hotels/facade-{number}.svg", "image/svg+xml") for number in range(1, 5)),
    ],
)
async def test_files_have_their_types(
    client: httpx.AsyncClient, path: str, media_type: str
) -> None:
    """Each file that the page or the data refers to is there, with its type."""
    response = await client.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content


async def test_every_file_that_the_page_names_is_there(client: httpx.AsyncClient) -> None:
    """Scripts, style sheets and icons of the page, and the modules they import, are served."""
    page = (await client.get("/")).text
    paths = set(re.findall(r'(?:src|href)="(/(?:static|look)/[^"]+)"', page))
    script = (await client.get("/static/page.js")).text
    paths |= {f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', script)}

    assert len(paths) > 10
    for path in paths:
        assert (await client.get(path)).status_code == 200, path


async def test_files_are_not_sent_twice(client: httpx.AsyncClient) -> None:
    """A reader that has a file is told so; one that has another version gets the file."""
    etag = (await client.get("/static/page.js")).headers["etag"]
    known = await client.get("/static/page.js", headers={"if-none-match": f'"other", {etag}'})
    other = await client.get("/static/page.js", headers={"if-none-match": '"other"'})

    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == etag
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "gzip"), ("br;q=1, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None)],
)
async def test_text_is_packed_for_those_who_take_it(
    client: httpx.AsyncClient, accepted: str, coding: str | None
) -> None:
    """Scripts go out in gzip only to readers that accept it, and say what they depend on."""
    response = await client.get("/static/leaflet/leaflet.js", headers={"accept-encoding": accepted})

    assert response.headers.get("content-encoding") == coding
    assert response.headers["vary"] == "accept-encoding"
    assert "Leaflet" in response.text


@pytest.mark.parametrize("path", ["/static/page.js", "/look/look.css"])
async def test_head_answers_files_without_body(client: httpx.AsyncClient, path: str) -> None:
    """HEAD of a file has the headers of GET."""
    get, head = await client.get(path), await client.head(path)

    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.js",
        "/static/",
        "/static",
        "/look/__init__.py",
        "/static/leaflet/leaflet-src.js",
        "/static/../page.py",
        "/static/..%2fpage.py",
        "/static/%2e%2e/page.html",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2ferrors.py",
        "/static//etc/passwd",
        "/static/hotels/..%5c..%5cpage.py",
        "/static/page.js%00",
        "/look/..%2ferrors.py",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    """Paths that are no file of the page are 404 problems, however they are written."""
    # httpx tidies a path before it is sent; a raw target reaches the application as it stands.
    request = client.build_request("GET", "http://innkeeper/")
    request.url = httpx.URL("http://innkeeper/").copy_with(raw_path=path.encode())
    response = await client.send(request)

    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/problem+json")


async def test_page_is_no_part_of_the_api(client: httpx.AsyncClient) -> None:
    """The OpenAPI document describes the API, not the page's files."""
    paths = (await client.get("/openapi.json")).json()["paths"]

    assert not [path for path in paths if path == "/" or path.startswith(("/static", "/look"))]


async def test_every_answer_in_a_browser_has_an_icon(client: httpx.AsyncClient) -> None:
    """Browsers ask for it by this name beside what is no page, and have it once they asked."""
    response = await client.get("/favicon.ico")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    again = await client.get("/favicon.ico", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304
