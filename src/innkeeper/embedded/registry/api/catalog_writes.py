"""/v1/catalog/register and deregister: entries that no agent looks after."""

from dataclasses import replace

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.catalog_body import (
    CatalogRegistration,
    catalog_deregistration,
    catalog_registration,
)
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.errors import ApiError, NotOffered
from innkeeper.embedded.registry.limits import refuse_overflow
from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.model import Check, Node


class CatalogWriteEndpoints:
    """Lists nodes that run elsewhere. Nothing checks them from here.

    What is on this registry's own node belongs to its agent; as with Consul, where the agent puts
    things right again, nobody else changes it.
    """

    def __init__(self, catalog: Catalog, own: Node) -> None:
        self._catalog = catalog
        self._own = own

    def routes(self) -> list[Route]:
        return [
            Route("/v1/catalog/register", ("PUT",), self.register),
            Route("/v1/catalog/deregister", ("PUT",), self.deregister),
        ]

    async def register(self, call: Call) -> web.Response:
        body = catalog_registration(await call.request.read(), self._own.datacenter)
        if body.node.name == self._own.name:
            raise NotOffered(
                "Changing this registry's own node through the catalog"
                " (agent/service/register does it) is"
            )
        refuse_overflow(self._catalog, 2 + len(body.checks))
        self._refuse_taken_id(body.node)
        checks = [self._vetted(check, body) for check in body.checks]
        with self._catalog.changes.write():
            if body.update_node or self._catalog.node(body.node.name) is None:
                self._catalog.put_node(body.node)
            if body.service is not None:
                self._catalog.put_service(body.service)
            for check in checks:
                self._catalog.put_check(check)
        return json_answer(call, True)

    async def deregister(self, call: Call) -> web.Response:
        body = catalog_deregistration(await call.request.read(), self._own.datacenter)
        if body.node == self._own.name:
            return json_answer(call, True)
        if body.service_id:
            self._catalog.remove_service(body.node, body.service_id)
        elif body.check_id:
            self._catalog.remove_check(body.node, body.check_id)
        else:
            self._catalog.remove_node(body.node)
        return json_answer(call, True)

    def _vetted(self, check: Check, body: CatalogRegistration) -> Check:
        """The check with the name and tags of its service, which must be there."""
        if check.node != body.node.name:
            raise ApiError(
                500,
                f"check node {check.node!r} does not match node {body.node.name!r}",
            )
        if not check.service_id:
            return check
        service = self._catalog.service(check.node, check.service_id)
        if body.service is not None and body.service.id == check.service_id:
            service = body.service
        if service is None:
            raise ApiError(
                500, f"Unknown service ID '{check.service_id}' for check ID '{check.id}'"
            )
        return replace(check, service_name=service.name, service_tags=service.tags)

    def _refuse_taken_id(self, node: Node) -> None:
        for other in self._catalog.nodes() if node.id else ():
            if other.id == node.id and other.name != node.name:
                raise ApiError(500, f'Node ID "{node.id}" is reserved by node "{other.name}"')
