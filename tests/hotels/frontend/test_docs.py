import re

import httpx
import jsonschema
import pytest

from innkeeper.hotels.frontend.parameters import PARAMETERS

STAY = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


async def test_the_page_needs_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    """All that the page loads is on this server, and its policy allows no other."""
    page = await client.get("/docs")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {"/openapi.json", "/docs/start.js", "/docs/swagger-ui-bundle.js"} < set(addresses)
    for address in addresses:
        assert (await client.get(address)).status_code == 200, address


async def test_every_parameter_is_described(client: httpx.AsyncClient) -> None:
    """What can be asked is listed with its bounds and defaults."""
    document = (await client.get("/openapi.json")).json()

    parameters = {
        parameter["name"]: parameter
        for parameter in document["paths"]["/hotels"]["get"]["parameters"]
    }
    assert set(parameters) == set(PARAMETERS)
    assert all(parameter["description"] for parameter in parameters.values())
    required = [name for name, parameter in parameters.items() if parameter["required"]]
    assert required == ["inDate", "outDate"]
    assert parameters["radius"]["schema"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 50_000,
        "default": 10_000,
    }


@pytest.mark.parametrize("path", [STAY, "/hotels", "/healthz", "/readyz", f"{STAY}&x={'x' * 9000}"])
async def test_answers_are_as_described(client: httpx.AsyncClient, path: str) -> None:
    """Status, media type and body of an answer are those of the document."""
    document = (await client.get("/openapi.json")).json()
    response = await client.get(path)

    described = document["paths"][response.url.path]["get"]["responses"][str(response.status_code)]
    if "$ref" in described:
        described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
    schema = described["content"][response.headers["content-type"]]["schema"]
    jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]},
    ).validate(response.json())
