"""The admin listener of a process."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from innkeeper.metrics import AdminListener, Metrics, Readiness


def needing(**needed: str | None) -> Readiness:
    async def ready() -> Mapping[str, str | None]:
        return needed

    return ready


async def ask(listener: AdminListener, path: str) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    async with aiohttp.ClientSession() as client, client.get(listener.url + path) as answer:
        return answer.status, await answer.json()


async def test_metrics_are_in_prometheus_format() -> None:
    """The content type names the version of the text format."""
    metrics = Metrics()
    metrics.gauge("queue_depth", "Calls that wait.", lambda: 3)
    async with (
        AdminListener(metrics, needing()) as listener,
        aiohttp.ClientSession() as client,
        client.get(listener.url + "/metrics") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "\nqueue_depth 3.0\n" in await answer.text()


async def test_a_living_process_says_so() -> None:
    """Whatever else is missing."""
    async with AdminListener(Metrics(), needing(geo="no instance")) as listener:
        assert await ask(listener, "/healthz") == (200, {"status": "ok"})


async def test_ready_when_all_that_is_needed_answers() -> None:
    """What is needed is named."""
    async with AdminListener(Metrics(), needing(rate=None, geo=None)) as listener:
        assert await ask(listener, "/readyz") == (
            200,
            {"status": "ready", "needs": ["geo", "rate"]},
        )


async def test_not_ready_says_what_is_missing_and_why() -> None:
    """What is there is not listed as missing."""
    async with AdminListener(Metrics(), needing(rate=None, geo="no instance")) as listener:
        assert await ask(listener, "/readyz") == (
            503,
            {"status": "not ready", "missing": {"geo": "no instance"}},
        )


async def test_readiness_that_hangs_is_an_answer() -> None:
    """A probe gets a 503 with the reason, not silence."""

    async def never() -> Mapping[str, str | None]:
        await asyncio.Event().wait()
        return {}

    async with AdminListener(Metrics(), never, patience=0.01) as listener:
        status, body = await ask(listener, "/readyz")
    assert (status, body["missing"]) == (503, {"readiness": "not known after 0.01 s"})


async def test_readiness_that_fails_is_an_answer() -> None:
    """The reason is passed on."""

    async def failing() -> Mapping[str, str | None]:
        raise OSError("no route")

    async with AdminListener(Metrics(), failing) as listener:
        status, body = await ask(listener, "/readyz")
    assert (status, body["missing"]) == (503, {"readiness": "cannot be told: no route"})


async def test_other_paths_are_not_found() -> None:
    """As a plain 404, with HEAD working where GET does."""
    async with (
        AdminListener(Metrics(), needing()) as listener,
        aiohttp.ClientSession() as client,
    ):
        async with client.get(listener.url + "/") as answer:
            assert answer.status == 404
        async with client.head(listener.url + "/metrics") as answer:
            assert answer.status == 200


async def test_a_taken_port_is_an_os_error() -> None:
    """Nothing is left listening or half open."""
    async with AdminListener(Metrics(), needing()) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with AdminListener(Metrics(), needing(), port=port):
                pass


async def test_an_ipv6_address_is_bracketed() -> None:
    """The URL can be used as it is."""
    async with AdminListener(Metrics(), needing(), "::1") as listener:
        assert listener.url.startswith("http://[::1]:")
        assert (await ask(listener, "/healthz"))[0] == 200


async def test_only_an_entered_listener_has_a_url() -> None:
    """Before and after there is no port to name."""
    listener = AdminListener(Metrics(), needing())
    with pytest.raises(RuntimeError, match="not entered"):
        _ = listener.url
