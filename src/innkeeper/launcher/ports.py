"""Finding out before anything starts which ports can be had."""

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Iterable, Mapping

from innkeeper.errors import CannotStart
from innkeeper.launcher.addresses import join, reachable

# Below the ports that systems give to outgoing connections (32768 on Linux, 49152 elsewhere):
# one of those could take a port while the process that listened on it is being restarted.
_FREE_PORTS = range(20_000, 32_768)
# More than a launcher needs.
_APART = 32
_LOOKED_AT = 320
_BACKLOG = 2048
# More of them are hardly moved one by one.
_FEW = 2
_AIRPLAY = frozenset({5000, 7000})


class FreePorts:
    """Gives free ports of an address, each only once."""

    def __init__(self, bind: str) -> None:
        self._bind = bind
        self._given: set[int] = set()

    def __call__(self) -> int:
        """A free port.

        Those of launchers that start together lie apart: each begins to look at another place, by
        its process id, as none knows what another was given and does not listen on yet.

        Raises:
            CannotStart: none can be had.
        """
        begin = os.getpid() * _APART
        for number in range(begin, begin + _LOOKED_AT):
            port = _FREE_PORTS[number % len(_FREE_PORTS)]
            if port not in self._given and is_free(self._bind, port):
                self._given.add(port)
                return port
        raise CannotStart(
            f"no free port was found on {self._bind}: name ports with --port ROLE=PORT"
        )


def is_free(bind: str, port: int) -> bool:
    """Whether a listener can have the port and would get the connections made to it.

    Raises:
        CannotStart: the port or the address cannot be had by anybody like us.
    """
    try:
        listen(bind, port).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise CannotStart(_cannot_bind(bind, port, error)) from error
        return False
    return not _answers(bind, port)


def check(bind: str, wanted: Mapping[str, int]) -> None:
    """See that all ports can be had; 0 can always. `wanted` maps listeners to ports.

    Raises:
        CannotStart: some cannot; the text names all of them and the options that change them.
    """
    busy = {listener: port for listener, port in wanted.items() if port and not is_free(bind, port)}
    if busy:
        raise CannotStart(_in_use(bind, busy, wanted.values()))


def listen(bind: str, port: int) -> socket.socket:
    """A socket that listens already: connections wait in its queue until a process takes them.

    Raises:
        OSError: the port or the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Connections of an earlier run that are in TIME_WAIT do not count as use.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((bind, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _answers(bind: str, port: int) -> bool:
    """Whether somebody answers on the port although it could be bound: a listener on another
    address that a browser tries first for localhost, or on all addresses where, as on macOS, a
    bind beside it succeeds."""
    hosts = [reachable(bind)]
    if hosts == ["127.0.0.1"] or bind == "localhost":
        hosts.append("::1")
    for host in hosts:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.2):
            return True
    return False


def _in_use(bind: str, busy: Mapping[str, int], wanted: Iterable[int]) -> str:
    if len(busy) > _FEW:
        return (
            f"ports {_list(busy)} are in use, perhaps by another `innkeeper up`"
            " (see `innkeeper ps`): stop what uses them, or start with --free-ports"
        )
    taken = set(wanted)
    choices = []
    for listener, port in busy.items():
        other = _near(bind, port, taken)
        taken.add(other)
        choices.append(f"--port {listener}={other}")
    several = len(busy) > 1
    text = (
        f"port{'s' * several} {_list(busy)} {'are' if several else 'is'} in use: stop what uses"
        f" {'them' if several else 'it'} or choose {'others' if several else 'another'} with"
        f" {' '.join(choices)}"
    )
    if sys.platform == "darwin" and _AIRPLAY.intersection(busy.values()):
        text += " (on macOS it is often AirPlay Receiver, see System Settings, AirDrop & Handoff)"
    return text


def _list(busy: Mapping[str, int]) -> str:
    *others, last = (f"{port} ({listener})" for listener, port in busy.items())
    return f"{', '.join(others)} and {last}" if others else last


def _near(bind: str, port: int, taken: set[int]) -> int:
    """The next port up that is free, or just the next one where none of some is."""
    following = [candidate for candidate in range(port + 1, port + 50) if candidate < 65_536]
    for candidate in following:
        with contextlib.suppress(CannotStart):
            if candidate not in taken and is_free(bind, candidate):
                return candidate
    return port + 1 if port < 65_535 else port - 1


def _cannot_bind(bind: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--bind {bind}: this machine has no such address"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} needs more rights than this user has: choose one above 1023"
    return f"cannot listen on {join(bind, port)}: {error.strerror or error}"
