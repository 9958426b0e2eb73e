"""What a restart keeps, and what a bad disk costs."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from innkeeper.embedded.registry.persistence import Saved, load

GEO = {
    "ID": "geo-1",
    "Name": "geo",
    "Address": "10.0.0.1",
    "Port": 80,
    "Tags": ["a"],
    "Meta": {"k": "v"},
    "Weights": {"Passing": 3, "Warning": 2},
    "Check": {"CheckID": "mine", "Name": "my check", "TTL": "1h", "Status": "passing"},
}
OTHER = {
    "Node": "other",
    "Address": "1.2.3.4",
    "Service": {"Service": "db", "Port": 5},
    "Check": {"Name": "c", "Status": "passing", "Definition": {"TCP": "a:1", "Interval": "5s"}},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "registry.json"


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> None:
    async with http.put(f"/v1/{path}", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def get(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(f"/v1/{path}") as answer:
        return await answer.json()


async def test_a_restart_keeps_everything_but_what_checks_found(file: Path) -> None:
    """Everything that was registered is there again, with its checks starting critical."""
    async with (
        RegistryServer(port=0, node_name="here", state_file=file) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        await put(http, "agent/service/register", GEO)
        await put(http, "agent/check/register", {"Name": "whole", "TTL": "1h"})
        await put(http, "agent/service/maintenance/geo-1?enable=true&reason=why")
        await put(http, "catalog/register", OTHER)
        await put(http, "kv/a/b?flags=7", "value")
        services, checks = await get(http, "agent/services"), await get(http, "agent/checks")
        database, keys = await get(http, "health/service/db"), await get(http, "kv/a?recurse")
    async with (
        RegistryServer(port=0, node_name="here", state_file=file) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        assert await get(http, "agent/services") == services
        again = await get(http, "agent/checks")
        assert again.keys() == checks.keys()
        assert again["mine"]["Status"] == "critical"
        assert again["mine"]["Name"] == "my check"
        maintenance = "_service_maintenance:geo-1"
        assert again[maintenance]["Notes"] == "why"
        await put(http, "agent/check/pass/mine")
        await put(http, "agent/check/pass/whole")
        [found], [expected] = await get(http, "health/service/db"), database
        assert found["Checks"][0]["Definition"] == expected["Checks"][0]["Definition"]
        assert (found["Service"]["Port"], found["Checks"][0]["Status"]) == (5, "passing")
        [entry] = await get(http, "kv/a?recurse")
        assert (entry["Value"], entry["Flags"]) == (keys[0]["Value"], 7)


async def test_what_left_stays_away(file: Path) -> None:
    """A service that was deregistered does not come back."""
    for _ in range(2):
        async with (
            RegistryServer(port=0, state_file=file) as server,
            aiohttp.ClientSession(server.url) as http,
        ):
            assert await get(http, "agent/services") == {}
            await put(http, "agent/service/register", GEO)
            await put(http, "agent/service/deregister/geo-1")


async def test_no_draft_is_left(file: Path) -> None:
    """The folder holds the file alone."""
    async with RegistryServer(port=0, state_file=file):
        pass
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"", b"{", b'{"registrations": 5}', b"\xff"])
def test_a_broken_file_is_set_aside(file: Path, content: bytes) -> None:
    """A file that cannot be understood stops nothing, and is kept for somebody to look at."""
    file.parent.mkdir()
    file.write_bytes(content)
    assert load(file) == Saved()
    assert file.with_name("registry.json.broken").read_bytes() == content


def test_another_version_begins_empty(file: Path) -> None:
    """A file of another version is not guessed at."""
    file.parent.mkdir()
    file.write_bytes(b'{"version": 99}')
    assert load(file) == Saved()


async def test_a_disk_that_cannot_be_written_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The registry says once that it cannot save, and goes on serving."""
    (tmp_path / "file").write_text("in the way")
    blocked = tmp_path / "file" / "registry.json"
    async with (
        RegistryServer(port=0, state_file=blocked) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        await put(http, "agent/service/register", GEO)
        assert list(await get(http, "agent/services")) == ["geo-1"]
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "cannot save registrations" in errors[0]
