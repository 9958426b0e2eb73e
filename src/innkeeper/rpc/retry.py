"""Which failed calls are made again, and how many of them a caller can afford."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random
from typing import Final

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions
from grpc import StatusCode

from innkeeper.rpc.status import RpcError, forbids_retry

# Below this share of the budget, second attempts at slow calls leave the rest to failures.
_SPARED: Final = 0.75


def read_only(method: str) -> bool:
    """Whether a method, such as `/innkeeper.geo.v1.Geo/Nearby`, says NO_SIDE_EFFECTS of itself.

    Unknown methods are not.
    """
    name = method.removeprefix("/").replace("/", ".")
    try:
        descriptor = descriptor_pool.Default().FindMethodByName(name)
    except KeyError:
        return False
    level: int = descriptor.GetOptions().idempotency_level
    return level == MethodOptions.NO_SIDE_EFFECTS


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried, and the pause once every endpoint has been asked."""

    attempts: int = 3
    """Calls made at most, the first one included."""
    pause: float = 0.05
    """Seconds before an endpoint is asked again, doubled each time."""
    jitter: Callable[[], float] = random
    """A number from 0 to 1; the pause is multiplied by half of it to one and a half."""

    def wants(self, error: RpcError, attempt: int) -> bool:
        """Whether a read-only call that failed in its `attempt`-th try may be made again.

        A server that stops answers CANCELLED for what it did not finish.
        """
        return (
            attempt < self.attempts
            and error.code() in (StatusCode.UNAVAILABLE, StatusCode.CANCELLED)
            and not forbids_retry(error)
        )

    def delay(self, rounds: int) -> float:
        """Seconds to wait after every endpoint has been asked `rounds` times."""
        return self.pause * 2.0 ** (rounds - 1) * (0.5 + self.jitter())


class RetryBudget:
    """A bucket of retries that successes fill, so that a failing service is not asked thrice as
    often. Like `retryThrottling` of gRPC: a retry needs the bucket to be more than half full.
    """

    def __init__(self, size: float = 1000.0, refill: float = 0.1) -> None:
        """`refill` is what one success puts back of the one that each failure takes. The bucket is
        larger than what is under way at one instance, all of which fails when that is killed."""
        self._size = size
        self._refill = refill
        self._tokens = size
        self.refused = 0
        """Further attempts that could not be afforded so far."""

    def succeeded(self) -> None:
        """Put back a part of what a failure took."""
        self._tokens = min(self._size, self._tokens + self._refill)

    def failed(self) -> bool:
        """Take one out; True while a retry can be afforded."""
        self._tokens = max(0.0, self._tokens - 1.0)
        afforded = self._tokens > self._size / 2
        self.refused += not afforded
        return afforded

    def spares(self) -> bool:
        """Take one out for a call that is slow, not failed, if those that fail will hardly need
        it: under much load all are slow, and an endpoint may die then, too."""
        afforded = self._tokens > self._size * _SPARED
        if afforded:
            self._tokens -= 1.0
        self.refused += not afforded
        return afforded
