"""The schemas that the frontend serves."""

import json
import re
from pathlib import Path

import httpx
import jsonschema
import pytest

NAMES = ("geo", "rate", "profile", "currencies")


def published(name: str) -> str:
    return Path(f"docs/schemas/{name}.schema.json").read_text()


def data(name: str) -> object:
    return json.loads(Path(f"data/{name}.json").read_text())


@pytest.mark.parametrize("address", ["/schemas/", "/schemas"])
async def test_the_index_leads_to_every_schema(client: httpx.AsyncClient, address: str) -> None:
    """The page lists all of them with what they are for, and loads nothing from elsewhere."""
    page = await client.get(address)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    listed = re.findall(r'href="/schemas/([^"]+)">', page.text)
    names = ("geo", "rate", "profile", "currencies")
    assert listed == [f"{name}.schema.json" for name in names]
    assert "What hotels cost (rate.json)" in page.text
    for file in re.findall(r'(?:href|src)="([^"]+)"', page.text):
        assert (await client.get(file)).status_code == 200, file


@pytest.mark.parametrize("name", ["geo", "rate", "profile", "currencies"])
async def test_a_schema_is_the_published_one(client: httpx.AsyncClient, name: str) -> None:
    """It comes as a schema that any page may read, and the project's data is what it says."""
    answer = await client.get(
        f"/schemas/{name}.schema.json", headers={"origin": "http://a.example"}
    )

    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.text == published(name)
    jsonschema.Draft202012Validator(answer.json()).validate(data(name))
    head = await client.head(f"/schemas/{name}.schema.json")
    assert (head.status_code, head.content) == (200, b"")
    again = {"if-none-match": answer.headers["etag"]}
    assert (await client.get(f"/schemas/{name}.schema.json", headers=again)).status_code == 304


async def test_other_files_are_not_there(client: httpx.AsyncClient) -> None:
    """A name that is no schema is a problem document, whatever it looks like."""
    for name in ("search.schema.json", "..%2f..%2fgeo.json", "geo"):
        answer = await client.get(f"/schemas/{name}")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_the_documentation_leads_to_them(client: httpx.AsyncClient) -> None:
    """The API's document names them, so that its page shows a link."""
    document = (await client.get("/openapi.json")).json()

    assert document["externalDocs"]["url"] == "/schemas/"
