"""Who is loaded: a base URL, and whether it is this machine."""

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from innkeeper.errors import CannotStart

_PORTS = {"http": 80, "https": 443}
CONNECT_LIMIT = 3.0
"""Seconds that the first connection may take."""


@dataclass(frozen=True)
class Target:
    """A hotel search."""

    url: str
    """Base URL without a trailing slash, as the user wrote it."""
    host: str
    """As it stands in the Host header."""
    name: str
    """The host alone, as its certificate has it."""
    address: str
    """IP address that was found to listen."""
    port: int
    path: str
    """What comes before `/hotels`; usually nothing."""
    tls: ssl.SSLContext | None
    local: bool
    """Whether the address is of the loopback interface."""


def find(url: str, *, remote: bool = False) -> Target:
    """Take a base URL apart and see that somebody listens there.

    Raises:
        CannotStart: it is no base URL, nobody listens, or it is another machine and `remote` was
            not said.
    """
    given = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(given)
        port = parts.port if parts.port is not None else _PORTS.get(parts.scheme)
    except ValueError:
        raise CannotStart(f"{url} is not a URL: try http://localhost:5000") from None
    if parts.scheme not in _PORTS or port is None or not parts.hostname:
        raise CannotStart(f"{url} is not an http or https URL: try http://localhost:5000")
    if parts.query or parts.fragment or parts.username:
        raise CannotStart(f"{url} is more than a base URL: leave out all but host, port and path")
    path = parts.path.rstrip("/")
    if path.endswith("/hotels"):
        raise CannotStart(f"{url} names /hotels: give the base URL, which ends before it")
    addresses = _addresses(parts.hostname, port)
    if not remote and not all(ipaddress.ip_address(ip).is_loopback for ip in addresses):
        raise CannotStart(
            f"{url} is not on this machine's loopback: say --remote when it is yours to load"
        )
    address = _listening(url, addresses, port)
    return Target(
        url=given.rstrip("/"),
        host=parts.netloc,
        name=parts.hostname,
        address=address,
        port=port,
        path=path,
        tls=ssl.create_default_context() if parts.scheme == "https" else None,
        local=ipaddress.ip_address(address).is_loopback,
    )


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CannotStart(f"the name {host} is not known: check the URL") from None
    # A link-local IPv6 address may come with its interface.
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def _listening(url: str, addresses: list[str], port: int) -> str:
    reason = ""
    for address in addresses:
        try:
            socket.create_connection((address, port), timeout=CONNECT_LIMIT).close()
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return address
    raise CannotStart(
        f"nobody answers at {url} ({reason.lower()}): start the system first,"
        " with `innkeeper up`, or name another URL"
    )
