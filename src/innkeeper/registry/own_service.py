"""The short form for a service of somebody's own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from innkeeper.registry.advertise import advertised_address
from innkeeper.registry.check import Check
from innkeeper.registry.consul import Consul
from innkeeper.registry.instance import Instance
from innkeeper.registry.registration import Registration, registered
from innkeeper.settings import Settings


@asynccontextmanager
async def register(
    service: str,
    port: int,
    *,
    id: str | None = None,
    bind: str = "127.0.0.1",
    advertise: str | None = None,
    tags: tuple[str, ...] = (),
    meta: Mapping[str, str] | None = None,
    check: Check | None = Check("tcp"),  # noqa: B008 - frozen
) -> AsyncIterator[Registration]:
    """Have a service in the registry while the block runs:

        async with registry.register("billing", port=9000):
            await serve()

    The registry is the one that the environment names (`CONSUL_HTTP_ADDR` and so on). The check
    connects to the port, which suits whatever listens; a gRPC server that offers
    `grpc.health.v1` is better checked with `Check()`.

    Args:
        id: the instance's name; `billing-1` for the first and only instance of `billing`.
        bind: the address that the server listens at; see `advertised_address`.

    Raises:
        CannotStart: the environment names a registry that cannot be reached, or the address
            would mean nothing to it.
    """
    settings = Settings.from_environ().registry
    instance = Instance(
        id=id or f"{service}-1",
        service=service,
        address=await advertised_address(settings, bind, advertise),
        port=port,
        tags=tags,
        meta=meta or {},
    )
    async with Consul(settings) as consul:
        await consul.check_reachable()
        async with registered(consul, instance, check) as registration:
            yield registration
