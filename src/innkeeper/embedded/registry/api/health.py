"""/v1/health: who is fit to be called."""

from collections.abc import Iterable, Mapping

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call
from innkeeper.embedded.registry.api.query import Reads, flag, node_meta
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import Json, check_view, instance_view
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.catalog import (
    CHECKS,
    Catalog,
    Instance,
    node_topic,
    service_topic,
)
from innkeeper.embedded.registry.state.model import PASSING, Check


class HealthEndpoints:
    """Instances with their checks, and checks by service, node and state."""

    def __init__(self, catalog: Catalog, reads: Reads) -> None:
        self._catalog = catalog
        self._reads = reads

    def routes(self) -> list[Route]:
        return [
            Route("/v1/health/service/", ("GET",), self.service),
            Route("/v1/health/checks/", ("GET",), self.checks),
            Route("/v1/health/node/", ("GET",), self.node),
            Route("/v1/health/state/", ("GET",), self.state),
        ]

    async def service(self, call: Call) -> web.Response:
        name = _named(call, "service name")
        passing = flag(call, "passing")
        tags = call.query.getall("tag", [])
        meta = node_meta(call)

        def query() -> list[Json]:
            return [
                instance_view(instance)
                for instance in self._catalog.instances(name)
                if has_tags(instance.service.tags, tags)
                and has_meta(instance.node.meta, meta)
                and (_is_passing(instance) or not passing)
            ]

        return await self._reads.answer(call, query, service_topic(name))

    async def checks(self, call: Call) -> web.Response:
        name = _named(call, "service name")

        def query() -> list[Json]:
            services = self._catalog.named(name)
            checks = (self._catalog.service_checks(each.node, each.id) for each in services)
            return self._views((check for group in checks for check in group), node_meta(call))

        return await self._reads.answer(call, query, service_topic(name))

    async def node(self, call: Call) -> web.Response:
        name = _named(call, "node name")

        def query() -> list[Json]:
            return [check_view(check) for check in self._catalog.checks(name)]

        return await self._reads.answer(call, query, node_topic(name))

    async def state(self, call: Call) -> web.Response:
        state = _named(call, "check state")

        def query() -> list[Json]:
            checks = self._catalog.checks()
            found = (check for check in checks if state in ("any", check.status))
            return self._views(found, node_meta(call))

        return await self._reads.answer(call, query, CHECKS)

    def _views(self, checks: Iterable[Check], meta: Mapping[str, str]) -> list[Json]:
        nodes = {node.name for node in self._catalog.nodes() if has_meta(node.meta, meta)}
        return [check_view(check) for check in checks if check.node in nodes]


def has_tags(tags: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether every wanted tag is there, whatever its case."""
    held = {tag.lower() for tag in tags}
    return all(tag.lower() in held for tag in wanted if tag)


def has_meta(meta: Mapping[str, str] | None, wanted: Mapping[str, str]) -> bool:
    """Whether every wanted pair is there."""
    held = meta or {}
    return all(held.get(key) == value for key, value in wanted.items())


def _named(call: Call, what: str) -> str:
    if not call.rest:
        raise ApiError(400, f"Missing {what}")
    return call.rest


def _is_passing(instance: Instance) -> bool:
    return all(check.status == PASSING for check in instance.checks)
