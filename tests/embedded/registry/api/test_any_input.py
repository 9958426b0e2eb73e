"""Whatever comes in gets an answer that was meant, and the next caller notices nothing."""

import asyncio
import json
import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yarl import URL

from innkeeper.embedded.registry import RegistryServer
from innkeeper.embedded.registry.api import service_body
from innkeeper.embedded.registry.limits import LARGEST_BODY

ROUTES = (
    *("agent/service/register", "agent/check/register", "agent/check/update/x"),
    *("agent/check/pass/x", "agent/service/deregister/x", "agent/service/maintenance/x"),
    *("catalog/register", "catalog/deregister", "kv/x"),
)
READS = (
    *("agent/services", "agent/checks", "agent/service/x", "agent/members", "agent/metrics"),
    *("agent/health/service/id/x", "agent/health/service/name/x", "catalog/services"),
    *("catalog/service/x", "catalog/nodes", "catalog/node/x", "health/service/x"),
    *("health/checks/x", "health/node/x", "health/state/any", "kv/x", "status/leader"),
    "internal/ui/services",
)
PARAMETERS = (
    *("filter", "index", "wait", "passing", "tag", "near", "node-meta", "dc", "stale", "pretty"),
    *("consistent", "max_stale", "hash", "format", "enable", "reason", "note", "cas", "flags"),
    *("recurse", "keys", "raw", "separator", "ns", "peer", "replace-existing-checks"),
)
NAMES = (
    *service_body._SERVICE_FIELDS,
    *service_body._CHECK_FIELDS,
    *("Node", "Address", "Datacenter", "NodeMeta", "Service", "CheckID", "ServiceID", "Output"),
)
LATER = {"index": "0", "wait": "1ms"}
"""No question of a test waits."""

text = st.text(max_size=12) | st.sampled_from(["x", "5s", "passing", "127.0.0.1:1", "1.2.3.4"])
scalar = st.none() | st.booleans() | st.integers() | st.floats() | text
value = st.recursive(
    scalar,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | text, inner, max_size=4)
    ),
    max_leaves=12,
)
registration = st.fixed_dictionaries(
    {"Name": text}, optional={name: value for name in NAMES if name != "Name"}
)
body = st.binary(max_size=60) | (value | registration).map(lambda each: json.dumps(each).encode())
expression = st.text(max_size=20) | st.lists(
    st.sampled_from(
        [
            *("Service", "Tags", "Meta.x", "ServiceName", "Port", "==", "!=", "in", "not", "and"),
            *("or", "(", ")", "is", "empty", "contains", "matches", '"x"', "5", "`", "."),
        ]
    ),
    max_size=9,
).map(" ".join)
query = st.dictionaries(st.sampled_from(PARAMETERS), text | expression, max_size=3)


class Asker:
    """A registry, and one connection to it."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._server = RegistryServer(port=0, node_name="here")

    async def start(self) -> None:
        await self._server.__aenter__()
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self._http.close()
        await self._server.__aexit__(None, None, None)

    def ask(self, method: str, path: str, query: Any = (), body: bytes = b"") -> tuple[int, str]:
        """The status and the text of an answer."""

        async def ask() -> tuple[int, str]:
            parameters = {**dict(query), **LATER} if method == "GET" else dict(query)
            # Given as it is sent: a client would leave out the id "." of a path.
            url = URL(f"{self._server.url}/v1/{path}?{urlencode(parameters)}", encoded=True)
            sent = self._http.request(method, url, data=BytesIO(body))
            async with asyncio.timeout(10), sent as answer:
                return answer.status, await answer.text()

        return self._runner.run(ask())


@pytest.fixture(scope="module")
def asker() -> Iterator[Asker]:
    with asyncio.Runner() as runner:
        asker = Asker(runner)
        runner.run(asker.start())
        yield asker
        runner.run(asker.stop())


@pytest.fixture(autouse=True)
def no_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged as unforeseen."""
    yield
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def meant(asker: Asker, status: int, said: str) -> None:
    """Assert that an answer was thought of, and that the registry goes on."""
    assert status in (200, 404, 429, 503) or (400 <= status < 508 and said), (status, said)
    assert "unexpected error" not in said
    assert asker.ask("GET", "status/leader")[0] == 200


fast = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fast
@given(path=st.sampled_from(ROUTES), body=body, query=query)
def test_any_body(asker: Asker, path: str, body: bytes, query: dict[str, str]) -> None:
    """No body, of JSON or not, is more than the registry can answer."""
    meant(asker, *asker.ask("PUT", path, query, body))


@fast
@given(path=st.sampled_from(READS), query=query)
def test_any_parameters(asker: Asker, path: str, query: dict[str, str]) -> None:
    """No parameter of a read is more than the registry can answer."""
    meant(asker, *asker.ask("GET", path, query))


@fast
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "OPTIONS"]),
    prefix=st.sampled_from(["", "kv/", "agent/service/", "health/service/", "catalog/node/"]),
    rest=st.text(max_size=30),
)
def test_any_path(asker: Asker, method: str, prefix: str, rest: str) -> None:
    """No path is more than the registry can answer."""
    rest = rest.encode(errors="replace").decode()
    meant(asker, *asker.ask(method, prefix + quote(rest, safe="/"), body=b"{}"))


@fast
@given(registration=registration)
@example(registration={"Name": "."})
@example(registration={"Name": "a\nb"})
@example(registration={"Name": "x" * 10_000, "ID": "a/ü b?" * 2000})
def test_what_is_taken_is_told(asker: Asker, registration: dict[str, Any]) -> None:
    """What was registered can be read, and taken off again."""
    status, said = asker.ask(
        "PUT", "agent/service/register", body=json.dumps(registration).encode()
    )
    meant(asker, status, said)
    services = json.loads(asker.ask("GET", "agent/services")[1])
    if status == 200:
        assert services
    for service_id in services:
        asker.ask("PUT", "agent/service/deregister/" + quote(service_id, safe=""))
    assert asker.ask("GET", "agent/services") == (200, "{}")


@pytest.mark.parametrize("size", [LARGEST_BODY - 100, LARGEST_BODY + 1, 3 * LARGEST_BODY])
def test_nesting_without_end(asker: Asker, size: int) -> None:
    """A body of brackets alone is refused, however long."""
    status, said = asker.ask("PUT", "agent/service/register", body=b"[" * size)
    assert status in (400, 413)
    meant(asker, status, said)
