"""Faults of the services in this process, as the launcher asks for them.

    {"command": "fault", "role": "geo", "latency": 0.2, "errors": 0.05, "seed": 7, "for": 30}

sets one, in place of one that is there: `latency` in seconds, `errors` a share of the calls, `for`
the seconds after which it ends by itself. Without latency and errors it takes one away.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from innkeeper.host.control import Refused
from innkeeper.rpc import Fault, Server

_LOG = logging.getLogger(__name__)


class Faults:
    """At most one for each service."""

    def __init__(self, instance_id: Callable[[str], str]) -> None:
        """`instance_id` names the instance of a role here: each draws other calls to fail."""
        self._instance_id = instance_id
        self._servers: Mapping[str, Server] = {}
        self._ends: dict[str, asyncio.TimerHandle] = {}

    def may_meet(self, servers: Mapping[str, Server]) -> None:
        """From now on these servers can have faults, by role."""
        self._servers = servers

    def carry_out(self, command: Mapping[str, Any]) -> None:
        """Do what the launcher says.

        Raises:
            Refused: it is nothing that can be done here.
        """
        match command:
            case {"command": "fault", "role": str(role)}:
                self._set(
                    role,
                    _number(command, "latency"),
                    _number(command, "errors"),
                    command.get("seed", 0),
                    _number(command, "for"),
                )
            case _:
                raise Refused(f"the command {command.get('command')!r} is not known here")

    def _set(self, role: str, latency: float, errors: float, seed: object, seconds: float) -> None:
        server = self._servers.get(role)
        if server is None:
            raise Refused(f"{role} answers no calls here: only gRPC services can have faults")
        if role in self._ends:
            self._ends.pop(role).cancel()
        if not latency and not errors:
            self._clear(role, server)
            return
        instance = self._instance_id(role)
        _LOG.warning(
            "%s has a fault: %g ms of latency, %g %% of errors", role, 1000 * latency, 100 * errors
        )
        server.set_fault(Fault(latency=latency, error_share=errors, seed=f"{seed} {instance}"))
        if seconds:
            loop = asyncio.get_running_loop()
            self._ends[role] = loop.call_later(seconds, self._clear, role, server)

    def _clear(self, role: str, server: Server) -> None:
        self._ends.pop(role, None)
        _LOG.warning("%s has no fault any more", role)
        server.set_fault(None)


def _number(command: Mapping[str, Any], name: str) -> float:
    value = command.get(name) or 0
    if not isinstance(value, int | float) or value < 0:
        raise Refused(f"{name} is {value!r}, which is no number from 0 on")
    return value
