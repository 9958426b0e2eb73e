"""One child process: started in a session of its own, heard, and ended.

It inherits one end of a socket pair, the control socket, on which it says "ready" or "failed" in
lines of JSON, and hears commands. We hold the other end as long as we live: however we go, the
child reads an end of file and stops. Signals go to the child's own pid and only while it has not
been waited for, so they cannot reach another process that was given the number later.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from innkeeper.launcher.lines import Lines
from innkeeper.launcher.requests import Requests

# Status of a process that cannot do what it was asked for, whatever the number of attempts.
CANNOT_START = 2
# Output can outlive the process only when it started processes of its own.
_LAST_OUTPUT = 0.2


@dataclass(frozen=True)
class Exit:
    """How a process ended."""

    status: int
    """Exit status, or the negative number of the signal that ended it."""
    failed: bool
    """Whether it said itself that it cannot start."""
    reason: str | None
    """One line: what it said on the control socket, else, when it ended by itself and not well,
    its last words that were no log line."""


class Child:
    """A running process. `ready` holds its addresses once it serves; `exited` how it ended."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.ready: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        self.exited: asyncio.Task[Exit]
        self.requests = Requests(process.pid)
        self._failure: str | None = None
        self._last_words: str | None = None

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal; one that has ended gets none."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process at once."""
        self.signal(signal.SIGKILL)

    async def stop(self, limit: float) -> None:
        """Ask the process to stop, and end it when it has not within `limit` seconds. Returns
        once it is gone."""
        self.signal(signal.SIGTERM)
        # One that hangs would not hear it.
        self.signal(signal.SIGCONT)
        await asyncio.wait({self.exited}, timeout=limit)
        self.kill()
        await asyncio.wait({self.exited})

    async def ask(self, command: Mapping[str, object], limit: float) -> None:
        """Have the process carry out a command, within `limit` seconds.

        Raises:
            CannotStart: it refused, ended or did not answer; the text says why.
        """
        await self.requests.ask(command, limit)

    def _hear(self, line: bytes) -> None:
        """Take a line from the control socket. Events that we do not know are for later
        launchers."""
        try:
            message = json.loads(line)
        except ValueError:
            return
        match message:
            case {"event": "ready", "addresses": dict(addresses)} if not self.ready.done():
                self.ready.set_result({str(key): str(value) for key, value in addresses.items()})
            case {"event": "failed", "reason": reason} if self._failure is None:
                self._failure = " ".join(str(reason).split())
            case dict():
                self.requests.hear(message)

    def _note(self, line: bytes) -> None:
        if not line.startswith(b"{"):
            self._last_words = line.decode(errors="replace").strip() or self._last_words

    async def _reap(self, control: Lines, output: Lines, *ours: asyncio.BaseTransport) -> Exit:
        status = await self._process.wait()
        self.requests.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_OUTPUT):
                await control.wait_ended()
                await output.wait_ended()
        for transport in ours:
            transport.close()
        return Exit(
            status=status,
            failed=self._failure is not None or status == CANNOT_START,
            reason=self._failure or (self._last_words if status > 0 else None),
        )


async def spawn(
    command: Callable[[int], Sequence[str]],
    environ: Mapping[str, str],
    handed: Iterable[int],
    on_output: Callable[[bytes], None],
) -> Child:
    """Start a process.

    Args:
        command: makes the command line from the file descriptor of the control socket.
        environ: the whole environment of the process.
        handed: further file descriptors that it inherits, under the same numbers.
        on_output: gets each line that it writes to its standard output or error.

    Raises:
        OSError: the system cannot start one more.
    """
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    read_end, write_end = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *command(theirs.fileno()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=write_end,
            stderr=write_end,
            env=environ,
            start_new_session=True,
            pass_fds=(theirs.fileno(), *handed),
        )
    except BaseException:
        ours.close()
        os.close(read_end)
        raise
    finally:
        theirs.close()
        os.close(write_end)
    child = Child(process)

    def take(line: bytes) -> None:
        child._note(line)
        on_output(line)

    ours.setblocking(False)
    control_transport, control = await loop.create_connection(lambda: Lines(child._hear), sock=ours)
    child.requests.open(control_transport)
    output_transport, output = await loop.connect_read_pipe(
        lambda: Lines(take), os.fdopen(read_end, "rb", buffering=0)
    )
    child.exited = asyncio.create_task(
        child._reap(control, output, control_transport, output_transport),
        name=f"reap {child.pid}",
    )
    return child
