"""Passing when a connection can be opened."""

import asyncio
import contextlib

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.probe import Outcome, dial_failure, split_address
from innkeeper.embedded.registry.checks.tls import client_context
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING


class TcpProbe:
    """Opens a connection and closes it."""

    def __init__(self, definition: CheckDefinition) -> None:
        self._address = definition.tcp
        self._tls = client_context(definition.tls_skip_verify) if definition.tcp_use_tls else None
        self._server_name = definition.tls_server_name or None

    async def __call__(self) -> Outcome:
        try:
            host, port = split_address(self._address)
            _, writer = await asyncio.open_connection(
                host or "127.0.0.1",
                port,
                ssl=self._tls,
                server_hostname=self._server_name if self._tls else None,
            )
        except ValueError as error:
            return Outcome(CRITICAL, str(error))
        except OSError as error:
            return Outcome(CRITICAL, dial_failure(self._address, error))
        # Aborted, not closed: the other side of a TLS connection may never say goodbye.
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        kind = "TCP+TLS" if self._tls else "TCP"
        return Outcome(PASSING, f"{kind} connect {self._address}: Success")

    async def close(self) -> None:
        """Nothing is held between probes."""
