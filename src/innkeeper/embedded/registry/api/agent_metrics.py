"""/v1/agent/metrics: what the registry holds and how long it takes to answer, in Consul's JSON.

Names are Consul's, for what there is here. For Prometheus there is `/metrics` of the process.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.api.agent_self import SPOKEN_VERSION
from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.timings import INTERVAL, Key, Sample, Timings, in_order
from innkeeper.embedded.registry.api.views import Json
from innkeeper.embedded.registry.errors import NotOffered


class AgentMetricsEndpoints:
    """The agent's metrics."""

    def __init__(
        self,
        agent: Agent,
        timings: Timings,
        *,
        keys: Callable[[], int],
        watchers: Callable[[], int],
    ) -> None:
        """`keys` and `watchers` count entries of the key/value store and blocking queries."""
        self._agent = agent
        self._timings = timings
        self._keys = keys
        self._watchers = watchers

    def routes(self) -> list[Route]:
        return [Route("/v1/agent/metrics", ("GET",), self.metrics)]

    async def metrics(self, call: Call) -> web.Response:
        if call.query.get("format") == "prometheus":
            raise NotOffered(
                "Metrics in Prometheus's format are at /metrics of the admin listener, and here"
            )
        interval = self._timings.last()
        return json_answer(
            call,
            {
                "Timestamp": f"{datetime.fromtimestamp(interval.began, UTC):%F %T} +0000 UTC",
                "Gauges": self._gauges(),
                "Points": [],
                "Counters": [],
                "Samples": [_sample(key, sample) for key, sample in in_order(interval.samples)],
            },
        )

    def _gauges(self) -> list[Json]:
        catalog, node = self._agent.catalog, self._agent.node
        here = {"datacenter": node.datacenter}
        index = catalog.changes.index
        gauges: tuple[tuple[str, int, dict[str, str]], ...] = (
            ("autopilot.healthy", 1, {}),
            ("members.clients", 0, here),
            ("members.servers", 1, here),
            ("raft.applied_index", index, {}),
            ("raft.last_index", index, {}),
            ("rpc.queries_blocking", self._watchers(), {}),
            ("server.isLeader", 1, {}),
            ("state.kv_entries", self._keys(), here),
            ("state.nodes", len(catalog.nodes()), here),
            ("state.service_instances", catalog.service_count(), here),
            ("state.services", len(catalog.names()), here),
            ("version", 1, {"pre_release": "", "version": SPOKEN_VERSION}),
        )
        return [
            {"Name": f"consul.{node.name}.{name}", "Value": value, "Labels": labels}
            for name, value, labels in gauges
        ]


def _sample(key: Key, sample: Sample) -> Json:
    method, path = key
    return {
        "Name": "consul.api.http",
        "Count": sample.count,
        "Rate": sample.sum / INTERVAL,
        "Sum": sample.sum,
        "Min": sample.min,
        "Max": sample.max,
        "Mean": sample.mean,
        "Stddev": sample.deviation,
        "Labels": {"method": method, "path": path.lstrip("/").replace("/", "_")},
    }
