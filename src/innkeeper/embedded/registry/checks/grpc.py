"""Passing when grpc.health.v1 answers SERVING. The target is `host:port` or `host:port/service`."""

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.probe import Outcome
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING

_OPTIONS = (
    # The connection stays open between probes; one that broke is tried anew with each probe.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
    # What is checked must not be hidden by a connection that somebody else in the process holds.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
)


_CHECK = "/grpc.health.v1.Health/Check"


class GrpcProbe:
    """Asks the health service of one target."""

    def __init__(self, definition: CheckDefinition) -> None:
        self._target = definition.grpc
        self._address, _, service = definition.grpc.partition("/")
        self._request = health_pb2.HealthCheckRequest(service=service)
        self._definition = definition
        self._channel: grpc.aio.Channel | None = None

    async def __call__(self) -> Outcome:
        if self._channel is None:
            self._channel = self._open()
        check = self._channel.unary_unary(
            _CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = await check(self._request)
        except grpc.aio.AioRpcError as error:
            code = "".join(word.title() for word in error.code().name.split("_"))
            return Outcome(CRITICAL, f"rpc error: code = {code} desc = {error.details()}")
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
            return Outcome(CRITICAL, f"gRPC {self._target} serving status: {status}")
        return Outcome(PASSING, f"gRPC check {self._target}: success")

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()

    def _open(self) -> grpc.aio.Channel:
        definition = self._definition
        # What grpc names the shortest backoff is how long connecting may take.
        limit = ("grpc.min_reconnect_backoff_ms", round(1000 * definition.answer_within))
        options = (*_OPTIONS, limit)
        if not definition.grpc_use_tls:
            return grpc.aio.insecure_channel(self._address, options=options)
        name = definition.tls_server_name
        override = (("grpc.ssl_target_name_override", name),) if name else ()
        return grpc.aio.secure_channel(
            self._address, grpc.ssl_channel_credentials(), options=(*options, *override)
        )
