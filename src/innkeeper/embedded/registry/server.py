"""The registry behind one listener."""

import logging
import os
import socket
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from innkeeper.embedded.observing import Observe, unobserved, watch
from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.api.agent import AgentEndpoints
from innkeeper.embedded.registry.api.agent_checks import AgentCheckEndpoints
from innkeeper.embedded.registry.api.agent_metrics import AgentMetricsEndpoints
from innkeeper.embedded.registry.api.agent_self import SPOKEN_VERSION, AgentSelfEndpoints
from innkeeper.embedded.registry.api.catalog import CatalogEndpoints
from innkeeper.embedded.registry.api.catalog_writes import CatalogWriteEndpoints
from innkeeper.embedded.registry.api.dispatch import Dispatch
from innkeeper.embedded.registry.api.health import HealthEndpoints
from innkeeper.embedded.registry.api.kv import KeyValueEndpoints
from innkeeper.embedded.registry.api.overview import OverviewEndpoints
from innkeeper.embedded.registry.api.query import Reads
from innkeeper.embedded.registry.api.routes import Routes
from innkeeper.embedded.registry.api.status import StatusEndpoints
from innkeeper.embedded.registry.api.timings import Timings
from innkeeper.embedded.registry.blocking import Waiters
from innkeeper.embedded.registry.limits import LARGEST_BODY, LONGEST_LINE
from innkeeper.embedded.registry.memory import Memory
from innkeeper.embedded.registry.persistence import Saver, load
from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.changes import Changes, Topic
from innkeeper.embedded.registry.state.key_values import KeyValues
from innkeeper.embedded.registry.state.model import Node
from innkeeper.embedded.registry.statistics import Statistics, instances_by_status
from innkeeper.embedded.registry.ui.pages import add_pages

_SHUTDOWN_SECONDS = 1.0
_BACKLOG = 1024

_log = logging.getLogger("aiohttp.server.registry")


class RegistryServer:
    """Speaks the HTTP API of Consul 1.21 on one address, while entered."""

    def __init__(
        self,
        bind: str = "127.0.0.1",
        port: int = 8500,
        *,
        node_name: str | None = None,
        datacenter: str = "dc1",
        state_file: Path | None = None,
        pages: Mapping[str, str] | None = None,
        observe: Observe = unobserved,
    ) -> None:
        """Port 0 takes any free one. The node is named after this machine unless told otherwise.

        With a `state_file`, registrations and keys outlive a restart; without, it starts empty.
        Its pages link to `pages`, URLs by title. `observe` is told of each request.
        """
        self._bind = bind
        self._port = port
        self._node_name = node_name or socket.gethostname()
        self._datacenter = datacenter
        self._waiters = Waiters()
        self._changes = Changes(self._announce)
        self._catalog = Catalog(self._changes)
        self._key_values = KeyValues(self._changes)
        self._state_file = state_file
        self._pages = pages or {}
        self._observe = observe
        self._saver: Saver | None = None
        self._agent: Agent | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:8500`."""
        host = f"[{self._bind}]" if ":" in self._bind else self._bind
        return f"http://{host}:{self._port}"

    def waiting(self) -> int:
        """How many blocking queries wait."""
        return len(self._waiters)

    def statistics(self) -> Statistics:
        """What is registered and stored, and who waits."""
        return Statistics(
            services=len(self._catalog.names()),
            instances=instances_by_status(self._catalog),
            keys=len(self._key_values),
            watchers=self.waiting(),
        )

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: the address cannot be listened on, most often because it is taken.
        """
        listener = _listen(self._bind, self._port)
        self._port = listener.getsockname()[1]
        agent = Agent(self._catalog, self._node())
        agent.begin(self._port)
        if self._state_file is not None:
            self._remember(agent, self._state_file)
        runner = web.AppRunner(
            self._application(agent),
            handle_signals=False,
            access_log=None,
            auto_decompress=False,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            logger=_log,
        )
        try:
            await runner.setup()
            await web.SockSite(runner, listener, backlog=_BACKLOG).start()
        except BaseException:
            listener.close()
            await runner.cleanup()
            await self._forget(agent)
            raise
        self._agent, self._runner = agent, runner
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        agent, runner = self._agent, self._runner
        self._agent = self._runner = None
        if agent is None or runner is None:
            return
        # Blocking queries answer first: nothing else would end them before their wait is over.
        self._waiters.close()
        await runner.cleanup()
        await self._forget(agent)

    def _announce(self, topics: frozenset[Topic]) -> None:
        self._waiters.wake(topics)
        if self._saver is not None:
            self._saver.changed()

    def _remember(self, agent: Agent, file: Path) -> None:
        memory = Memory(agent, self._catalog, self._key_values)
        memory.restore(load(file))
        self._saver = Saver(file, memory.snapshot)
        self._saver.start()

    async def _forget(self, agent: Agent) -> None:
        # Saved first: ending the checks takes their definitions away.
        if self._saver is not None:
            await self._saver.close()
        await agent.close()

    def _node(self) -> Node:
        address = "127.0.0.1" if self._bind in ("0.0.0.0", "::") else self._bind
        version = 6 if ":" in address else 4
        reaches = ("lan", f"lan_ipv{version}", "wan", f"wan_ipv{version}")
        return Node(
            self._node_name,
            address,
            # The same machine keeps its id over restarts, as with Consul's data directory.
            id=str(uuid.uuid5(uuid.NAMESPACE_DNS, self._node_name)),
            datacenter=self._datacenter,
            tagged_addresses=dict.fromkeys(reaches, address),
            meta={"consul-network-segment": "", "consul-version": SPOKEN_VERSION},
        )

    def _application(self, agent: Agent) -> web.Application:
        application = web.Application(client_max_size=LARGEST_BODY)
        timings = Timings()
        serve = Dispatch(self._routes(agent, timings), timings).serve
        watch(application, self._observe)
        add_pages(application, self._datacenter, self._pages)
        # A name may have line ends in it, which a dot does not take by itself.
        application.router.add_route("*", "/{rest:(?s:.*)}", serve)
        return application

    def _routes(self, agent: Agent, timings: Timings) -> Routes:
        reads = Reads(self._changes, self._waiters, agent.node)
        areas = (
            AgentEndpoints(agent, self._waiters),
            AgentCheckEndpoints(agent),
            AgentSelfEndpoints(agent, self._bind, self._port),
            AgentMetricsEndpoints(
                agent, timings, keys=lambda: len(self._key_values), watchers=self.waiting
            ),
            CatalogEndpoints(self._catalog, reads),
            CatalogWriteEndpoints(self._catalog, agent.node),
            HealthEndpoints(self._catalog, reads),
            KeyValueEndpoints(self._key_values, reads),
            OverviewEndpoints(self._catalog, reads),
            StatusEndpoints(f"{agent.node.address}:{self._port}", self._datacenter),
        )
        return Routes([route for area in areas for route in area.routes()])


def _listen(bind: str, port: int) -> socket.socket:
    """A socket bound at once, so that a taken port is known before anything else starts."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((bind, port))
    except OSError:
        listener.close()
        raise
    return listener


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a record tells of more than a request that was no HTTP, which its sender was told."""
    fault = record.exc_info[1] if record.exc_info else None
    return not isinstance(fault, HttpProcessingError)


_log.addFilter(_is_ours)
