"""/v1/status: who leads. Here nobody else is there to."""

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.query import query_options
from innkeeper.embedded.registry.api.routes import Route


class StatusEndpoints:
    """Tells that this registry is its own leader and only peer."""

    def __init__(self, address: str, datacenter: str) -> None:
        self._address = address
        self._datacenter = datacenter

    def routes(self) -> list[Route]:
        return [
            Route("/v1/status/leader", ("GET",), self.leader),
            Route("/v1/status/peers", ("GET",), self.peers),
        ]

    async def leader(self, call: Call) -> web.Response:
        query_options(call, self._datacenter)
        return json_answer(call, self._address)

    async def peers(self, call: Call) -> web.Response:
        query_options(call, self._datacenter)
        return json_answer(call, [self._address])
