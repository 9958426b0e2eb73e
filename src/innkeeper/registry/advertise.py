"""Which address callers are told to connect to."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from innkeeper.errors import CannotStart
from innkeeper.settings import RegistrySettings

_WILDCARDS = {"": socket.AF_UNSPEC, "::": socket.AF_UNSPEC, "0.0.0.0": socket.AF_INET}


async def advertised_address(
    settings: RegistrySettings, bind: str, advertise: str | None = None
) -> str:
    """The address to register for a listener bound to `bind`.

    What the user said with `--advertise` wins; a listener on all interfaces is reached at this
    host's end of the way to the registry; any other at the address that it is bound to. The
    registry need not run yet.

    Raises:
        CannotStart: the address would be a loopback one and the registry is on another host, or
            the way to the registry is not known.
    """
    if settings.unix_socket:
        here, there = "127.0.0.1", "127.0.0.1"
    elif _is_loopback(_host(settings)) and (advertise or bind not in _WILDCARDS):
        return advertise or bind
    else:
        here, there = await _way(settings, _WILDCARDS.get(bind, socket.AF_UNSPEC))
    address = advertise or (here if bind in _WILDCARDS else bind)
    if _is_loopback(address) and not _is_loopback(there) and here != there:
        raise CannotStart(
            f"the registry at {settings.url} is on another host, where {address} leads elsewhere:"
            " say with --advertise which address of this host others can reach"
        )
    return address


def _host(settings: RegistrySettings) -> str:
    return urlsplit(settings.url).hostname or ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _way(settings: RegistrySettings, family: socket.AddressFamily) -> tuple[str, str]:
    """Both ends of a connection to the registry, as the system would route it. A datagram socket
    says so without sending anything."""
    parts = urlsplit(settings.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, port, family=family, type=socket.SOCK_DGRAM
        )
        kind, _, _, _, peer = found[0]
        with socket.socket(kind, socket.SOCK_DGRAM) as probe:
            probe.connect(peer)
            return str(probe.getsockname()[0]), str(peer[0])
    except OSError as error:
        raise CannotStart(
            f"no way to the registry at {settings.url} is known ({error.strerror or error}): check"
            " CONSUL_HTTP_ADDR, or say with --advertise which address of this host others can reach"
        ) from None
