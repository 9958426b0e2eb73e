"""A gRPC server with `grpc.health.v1` in a process of its own, for a test to kill or to halt.

The server as a whole serves; the service `asleep` says that it does not.
"""

import asyncio
import signal
import sys
from concurrent import futures
from types import TracebackType

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


class HealthServer:
    """The process, from entering on. Ended at the end if the test has not."""

    def __init__(self) -> None:
        self.port = 0
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "HealthServer":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        self.port = int(await self._process.stdout.readline())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.kill()

    async def kill(self) -> None:
        """End the process without a word to anybody."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        # Reads to the end as well, so that the pipe is closed.
        await self._process.communicate()

    def halt(self) -> None:
        """Stop the process; the system still takes connections for it."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


def _serve() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(2), options=[("grpc.so_reuseport", 0)])
    servicer = health.HealthServicer()
    servicer.set("asleep", health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - how the parent learns it
    server.wait_for_termination()


if __name__ == "__main__":
    _serve()
