"""Asking a health service over gRPC."""

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.grpc import GrpcProbe
from innkeeper.embedded.registry.durations import SECOND
from innkeeper.embedded.registry.state.model import PASSING
from tests.support.health_server import HealthServer
from tests.support.slow_door import slow_door


async def test_connecting_may_take_as_long_as_the_check() -> None:
    """A server that is slow to take a connection, as on a busy machine, passes within the time that
    its check has."""
    async with HealthServer() as server, slow_door(server.port, 0.3) as port:
        probe = GrpcProbe(CheckDefinition(grpc=f"127.0.0.1:{port}", timeout=20 * SECOND))
        outcome = await probe()
        await probe.close()
    assert outcome.status == PASSING, outcome.output
