"""Whether a service can answer, asked without a business call."""

from time import monotonic

from grpc.aio import Metadata
from grpc_health.v1 import health_pb2

from innkeeper import errors
from innkeeper.rpc.balancer import Balancer
from innkeeper.rpc.endpoint import Endpoint, Method

_CHECK = Method(
    "/grpc.health.v1.Health/Check",
    None,
    health_pb2.HealthCheckResponse.FromString,
)


async def unready(balancer: Balancer, timeout: float = 0.5) -> str | None:
    """Why a service cannot answer now; None when an instance of it says that it serves.

    Every instance that is known is asked until one does, each for `timeout` seconds.
    """
    if not balancer.told:
        return "the registry has not told where it is"
    reason: str | None = "no instance is registered"
    for endpoint in sorted(balancer.endpoints, key=lambda endpoint: not endpoint.ready):
        reason = await _why_not(endpoint, timeout)
        if reason is None:
            return None
    return reason


async def serves(endpoint: Endpoint, timeout: float = 0.5) -> bool:
    """Whether an endpoint says within `timeout` seconds that it serves."""
    return await _why_not(endpoint, timeout) is None


async def _why_not(endpoint: Endpoint, timeout: float) -> str | None:
    try:
        answer = await endpoint.call(_CHECK, b"", by=monotonic() + timeout, metadata=Metadata())
    except errors.TooLate:
        return f"{endpoint.address} does not answer"
    except errors.Error as error:
        return str(error)
    if answer.message.status == health_pb2.HealthCheckResponse.SERVING:
        return None
    return f"{endpoint.address} is not serving"
