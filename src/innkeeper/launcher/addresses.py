"""How the address that a listener is bound to is written for those who connect to it."""

import ipaddress

from innkeeper.errors import CannotStart


def join(host: str, port: int) -> str:
    """host:port, with the brackets that an IPv6 address needs."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reachable(bind: str) -> str:
    """The address under which a process of this machine reaches a listener bound to `bind`."""
    if not _parse(bind).is_unspecified:
        return bind
    return "::1" if ":" in bind else "127.0.0.1"


def clickable(bind: str) -> str:
    """The same for people: "localhost" where that is what it is."""
    host = reachable(bind)
    return "localhost" if _parse(host).is_loopback else host


def is_address(text: str) -> bool:
    """Whether `text` is an IP address, or localhost."""
    try:
        _parse(text)
    except ValueError:
        return False
    return True


def check(option: str, address: str | None) -> None:
    """See that an option names an address, if it names anything.

    Raises:
        CannotStart: it does not.
    """
    if address is not None and not is_address(address):
        raise CannotStart(f"{option} {address}: give an IP address, such as 127.0.0.1")


def _parse(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
