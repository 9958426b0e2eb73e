"""What a restart keeps, and what a bad disk costs."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from innkeeper.embedded.registry import RegistryServer, persistence
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.persistence import Maintenance, Saved, Saver, load, write_whole
from innkeeper.embedded.registry.registration import Registration
from innkeeper.embedded.registry.state.key_values import Entry
from innkeeper.embedded.registry.state.model import Check, Node, Service
from tests.support.eventually import eventually

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


@pytest.fixture(params=["a file in the way", "a folder that is read only"])
def unwritable(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that cannot be written."""
    if request.param == "a file in the way":
        (tmp_path / "file").write_text("in the way")
        return tmp_path / "file" / "registry.json"
    # Rights do not keep root out of a folder, the kernel's own files do.
    folder = tmp_path if os.geteuid() else Path("/sys/kernel")
    tmp_path.chmod(0o500)
    return folder / "registry.json"


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
    unwritable: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The registry says once that it cannot save, and goes on serving."""
    async with (
        RegistryServer(port=0, state_file=unwritable) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        await put(http, "agent/service/register", GEO)
        assert list(await get(http, "agent/services")) == ["geo-1"]
        await eventually(lambda: errors(caplog))
    assert len(errors(caplog)) == 1
    assert f"cannot save registrations to {unwritable}" in errors(caplog)[0]


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a few bytes meanwhile, so that writes fail half way."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_leaves_what_was_saved(file: Path) -> None:
    """A file that cannot be written whole is not written at all, and its draft goes."""
    write_whole(file, b"before")
    with full_disk(), pytest.raises(OSError, match="too large"):
        write_whole(file, b"x" * 1000)
    assert [each.read_bytes() for each in file.parent.iterdir()] == [b"before"]


async def test_a_disk_that_has_room_again_is_used(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be saved is saved later, though nobody registers anything meanwhile."""
    monkeypatch.setattr(persistence, "_RETRY_SECONDS", 0.05)
    monkeypatch.setattr(persistence, "_PAUSE_SECONDS", 0.01)
    saved = Saved(keys=[Entry("k", b"x" * 1000)])
    saver = Saver(file, lambda: saved)
    saver.start()
    with full_disk():
        saver.changed()
        await eventually(lambda: errors(caplog))
    await eventually(lambda: load(file).keys == saved.keys)
    await saver.close()
    assert len(errors(caplog)) == 1


def test_nobody_else_may_read_the_file(file: Path) -> None:
    """Values may be secret."""
    write_whole(file, b"x")
    assert file.stat().st_mode & 0o077 == 0


async def test_what_no_longer_fits_is_left_out(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file from elsewhere, or from somebody's editor, never keeps the registry from starting."""
    odd = Saved(
        registrations=[
            Registration(Service("", "consul", "taken")),
            Registration(Service("", "kept", "kept")),
            Registration(Service("", "x", "x"), [CheckDefinition(id="no kind")]),
        ],
        node_checks=[CheckDefinition(id="c", name="c", service_id="nobody", ttl=1)],
        maintenance=[Maintenance("nobody", "why")],
        other_nodes=[Node("here", "1.2.3.4")],
        other_services=[Service("nowhere", "y", "y")],
        other_checks=[Check("nowhere", "z", "z")],
    )
    write_whole(file, msgspec.json.encode(odd))
    async with (
        RegistryServer(port=0, node_name="here", state_file=file) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        assert list(await get(http, "agent/services")) == ["kept"]
        assert [node["Address"] for node in await get(http, "catalog/nodes")] == ["127.0.0.1"]
    assert sum("is not brought back" in record.message for record in caplog.records) == 4


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said to be wrong."""
    return [record.message for record in caplog.records if record.levelname == "ERROR"]
