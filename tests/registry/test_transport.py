import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.registry.transport import Transport, Unreachable
from innkeeper.settings import RegistrySettings
from tests.support.eventually import eventually
from tests.support.fake_consul import FakeConsul, answers

LEADER = "/v1/status/leader"
CERTIFICATES = Path(__file__).parent / "certificates"


@pytest.fixture
async def transport(fake: FakeConsul) -> AsyncIterator[Transport]:
    async with Transport(fake.settings()) as transport:
        yield transport


@pytest.fixture
async def secure_url() -> AsyncIterator[str]:
    """An HTTPS server whose certificate only `authority.pem` vouches for."""

    async def leader(request: web.Request) -> web.Response:
        return web.json_response("10.0.0.1:8300")

    app = web.Application()
    app.router.add_get(LEADER, leader)
    runner = web.AppRunner(app)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "loopback.pem")
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def ask(settings: RegistrySettings) -> object:
    async with Transport(settings) as transport:
        return transport.read(await transport.ask("GET", LEADER))


async def test_answer_has_status_and_body(transport: Transport) -> None:
    """An answer of any status is an answer; reading decodes a success."""
    answer = await transport.ask("GET", LEADER)
    assert (answer.status, transport.read(answer)) == (200, "127.0.0.1:8300")
    assert (await transport.ask("GET", "/v1/nowhere")).status == 404


async def test_token_goes_along(fake: FakeConsul) -> None:
    """Every request carries the ACL token when there is one."""
    await ask(fake.settings())
    await ask(fake.settings(token="s3cret"))
    tokens = [request.headers.get("X-Consul-Token") for request in fake.requests]
    assert tokens == [None, "s3cret"]


async def test_proxies_of_the_environment_are_left_alone(
    fake: FakeConsul, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent on this host is asked without the proxy that pages are fetched through."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert await ask(fake.settings()) == "127.0.0.1:8300"


async def test_path_prefix_is_kept(fake: FakeConsul) -> None:
    """An address with a path, as of a gateway, is put before the API's."""
    with pytest.raises(Unavailable, match="404"):
        await ask(RegistrySettings(url=f"{fake.url}/consul"))
    assert fake.requests[0].path == f"/consul{LEADER}"


async def test_unix_socket(tmp_path: Path) -> None:
    """An agent is reached through its socket, and named by it when it is not there."""
    path = str(tmp_path / "consul.sock")
    settings = RegistrySettings(url="http://localhost", unix_socket=path)
    with pytest.raises(Unreachable, match=f"unix://{path} cannot be reached"):
        await ask(settings)

    async def leader(request: web.Request) -> web.Response:
        return web.json_response("10.0.0.1:8300")

    app = web.Application()
    app.router.add_get(LEADER, leader)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, path).start()
    try:
        assert await ask(settings) == "10.0.0.1:8300"
    finally:
        await runner.cleanup()


async def test_own_authority_is_trusted(secure_url: str) -> None:
    """With the authority's file the certificate is checked and found good."""
    ca_file = str(CERTIFICATES / "authority.pem")
    assert await ask(RegistrySettings(url=secure_url, ca_file=ca_file)) == "10.0.0.1:8300"


async def test_unknown_authority_is_refused(secure_url: str) -> None:
    """An unknown certificate is an error that names the variable to set."""
    with pytest.raises(Unreachable, match="set CONSUL_CACERT"):
        await ask(RegistrySettings(url=secure_url))


