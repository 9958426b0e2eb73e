"""/v1/internal/ui: overviews for the pages, in the shape that Consul's own pages get.

`InstancesPassing` and its like are this registry's addition: pages tell the health of instances,
and Consul's answer holds that of checks alone.
"""

from collections import Counter
from collections.abc import Iterable

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import SERVICE_NODE
from innkeeper.embedded.registry.api.query import Reads, fresh
from innkeeper.embedded.registry.api.query_values import subject
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import (
    Json,
    check_view,
    node_view,
    service_node_view,
    service_view,
)
from innkeeper.embedded.registry.blocking import Reading
from innkeeper.embedded.registry.state.catalog import (
    CHECKS,
    NODES,
    SERVICES,
    Catalog,
    Instance,
    node_topic,
)
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, WARNING, Check, Node


class OverviewEndpoints:
    """All services with their health, all nodes with what runs on them."""

    def __init__(self, catalog: Catalog, reads: Reads) -> None:
        self._catalog = catalog
        self._reads = reads

    def routes(self) -> list[Route]:
        return [
            Route("/v1/internal/ui/services", ("GET",), self.services),
            Route("/v1/internal/ui/nodes", ("GET",), self.nodes),
            Route("/v1/internal/ui/node/{node}", ("GET",), self.node),
        ]

    async def services(self, call: Call) -> web.Response:
        keep = compile_filter(call.query.get("filter", ""), SERVICE_NODE)

        def query() -> list[Json]:
            views = []
            for name in self._catalog.names():
                found = self._catalog.instances(name)
                kept = [each for each in found if keep(service_node_view(each.node, each.service))]
                if kept:
                    views.append(self._summary(name, kept))
            return views

        return await self._reads.answer(call, query, SERVICES, CHECKS, NODES)

    async def nodes(self, call: Call) -> web.Response:
        def query() -> list[Json]:
            return [self._node_view(node) for node in self._catalog.nodes()]

        return await self._reads.answer(call, query, SERVICES, CHECKS, NODES)

    async def node(self, call: Call) -> web.Response:
        name = subject(call, "node name")

        def query() -> Reading[Node | None]:
            topic = node_topic(name)
            return Reading(self._catalog.node(name), self._catalog.index_of(topic), (topic,))

        found = await self._reads.read(call, query)
        node = found.value
        answer = json_answer(call, self._node_view(node)) if node else web.Response(status=404)
        return fresh(answer, found.index)

    def _summary(self, name: str, instances: list[Instance]) -> Json:
        checks = Counter(check.status for each in instances for check in each.checks)
        health = Counter(worst(each.checks) for each in instances)
        return {
            "Name": name,
            "Datacenter": self._reads.datacenter,
            "Tags": sorted({tag for each in instances for tag in each.service.tags}),
            "Nodes": sorted({each.node.name for each in instances}),
            "InstanceCount": len(instances),
            "ChecksPassing": checks[PASSING],
            "ChecksWarning": checks[WARNING],
            "ChecksCritical": checks[CRITICAL],
            "InstancesPassing": health[PASSING],
            "InstancesWarning": health[WARNING],
            "InstancesCritical": health[CRITICAL],
        }

    def _node_view(self, node: Node) -> Json:
        return {
            **node_view(node),
            "Services": [service_view(each) for each in self._catalog.services(node.name)],
            "Checks": [check_view(each) for each in self._catalog.checks(node.name)],
        }


def worst(checks: Iterable[Check]) -> str:
    """The worst status of some checks; passing when there are none."""
    statuses = {check.status for check in checks}
    return next((each for each in (CRITICAL, WARNING) if each in statuses), PASSING)
