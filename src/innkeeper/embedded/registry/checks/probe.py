"""What every kind of probe offers, and how dialling errors read."""

import errno
import os
import socket
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one probe found."""

    status: str
    output: str


class Probe(Protocol):
    """One way to find out how something is. Its owner bounds the time it may take."""

    async def __call__(self) -> Outcome:
        """Look once. Whatever goes wrong with the target is an outcome, never an exception."""
        ...

    async def close(self) -> None:
        """Give back what is held between probes."""
        ...


_REASONS = {
    errno.ECONNREFUSED: "connect: connection refused",
    errno.EHOSTUNREACH: "connect: no route to host",
    errno.ENETUNREACH: "connect: network is unreachable",
    errno.ECONNRESET: "read: connection reset by peer",
}


def dial_failure(address: str, error: OSError) -> str:
    """A failed connection in the words of Go's net package."""
    if isinstance(error, socket.gaierror):
        return f"dial tcp: lookup {address.rpartition(':')[0]}: no such host"
    number = error.errno or 0
    reason = _REASONS.get(number) or (os.strerror(number).lower() if number else str(error))
    return f"dial tcp {address}: {reason}"


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`.

    Raises:
        ValueError: in the words of Go's net package.
    """
    host, separator, port = address.rpartition(":")
    if not separator:
        raise ValueError(f"dial tcp: address {address}: missing port in address")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"dial tcp: address {address}: too many colons in address")
    if not port.isdecimal() or len(port) > 5 or int(port) > 65535:
        raise ValueError(f"dial tcp: address {port}: invalid port")
    return host.strip("[]"), int(port)
