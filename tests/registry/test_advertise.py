import socket

import pytest

from innkeeper.errors import CannotStart
from innkeeper.registry import advertised_address
from innkeeper.settings import RegistrySettings

LOCAL = RegistrySettings(url="http://127.0.0.1:8500")
# Addresses of documentation (RFC 5737): nobody's, and on no host that runs tests.
REMOTE = RegistrySettings(url="http://192.0.2.7:8500", external=True)
SOCKET = RegistrySettings(url="http://localhost", unix_socket="/run/consul.sock", external=True)


def has_route() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.7", 8500))
        except OSError:
            return False
        return True


needs_route = pytest.mark.skipif(not has_route(), reason="this host has no network")


@pytest.mark.parametrize("bind", ["127.0.0.1", "127.0.0.5", "::1", "localhost", "192.0.2.1"])
@pytest.mark.parametrize("settings", [LOCAL, SOCKET])
async def test_bound_address_is_advertised(settings: RegistrySettings, bind: str) -> None:
    """Beside a registry on this host, a listener is where it is bound."""
    assert await advertised_address(settings, bind) == bind


@pytest.mark.parametrize("settings", [LOCAL, SOCKET])
@pytest.mark.parametrize("bind", ["127.0.0.1", "0.0.0.0"])
async def test_user_wins(settings: RegistrySettings, bind: str) -> None:
    """What `--advertise` says is taken as it is, host names included."""
    assert await advertised_address(settings, bind, "hotels.example") == "hotels.example"


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", ""])
@pytest.mark.parametrize("settings", [LOCAL, SOCKET])
async def test_wildcard_beside_a_local_registry(settings: RegistrySettings, bind: str) -> None:
    """A listener on all interfaces is reached as the registry is: on this host."""
    assert await advertised_address(settings, bind) == "127.0.0.1"


@needs_route
async def test_wildcard_takes_the_way_to_the_registry() -> None:
    """Beside a registry elsewhere, the address is that of this host as the registry sees it."""
    address = await advertised_address(REMOTE, "0.0.0.0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.7", 8500))
        assert address == probe.getsockname()[0]


@needs_route
async def test_registry_at_an_address_of_this_host_is_local() -> None:
    """A registry that is named by this host's own address may see loopback addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.7", 8500))
        own = probe.getsockname()[0]
    settings = RegistrySettings(url=f"http://{own}:8500", external=True)
    assert await advertised_address(settings, "127.0.0.1") == "127.0.0.1"


@needs_route
@pytest.mark.parametrize(
    ("bind", "advertise"),
    [("127.0.0.1", None), ("localhost", None), ("::1", None), ("0.0.0.0", "127.0.0.1")],
)
async def test_loopback_means_nothing_elsewhere(bind: str, advertise: str | None) -> None:
    """A registry on another host is not handed a loopback address."""
    with pytest.raises(CannotStart, match=r"is on another host.*--advertise"):
        await advertised_address(REMOTE, bind, advertise)


@needs_route
async def test_real_address_may_go_anywhere() -> None:
    """With an address that others can reach there is nothing to refuse."""
    assert await advertised_address(REMOTE, "127.0.0.1", "198.51.100.4") == "198.51.100.4"


async def test_registry_that_does_not_resolve() -> None:
    """Without a way to the registry nobody knows the address; both ways out are named."""
    settings = RegistrySettings(url="http://consul.invalid:8500", external=True)
    with pytest.raises(CannotStart, match=r"CONSUL_HTTP_ADDR.*--advertise"):
        await advertised_address(settings, "0.0.0.0")


async def test_registry_of_another_family() -> None:
    """A listener of IPv4 alone cannot advertise its way to an IPv6 registry."""
    with pytest.raises(CannotStart, match="--advertise"):
        await advertised_address(RegistrySettings(url="http://[::1]:8500"), "0.0.0.0")
