"""The services that roles of this process call, wherever they are."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import TracebackType

from innkeeper.host.service import Readiness
from innkeeper.metrics import Metrics
from innkeeper.registry import Consul, Watch, watch
from innkeeper.rpc import BalancedChannel, Balancer, Caller
from innkeeper.rpc.readiness import unready


class Peers:
    """One balancer for each service that is called from here, fed by a watch on the registry."""

    def __init__(self, consul: Consul, metrics: Metrics) -> None:
        self._consul = consul
        self._metrics = metrics
        self._balancers: dict[str, Balancer] = {}
        self._channels: dict[str, list[BalancedChannel]] = {}
        self._watches: dict[str, Watch] = {}
        self._following: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Peers":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        for channels in self._channels.values():
            for channel in channels:
                await channel.close()
        for balancer in self._balancers.values():
            await balancer.close()

    def balancer(self, service: str) -> Balancer:
        """The balancer of a service; its endpoints are followed from the first time on."""
        balancer = self._balancers.get(service)
        if balancer is None:
            self._metrics.declare_batches_sent(service)
            balancer = self._balancers[service] = Balancer(
                service, sent=partial(self._metrics.batch_sent, service)
            )
            followed = self._watches[service] = watch(self._consul, service)
            self._following.append(asyncio.create_task(_follow(followed, balancer)))
        return balancer

    def channel(self, service: str, caller: Caller, *, batching: bool) -> BalancedChannel:
        """A channel to a service, which is closed at the end."""
        channel = BalancedChannel(self.balancer(service), caller, batching=batching)
        self._channels.setdefault(service, []).append(channel)
        return channel

    @property
    def channels(self) -> Mapping[str, Sequence[BalancedChannel]]:
        """Service → the channels to it, one for each role that calls it."""
        return self._channels

    @property
    def balancers(self) -> Mapping[str, Balancer]:
        """Service → its balancer, of the services that are called over the network."""
        return self._balancers

    def ages(self) -> Mapping[tuple[str, ...], float]:
        """Seconds since the registry last answered about each service; none before it has."""
        return {
            (service,): age
            for service, followed in self._watches.items()
            if (age := followed.age()) is not None
        }

    def readiness(self, services: Iterable[str]) -> Readiness:
        """Asks each of these services, all at once, whether an instance can answer."""
        balancers = {service: self.balancer(service) for service in services}

        async def ask() -> Mapping[str, str | None]:
            reasons = await asyncio.gather(*(unready(balancer) for balancer in balancers.values()))
            return dict(zip(balancers, reasons, strict=True))

        return ask


async def _follow(followed: Watch, balancer: Balancer) -> None:
    async for update in followed:
        balancer.update(
            {instance.target for instance in update.instances}, complete=update.complete
        )
