import logging

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from innkeeper.hotels.frontend.app import create_app
from innkeeper.hotels.frontend.page import Page
from tests.support.fake_clients import FakeProfile, FakeSearch
from tests.support.frontend import NAMES, frontend

STAY = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


@pytest.mark.parametrize(
    "path", [STAY, "/", "/healthz", "/readyz", "/docs", "/docs/start.js", "/openapi.json"]
)
async def test_head_works_wherever_get_does(client: httpx.AsyncClient, path: str) -> None:
    """HEAD has the status and headers of GET, and no body."""
    get, head = await client.get(path), await client.head(path)

    assert (get.status_code, head.status_code) == (200, 200)
    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize("path", [STAY, "/hotels", "/nothing", "/readyz"])
async def test_any_page_may_ask(client: httpx.AsyncClient, path: str) -> None:
    """Answers and problems alike can be read by scripts of any origin, with what helps them."""
    response = await client.get(path, headers={"origin": "https://example.org"})

    assert response.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in response.headers["access-control-expose-headers"]


async def test_a_browser_may_ask_first(client: httpx.AsyncClient) -> None:
    """A preflight for GET is granted, one for POST is not."""
    headers = {"origin": "https://example.org", "access-control-request-method": "GET"}
    granted = await client.options("/hotels", headers=headers)
    refused = await client.options(
        "/hotels", headers={**headers, "access-control-request-method": "POST"}
    )

    assert granted.status_code == 204
    assert granted.headers["access-control-allow-origin"] == "*"
    assert refused.status_code == 400


async def test_the_root_log_is_left_alone() -> None:
    """Making the application changes nothing about logging."""
    before = (logging.root.level, list(logging.root.handlers))

    async with frontend() as client:
        await client.get(STAY)

    assert (logging.root.level, list(logging.root.handlers)) == before


async def _ready() -> dict[str, str | None]:
    return {"search": None, "profile": None}


_api = schemathesis.openapi.from_asgi(
    "/openapi.json", create_app(FakeSearch(list(NAMES)), FakeProfile(NAMES), _ready, Page())
)


@_api.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_the_api_is_what_its_document_says(case: schemathesis.Case) -> None:
    """Made-up requests, right and wrong, get what the OpenAPI document promises."""
    # A schema cannot say that the departure comes after the arrival.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
