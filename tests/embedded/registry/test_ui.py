"""The pages as files: where they are, and what the browser is told about them."""

import re
from pathlib import Path

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from innkeeper.embedded.registry.ui import pages


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 301, "/ui/"),
        ("/ui", 301, "/ui/"),
        ("/ui/", 302, "/ui/dc1/services"),
        ("/ui/dc1", 302, "/ui/dc1/services"),
        ("/ui/dc1/services", 200, None),
        ("/ui/dc1/services/geo/instances", 200, None),
        ("/ui/dc1/services/a%2Fb/instances", 200, None),
        ("/ui/dc1/nodes", 200, None),
        ("/ui/dc1/kv/a/b", 200, None),
        ("/ui/dc1/odd", 404, None),
        ("/ui/assets/main.js", 200, None),
        ("/ui/assets/nope.js", 404, None),
        ("/look/look.css", 200, None),
        ("/favicon.ico", 200, None),
    ],
)
async def test_addresses(
    http: aiohttp.ClientSession, path: str, status: int, location: str | None
) -> None:
    """Each address of Consul's own pages is there, and what is not says so."""
    async with http.get(path, allow_redirects=False) as answer:
        assert (answer.status, answer.headers.get("Location")) == (status, location)


async def test_policy(http: aiohttp.ClientSession) -> None:
    """The pages may load and run nothing but their own files."""
    async with http.get("/ui/dc1/services") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_other_pages() -> None:
    """The pages link to others that they are told of, as text, and not to themselves."""
    others = {"Map": "http://localhost:5000/", "Registry": "http://localhost/ui", "<b>": "http://x"}
    async with (
        RegistryServer(port=0, pages=others) as server,
        aiohttp.ClientSession(server.url) as http,
        http.get("/ui/dc1/services") as answer,
    ):
        text = await answer.text()
    assert '<a href="http://localhost:5000/">Map</a>' in text
    assert '<a href="http://x">&lt;b&gt;</a>' in text
    assert "http://localhost/ui" not in text


async def test_no_other_pages(http: aiohttp.ClientSession) -> None:
    """A registry that knows of no other pages links to none."""
    async with http.get("/ui/dc1/services") as answer:
        assert "elsewhere" not in await answer.text()


async def test_one_machine(http: aiohttp.ClientSession) -> None:
    """The page says what this registry is made for."""
    async with http.get("/ui/dc1/services") as answer:
        assert "made for one machine" in await answer.text()


def test_text_only() -> None:
    """No script of the pages puts text into the document as markup."""
    folder = Path(pages.__file__).with_name("site") / "assets"
    scripts = [path.read_text() for path in folder.glob("*.js")]
    assert scripts
    risky = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(")
    assert not [script for script in scripts if risky.search(script)]