async def test_checking_can_be_turned_off(secure_url: str) -> None:
    """Who turns verification off gets an answer from anybody."""
    assert await ask(RegistrySettings(url=secure_url, verify=False)) == "10.0.0.1:8300"


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_bad_authority_file_stops_the_start(tmp_path: Path, content: str | None) -> None:
    """A file that is missing or no PEM is named together with its variable."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CannotStart, match=r"CONSUL_CACERT is .*ca\.pem"):
        await ask(RegistrySettings(url="https://127.0.0.1:1", ca_file=str(file)))


async def test_nobody_listens(fake: FakeConsul, transport: Transport) -> None:
    """A refused connection says where, why and what to do."""
    await fake.stop()
    with pytest.raises(Unreachable) as caught:
        await transport.ask("GET", LEADER)
    assert str(caught.value) == (
        f"the registry at {fake.url} cannot be reached (Connection refused):"
        " start it, or set CONSUL_HTTP_ADDR to one that runs"
    )


async def test_unknown_host() -> None:
    """A name that does not resolve is an unreachable registry."""
    with pytest.raises(Unreachable, match=r"consul\.invalid:8500 cannot be reached"):
        await ask(RegistrySettings(url="http://consul.invalid:8500"))


async def test_answer_in_time(fake: FakeConsul) -> None:
    """A registry that hangs is given up after the limit."""
    fake.hold()
    async with Transport(fake.settings(), answer_timeout=0.05) as transport:
        with pytest.raises(Unreachable, match="did not answer in time"):
            await transport.ask("GET", LEADER)


async def test_blocking_query_may_take_its_time(fake: FakeConsul) -> None:
    """What the registry was asked to wait is added to the limit."""
    release = fake.hold()
    async with Transport(fake.settings(), answer_timeout=0.01) as transport:
        asking = asyncio.create_task(transport.ask("GET", LEADER, blocks=30.0))
        await asyncio.sleep(0.1)
        release.set()
        assert (await asking).status == 200


async def test_connection_that_breaks(fake: FakeConsul, transport: Transport) -> None:
    """A registry that dies while it is asked is unreachable, not silent."""
    fake.hold()
    asking = asyncio.create_task(transport.ask("GET", LEADER, blocks=30.0))
    await eventually(lambda: fake.requests)
    await fake.stop()
    with pytest.raises(Unreachable):
        await asking


async def test_broken_request_is_not_repeated() -> None:
    """A connection that breaks while the answer is awaited is told; the caller decides what to ask
    of a registry that may be another one by now."""
    connections = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Transport(RegistrySettings(url=f"http://127.0.0.1:{port}")) as transport:
        for method in ("GET", "PUT"):
            with pytest.raises(Unreachable, match="cannot be reached"):
                await transport.ask(method, LEADER)
        assert connections == 2
        assert transport.unanswered == 2


async def test_token_is_not_carried_elsewhere(fake: FakeConsul) -> None:
    """A redirection is no answer of Consul's and is not followed."""
    fake.fault = lambda _: web.Response(status=302, headers={"Location": f"{fake.url}/elsewhere"})
    with pytest.raises(Unavailable, match="answered 302"):
        await ask(fake.settings(token="s3cret"))
    assert len(fake.requests) == 1


async def test_not_even_http() -> None:
    """Bytes that are no HTTP are an unreachable registry."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(Unreachable, match="cannot be reached"):
            await ask(RegistrySettings(url=f"http://127.0.0.1:{port}"))


async def test_forbidden(fake: FakeConsul) -> None:
    """A refusal names what was asked, what Consul said and the variable to set."""
    fake.fault = answers(403, "Permission denied: token\nlacks permission")
    with pytest.raises(Unavailable) as caught:
        await ask(fake.settings())
    assert str(caught.value) == (
        f"the registry at {fake.url} forbids {LEADER} (Permission denied: token lacks permission):"
        " set CONSUL_HTTP_TOKEN to a token that may do this"
    )
    assert not isinstance(caught.value, Unreachable)


async def test_failure_of_the_registry(fake: FakeConsul) -> None:
    """A server's failure carries its own words, cut to a line."""
    fake.fault = answers(500, "No cluster leader" + "." * 1000)
    with pytest.raises(
        Unavailable, match=r"answered 500 to /v1/status/leader: No cluster lead"
    ) as e:
        await ask(fake.settings())
    assert len(str(e.value)) < 400


@pytest.mark.parametrize("body", ["", "<html>", '"half', "\udcff"])
async def test_no_json(fake: FakeConsul, body: str) -> None:
    """A success without JSON is somebody else's: the address is wrong."""
    fake.fault = lambda _: web.Response(body=body.encode(errors="surrogateescape"))
    with pytest.raises(Unavailable, match="check CONSUL_HTTP_ADDR"):
        await ask(fake.settings())


async def test_loss_is_told_once(
    fake: FakeConsul, transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has a line when the registry goes and one when it is back, no more."""
    caplog.set_level(logging.INFO, "innkeeper")
    await transport.ask("GET", LEADER)
    await fake.stop()
    for _ in range(3):
        with pytest.raises(Unreachable):
            await transport.ask("GET", LEADER)
    await fake.start()
    await transport.ask("GET", LEADER)
    told = [record.message for record in caplog.records if record.name.startswith("innkeeper")]
    assert len(told) == 2
    assert "cannot be reached" in told[0]
    assert "is back" in told[1]


async def test_cancelling_leaves_no_connection(fake: FakeConsul, transport: Transport) -> None:
    """A cancelled query ends at both sides."""
    fake.hold()
    asking = asyncio.create_task(transport.ask("GET", LEADER, blocks=30.0))
    await eventually(lambda: fake.requests)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await eventually(lambda: fake.requests[0].transport is None)


async def test_not_opened() -> None:
    """Asking outside `async with` is a mistake of the caller's, said at once."""
    with pytest.raises(RuntimeError, match="async with"):
        await Transport(RegistrySettings()).ask("GET", LEADER)
