import httpx
import pytest

from innkeeper.hotels.frontend.problems import KINDS

STAY = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/hotels", 400, "Bad Request"),
        ("GET", "/hotel", 404, "Not Found"),
        ("GET", "/hotels/5", 404, "Not Found"),
        ("GET", "/docs/none.js", 404, "Not Found"),
        ("POST", STAY, 405, "Method Not Allowed"),
        ("DELETE", "/healthz", 405, "Method Not Allowed"),
        ("GET", f"{STAY}&x={'x' * 8192}", 414, "Request-URI Too Long"),
    ],
)
async def test_a_problem_says_what_is_wrong(
    client: httpx.AsyncClient, method: str, path: str, status: int, title: str
) -> None:
    """Every mistake is told as RFC 9457 says, and its type is described where it points to."""
    response = await client.request(method, path)
    problem = response.json()

    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["title"] == title
    assert problem["detail"]
    document, _, pointer = problem["type"].partition("#/")
    described = (await client.get(document)).json()
    for key in pointer.split("/"):
        described = described[key]
    assert described["description"]


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    """The parameter stands beside the text that says what is allowed."""
    problem = (await client.get(f"{STAY}&limit=1.0")).json()

    assert problem["parameter"] == "limit"
    assert problem["detail"] == "limit must be a whole number from 1 to 100"


async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    """The Allow header lists what the path offers."""
    response = await client.put("/hotels")

    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


async def test_a_path_can_be_asked_for_its_methods(client: httpx.AsyncClient) -> None:
    """OPTIONS is answered without looking at the query."""
    response = await client.options("/hotels")

    assert response.status_code == 204
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


async def test_a_host_that_cannot_be_is_a_problem_too(client: httpx.AsyncClient) -> None:
    """What Litestar refuses by itself is told in the same form."""
    response = await client.get(STAY, headers={"host": "in valid"})

    assert response.status_code == 400
    assert response.json()["type"].endswith(KINDS[400])


async def test_what_was_sent_comes_back_as_data_only(client: httpx.AsyncClient) -> None:
    """Markup in a parameter's name is a JSON string that no browser takes for a page."""
    response = await client.get(f"{STAY}&<script>alert(1)</script>=1")

    assert response.json()["parameter"] == "<script>alert(1)</script>"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/hotels", "/nothing", f"{STAY}&x={'x' * 8192}"])
async def test_head_is_told_the_same_without_the_text(client: httpx.AsyncClient, path: str) -> None:
    """A HEAD that goes wrong has the status and the headers of the GET."""
    get, head = await client.get(path), await client.head(path)

    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers == get.headers
