"""/v1/catalog: what there is, fit or not."""

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import NODE, SERVICE, SERVICE_NODE
from innkeeper.embedded.registry.api.health import has_meta, has_tags
from innkeeper.embedded.registry.api.query import Reads, node_meta
from innkeeper.embedded.registry.api.query_values import subject
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import (
    Json,
    node_view,
    service_node_view,
    service_view,
)
from innkeeper.embedded.registry.state.catalog import (
    NODES,
    SERVICES,
    Catalog,
    node_topic,
    service_topic,
)


class CatalogEndpoints:
    """Nodes and services."""

    def __init__(self, catalog: Catalog, reads: Reads) -> None:
        self._catalog = catalog
        self._reads = reads

    def routes(self) -> list[Route]:
        return [
            Route("/v1/catalog/datacenters", ("GET",), self.datacenters),
            Route("/v1/catalog/nodes", ("GET",), self.nodes),
            Route("/v1/catalog/services", ("GET",), self.services),
            Route("/v1/catalog/service/{service}", ("GET",), self.service),
            Route("/v1/catalog/node/{node}", ("GET",), self.node),
            Route("/v1/catalog/node-services/{node}", ("GET",), self.node_services),
        ]

    async def datacenters(self, call: Call) -> web.Response:
        return json_answer(call, [self._reads.datacenter])

    async def nodes(self, call: Call) -> web.Response:
        meta = node_meta(call)
        keep = compile_filter(_filter(call), NODE)

        def query() -> list[Json]:
            nodes = self._reads.nearest_first(
                call,
                (node for node in self._catalog.nodes() if has_meta(node.meta, meta)),
                lambda node: node.name,
            )
            return [view for view in map(node_view, nodes) if keep(view)]

        return await self._reads.answer(call, query, NODES)

    async def services(self, call: Call) -> web.Response:
        meta = node_meta(call)
        keep = compile_filter(_filter(call), SERVICE_NODE)

        def query() -> dict[str, list[str]]:
            nodes = [node for node in self._catalog.nodes() if has_meta(node.meta, meta)]
            tags: dict[str, set[str]] = {}
            for node in nodes:
                for service in self._catalog.services(node.name):
                    if keep(service_node_view(node, service)):
                        tags.setdefault(service.name, set()).update(service.tags)
            return {name: sorted(tags[name]) for name in sorted(tags)}

        return await self._reads.answer(call, query, SERVICES)

    async def service(self, call: Call) -> web.Response:
        name = subject(call, "service name")
        tags = call.query.getall("tag", [])
        meta = node_meta(call)
        keep = compile_filter(_filter(call), SERVICE_NODE)

        def query() -> list[Json]:
            found = (
                service_node_view(instance.node, instance.service)
                for instance in self._reads.nearest_first(
                    call, self._catalog.instances(name), lambda each: each.node.name
                )
                if has_tags(instance.service.tags, tags) and has_meta(instance.node.meta, meta)
            )
            return [view for view in found if keep(view)]

        return await self._reads.answer(call, query, service_topic(name))

    async def node(self, call: Call) -> web.Response:
        name = subject(call, "node name")
        keep = compile_filter(_filter(call), SERVICE)

        def query() -> Json | None:
            node = self._catalog.node(name)
            if node is None:
                return None
            views = {each.id: service_view(each) for each in self._catalog.services(name)}
            kept = {id_: view for id_, view in views.items() if keep(view)}
            return {"Node": node_view(node), "Services": kept}

        return await self._reads.answer(call, query, node_topic(name))

    async def node_services(self, call: Call) -> web.Response:
        name = subject(call, "node name")
        keep = compile_filter(_filter(call), SERVICE)

        def query() -> Json:
            node = self._catalog.node(name)
            if node is None:
                return {"Node": None, "Services": None}
            views = map(service_view, self._catalog.services(name))
            return {"Node": node_view(node), "Services": [view for view in views if keep(view)]}

        return await self._reads.answer(call, query, node_topic(name))


def _filter(call: Call) -> str:
    return call.query.get("filter", "")
