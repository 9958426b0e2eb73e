"""/v1/health: who is fit to be called."""

from collections.abc import Callable, Iterable, Mapping

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call
from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import CHECK, INSTANCE
from innkeeper.embedded.registry.api.query import Reads, node_meta
from innkeeper.embedded.registry.api.query_values import flag, subject
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import Json, check_view, instance_view
from innkeeper.embedded.registry.state.catalog import (
    CHECKS,
    Catalog,
    Instance,
    node_topic,
    service_topic,
)
from innkeeper.embedded.registry.state.changes import Topic
from innkeeper.embedded.registry.state.model import PASSING, Check


class HealthEndpoints:
    """Instances with their checks, and checks by service, node and state."""

    def __init__(self, catalog: Catalog, reads: Reads) -> None:
        self._catalog = catalog
        self._reads = reads

    def routes(self) -> list[Route]:
        return [
            Route("/v1/health/service/{service}", ("GET",), self.service),
            Route("/v1/health/checks/{service}", ("GET",), self.checks),
            Route("/v1/health/node/{node}", ("GET",), self.node),
            Route("/v1/health/state/{state}", ("GET",), self.state),
        ]

    async def service(self, call: Call) -> web.Response:
        name = subject(call, "service name")
        passing = flag(call, "passing")
        tags = call.query.getall("tag", [])
        meta = node_meta(call)
        keep = compile_filter(call.query.get("filter", ""), INSTANCE)

        def query() -> list[Json]:
            found = (
                instance_view(instance)
                for instance in self._reads.nearest_first(
                    call, self._catalog.instances(name), lambda each: each.node.name
                )
                if has_tags(instance.service.tags, tags)
                and has_meta(instance.node.meta, meta)
                and (_is_passing(instance) or not passing)
            )
            return [view for view in found if keep(view)]

        return await self._reads.answer(call, query, service_topic(name))

    async def checks(self, call: Call) -> web.Response:
        name = subject(call, "service name")

        def query() -> list[Check]:
            return [check for check in self._catalog.checks() if check.service_name == name]

        return await self._answer(call, query, service_topic(name))

    async def node(self, call: Call) -> web.Response:
        name = subject(call, "node name")
        return await self._answer(call, lambda: self._catalog.checks(name), node_topic(name))

    async def state(self, call: Call) -> web.Response:
        state = subject(call, "check state")

        def query() -> list[Check]:
            checks = self._catalog.checks()
            return [check for check in checks if state in ("any", check.status)]

        return await self._answer(call, query, CHECKS)

    async def _answer(
        self, call: Call, query: Callable[[], list[Check]], topic: Topic
    ) -> web.Response:
        meta = node_meta(call)
        keep = compile_filter(call.query.get("filter", ""), CHECK)

        def views() -> list[Json]:
            nodes = {node.name for node in self._catalog.nodes() if has_meta(node.meta, meta)}
            checks = self._reads.nearest_first(call, query(), lambda check: check.node)
            found = (check_view(check) for check in checks if check.node in nodes)
            return [view for view in found if keep(view)]

        return await self._reads.answer(call, views, topic)


def has_tags(tags: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether every wanted tag is there, whatever its case."""
    held = {tag.lower() for tag in tags}
    return all(tag.lower() in held for tag in wanted)


def has_meta(meta: Mapping[str, str] | None, wanted: Mapping[str, str]) -> bool:
    """Whether every wanted pair is there."""
    held = meta or {}
    return all(held.get(key) == value for key, value in wanted.items())


def _is_passing(instance: Instance) -> bool:
    return all(check.status == PASSING for check in instance.checks)
