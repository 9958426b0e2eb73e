import aiohttp
import pytest

from innkeeper.embedded.traces.server import TracesServer


async def test_the_front_door_leads_to_the_search(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """/ redirects to /search."""
    async with http.get(server.url, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == "/search"


@pytest.mark.parametrize("path", ["/search", "/trace/abc", "/dependencies"])
async def test_pages_allow_nothing_from_elsewhere(
    path: str, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Each page is HTML under a policy without other hosts and without inline code."""
    async with http.get(server.url + path) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "http" not in text


@pytest.mark.parametrize("path", ["/search", "/trace/abc", "/dependencies"])
async def test_pages_link_to_others(path: str, http: aiohttp.ClientSession) -> None:
    """Each page links to those that the collector was told of, and not to itself."""
    others = {"Map": "http://localhost:5000/?a&b", "Traces": "http://localhost:1/search"}
    ports = {"query_port": 0, "otlp_grpc_port": 0, "otlp_http_port": 0}
    async with TracesServer(**ports, pages=others) as server, http.get(server.url + path) as answer:
        text = await answer.text()
    assert '<a href="http://localhost:5000/?a&amp;b">Map</a>' in text
    assert "http://localhost:1/" not in text


@pytest.mark.parametrize(
    "path", ["/look/look.css", "/look/innkeeper.svg", "/assets/traces.css", "/favicon.ico"]
)
async def test_what_the_pages_need_is_served(
    path: str, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Style and mark come from this server."""
    async with http.get(server.url + path) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/assets/../pages.py", "/look/..%2f__init__.py", "/assets/"])
async def test_nothing_else_is_served(
    path: str, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Paths that climb out of the folders, and the folders themselves, are refused."""
    async with http.get(server.url + path) as response:
        assert response.status in (403, 404)
