"""The services that roles of this process call, wherever they are."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType

from innkeeper.host.service import Readiness
from innkeeper.registry import Consul, watch
from innkeeper.rpc import Balancer
from innkeeper.rpc.readiness import unready


class Peers:
    """One balancer for each service that is called from here, fed by a watch on the registry."""

    def __init__(self, consul: Consul) -> None:
        self._consul = consul
        self._balancers: dict[str, Balancer] = {}
        self._watches: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Peers":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._watches:
            task.cancel()
        for task in self._watches:
            with suppress(asyncio.CancelledError):
                await task
        for balancer in self._balancers.values():
            await balancer.close()

    def balancer(self, service: str) -> Balancer:
        """The balancer of a service; its endpoints are followed from the first time on."""
        balancer = self._balancers.get(service)
        if balancer is None:
            balancer = self._balancers[service] = Balancer(service)
            self._watches.append(asyncio.create_task(self._follow(balancer)))
        return balancer

    def readiness(self, services: Iterable[str]) -> Readiness:
        """Asks each of these services, all at once, whether an instance can answer."""
        balancers = {service: self.balancer(service) for service in services}

        async def ask() -> Mapping[str, str | None]:
            reasons = await asyncio.gather(*(unready(balancer) for balancer in balancers.values()))
            return dict(zip(balancers, reasons, strict=True))

        return ask

    async def _follow(self, balancer: Balancer) -> None:
        async for update in watch(self._consul, balancer.service):
            balancer.update(
                {instance.target for instance in update.instances}, complete=update.complete
            )
