"""What is answered before Litestar sees it is what Litestar would have answered."""

from typing import Any

import httpx
import pytest

from innkeeper.errors import BadInput, Overloaded, TooLate, Unavailable
from innkeeper.hotels.frontend.descriptions import Descriptions
from innkeeper.hotels.frontend.hotels import FAILURE, Hotels
from innkeeper.hotels.frontend.shortcut import Shortcut
from tests.support.fake_clients import FakeProfile, FakeSearch
from tests.support.frontend import NAMES, frontend

STAY = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


async def both(
    method: str, path: str, search: FakeSearch | None = None
) -> tuple[httpx.Response, httpx.Response]:
    """The answer to a plain request, and that to one which Litestar answers."""
    async with frontend(search) as client:
        plain = await client.request(method, path)
        cross_site = await client.request(method, path, headers={"origin": "https://example.org"})
    return plain, cross_site


def told(response: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but what is said to scripts of other sites alone."""
    headers = {
        name: value
        for name, value in response.headers.items()
        if not name.startswith("access-control-")
    }
    return response.status_code, headers, response.content


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        STAY,
        f"{STAY}&locale=de&plans=all",
        f"{STAY}&limit=1.0",
        f"{STAY}&page=2",
        f"{STAY}&x={'x' * 8192}",
        "/hotels",
        "/hotels/",
        "/%68otels",
        "//hotels",
        "/hotels/5",
        "/Hotels",
    ],
)
async def test_both_ways_lead_to_the_same_answer(method: str, path: str) -> None:
    """Whatever is asked of the path, status, headers and body are the same."""
    plain, cross_site = await both(method, path)

    assert told(plain) == told(cross_site)
    assert "access-control-allow-origin" not in plain.headers
    assert cross_site.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "error",
    [
        Unavailable("geo is away"),
        Overloaded("too much to do"),
        TooLate("the deadline passed"),
        BadInput("lat", "on earth"),
        ZeroDivisionError("secret"),
    ],
)
async def test_both_ways_tell_failures_alike(method: str, error: Exception) -> None:
    """A problem is the same, and the question that failed is not asked again for it."""
    search = FakeSearch(error=error)

    plain, cross_site = await both(method, STAY, search)

    assert plain.headers["content-type"] == "application/problem+json"
    assert told(plain) == told(cross_site)
    assert len(search.requests) == 2


class Others:
    """Stands for Litestar, and keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)


async def asked(search: FakeSearch, **changes: Any) -> tuple[list[Any], list[Any]]:
    """What is sent for a request, and what of it is passed on."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    others = Others()
    hotels = Hotels(search, Descriptions(FakeProfile(NAMES)))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/hotels",
        "query_string": b"inDate=2015-04-09&outDate=2015-04-10",
        "headers": [(b"host", b"localhost:5000"), (b"accept-language", b"de")],
    }
    await Shortcut(hotels, others)({**scope, **changes}, None, send)  # type: ignore[arg-type]
    return sent, others.asked


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_plain_question_does_not_reach_litestar(method: str) -> None:
    """It is answered at once, with the language that its reader prefers."""
    sent, passed_on = await asked(FakeSearch(list(NAMES)), method=method)

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 200
    assert passed_on == []


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "lifespan"},
        {"type": "websocket"},
        {"method": "OPTIONS"},
        {"method": "POST"},
        {"path": "/"},
        {"path": "/hotels/"},
        {"headers": [(b"origin", b"https://example.org")]},
        {"headers": [(b"host", b"in valid")]},
        {"headers": [(b"host", b"localhost"), (b"host", b"")]},
        {"headers": [(b"host", b"[::1]:5000")]},
    ],
)
async def test_all_else_does(changes: dict[str, Any]) -> None:
    """What Litestar knows more about is left to it, untouched."""
    search = FakeSearch(list(NAMES))

    sent, passed_on = await asked(search, **changes)

    assert sent == []
    assert [FAILURE in scope for scope in passed_on] == [False]
    assert search.requests == []


async def test_a_failure_is_passed_on() -> None:
    """Who tells problems gets it with the request."""
    error = Unavailable("geo is away")

    sent, (passed_on,) = await asked(FakeSearch(error=error))

    assert sent == []
    assert passed_on[FAILURE] is error
