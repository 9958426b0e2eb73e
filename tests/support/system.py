"""The whole system as a user starts it, as child processes on free ports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import psutil

# What the machine says must not decide what a test starts.
_NAMES = ("CONSUL_", "INNKEEPER_", "OTEL_", "GOOGLE_MAPS_")
START_LIMIT = 30.0


def eventually(holds: Callable[[], Any], limit: float = 10.0) -> Any:
    """What `holds` returns, as soon as that is true; AssertionError after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        if value := holds():
            return value
        assert time.monotonic() < end, f"not so within {limit:g} s"
        time.sleep(0.02)


class Command:
    """A running `innkeeper` command; its lines of JSON are collected."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.lines: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "innkeeper", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **{name: value for name, value in os.environ.items() if _kept(name)},
                **(env or {}),
            },
        )
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout,)),
            threading.Thread(target=self._read, args=(self.process.stderr,)),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any) -> None:
        for line in stream:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.errors.append(line.decode(errors="replace").rstrip())

    def event(self, name: str, limit: float = START_LIMIT, **fields: Any) -> dict[str, Any]:
        """The first line about an event with these fields, waited for."""

        def find() -> dict[str, Any] | None:
            for line in list(self.lines):
                if line.get("event") == name and fields.items() <= line.items():
                    return line
            assert self.process.poll() is None or name == "", self.said()
            return None

        found: dict[str, Any] = eventually(find, limit)
        return found

    def said(self) -> str:
        """Everything that the command wrote, for messages."""
        return "\n".join([*self.errors, *(json.dumps(line) for line in self.lines)])

    def children(self) -> list[psutil.Process]:
        """The processes that it started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self, limit: float = 10.0) -> int:
        """Press Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(limit)

    def close(self) -> None:
        """End it for certain, with what it started."""
        try:
            if self.process.poll() is None:
                self.interrupt()
        except subprocess.TimeoutExpired:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in self.children():
                    child.kill()
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def _kept(name: str) -> bool:
    return not name.startswith(_NAMES)


@contextmanager
def command(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Command]:
    """Run an `innkeeper` command until the block ends."""
    running = Command(*arguments, env=env)
    try:
        yield running
    finally:
        running.close()


class System:
    """A started system, by its addresses."""

    def __init__(self, running: Command, addresses: Mapping[str, str]) -> None:
        self.command = running
        self.addresses = addresses
        """By listener: URLs for HTTP, host:port for gRPC."""
        self.http = httpx.Client(timeout=10, trust_env=False, follow_redirects=True)

    def get(self, path: str, role: str = "frontend", **query: Any) -> httpx.Response:
        """Ask one of the HTTP servers."""
        return self.http.get(f"{self.addresses[role]}{path}", params=query)

    def stay(self, **query: Any) -> httpx.Response:
        """Ask for the original's stay."""
        return self.get("/hotels", inDate="2015-04-09", outDate="2015-04-10", **query)

    def passing(self, service: str) -> dict[str, str]:
        """The passing instances of a service in the registry: id → host:port."""
        entries = self.get(f"/v1/health/service/{service}", "registry", passing="1").json()
        return {
            entry["Service"]["ID"]: f"{entry['Service']['Address']}:{entry['Service']['Port']}"
            for entry in entries
        }

    def process(self, instance: str) -> psutil.Process:
        """The operating system's process of an instance such as `geo-1`."""
        role, _, number = instance.rpartition("-")
        for child in self.command.children():
            words = child.cmdline()
            if role in words and words[words.index("--instance") + 1] == number:
                return child
        raise AssertionError(f"no process of {instance}")

    def logged(self, instance: str) -> list[dict[str, Any]]:
        """The log lines of an instance so far."""
        return [line for line in list(self.command.lines) if line.get("instance") == instance]


@contextmanager
def system(*options: str, env: Mapping[str, str] | None = None) -> Iterator[System]:
    """Run `innkeeper up` with these options until the block ends; it starts when all is ready."""
    with command("up", "--free-ports", *options, env=env) as running:
        ready = running.event("ready")
        started = System(running, {**ready["addresses"], **_outside(env or {})})
        try:
            yield started
        finally:
            started.http.close()


@contextmanager
def single_process() -> Iterator[System]:
    """All seven roles in one process, on free ports."""
    from innkeeper.wiring import ROLES

    roles = [role.name for role in ROLES]
    ports = [f"--port={listener}=0" for role in ROLES for listener in role.ports]
    with command("serve", *roles, *ports) as running:
        line = eventually(lambda: _serving(running), START_LIMIT)
        started = System(running, line)
        try:
            yield started
        finally:
            started.http.close()


def _serving(running: Command) -> dict[str, str] | None:
    """The addresses in the log line that says where a process serves."""
    for line in list(running.lines):
        message = str(line.get("message", ""))
        if message.startswith("serving "):
            pairs = (part.split(" at ") for part in message[len("serving ") :].split(", "))
            return {name: address for name, address in pairs}
    assert running.process.poll() is None, running.said()
    return None


def _outside(env: Mapping[str, str]) -> dict[str, str]:
    """Where tests read a registry and traces that were not started here."""
    found = {}
    if "CONSUL_HTTP_ADDR" in env:
        found["registry"] = env["CONSUL_HTTP_ADDR"]
    if "INNKEEPER_TRACES_URL" in env:
        found["traces"] = env["INNKEEPER_TRACES_URL"]
    return found
