"""The RPC runtime: servers, and channels that generated stubs use as they are.

    stub ─▶ BalancedChannel ─▶ Balancer ─▶ Endpoint ─▶ grpc.aio ─▶ Server ─▶ Handler ─▶ service
    stub ─▶ LocalChannel ────────────────────────────────────────▶ Handler ─▶ service

Imports tracing, metrics and errors; knows nothing of what is called, nor of the registry: whoever
watches that calls `Balancer.update`.
"""

from innkeeper.rpc.balancer import Balancer, EndpointStatistics
from innkeeper.rpc.caller import Caller
from innkeeper.rpc.channel import BalancedChannel
from innkeeper.rpc.fault import Fault
from innkeeper.rpc.local import LocalChannel
from innkeeper.rpc.retry import RetryBudget, RetryPolicy
from innkeeper.rpc.server import Server
from innkeeper.rpc.status import RpcError

__all__ = [
    "BalancedChannel",
    "Balancer",
    "Caller",
    "EndpointStatistics",
    "Fault",
    "LocalChannel",
    "RetryBudget",
    "RetryPolicy",
    "RpcError",
    "Server",
]
