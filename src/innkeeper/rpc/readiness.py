"""Whether a service can answer, asked without a business call."""

from grpc.aio import Metadata
from grpc_health.v1 import health_pb2

from innkeeper import errors
from innkeeper.rpc.balancer import Balancer
from innkeeper.rpc.endpoint import Method

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
    reason = "no instance is registered"
    for endpoint in sorted(balancer.endpoints, key=lambda endpoint: not endpoint.ready):
        try:
            answer = await endpoint.call(_CHECK, b"", timeout=timeout, metadata=Metadata())
        except errors.TooLate:
            reason = f"{endpoint.address} does not answer"
        except errors.Error as error:
            reason = str(error)
        else:
            if answer.message.status == health_pb2.HealthCheckResponse.SERVING:
                return None
            reason = f"{endpoint.address} is not serving"
    return reason
