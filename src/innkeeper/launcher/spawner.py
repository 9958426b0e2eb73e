"""Turns the plan of a process into the process."""

import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from innkeeper.launcher.process import Child, spawn
from innkeeper.launcher.topology import ProcessPlan

Command = Callable[[ProcessPlan, int, Mapping[str, int]], Sequence[str]]
"""Makes the command line from the plan, the file descriptor of the control socket, and those of
the listening sockets that are handed down, by listener."""


@dataclass(frozen=True)
class ServeCommand:
    """Makes `innkeeper serve …` command lines."""

    bind: str
    advertise: str | None
    managed: bool
    """Whether the registry is brought along, and may come later than who uses it."""

    def __call__(self, plan: ProcessPlan, control_fd: int, handed: Mapping[str, int]) -> list[str]:
        words = [sys.executable, "-m", "innkeeper", "serve", *plan.roles]
        words += ["--instance", str(plan.instance), "--control-fd", str(control_fd)]
        words += ["--bind", self.bind]
        if self.advertise is not None:
            words += ["--advertise", self.advertise]
        if self.managed:
            words.append("--managed")
        for listener, port in plan.ports.items():
            words += ["--port", f"{listener}={port}"]
        for listener, fd in handed.items():
            words += ["--listen-fd", f"{listener}={fd}"]
        return words


@dataclass(frozen=True)
class Spawner:
    """Starts processes that share an environment and listening sockets."""

    command: Command
    environ: Mapping[str, str]
    """The whole environment of each process."""
    sockets: Mapping[str, socket.socket]
    """Listener → the socket that every process with that listener inherits."""
    on_output: Callable[[ProcessPlan, bytes], None]
    """Gets each line that a process writes."""

    async def __call__(self, plan: ProcessPlan) -> Child:
        """Start the process of a plan.

        Raises:
            OSError: the system cannot.
        """
        handed = {
            listener: self.sockets[listener].fileno()
            for listener in plan.ports
            if listener in self.sockets
        }
        return await spawn(
            lambda control_fd: self.command(plan, control_fd, handed),
            self.environ,
            handed.values(),
            lambda line: self.on_output(plan, line),
        )
