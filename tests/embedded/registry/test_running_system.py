"""What the registry of a whole system keeps, when it is killed and when the system is stopped."""

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.child import free_ports
from tests.support.system import Command, eventually

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

ROLES = ("geo", "rate", "profile", "search", "frontend")
HOTELS = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


class Load:
    """Asks for hotels without a pause, and keeps what was no good answer."""

    def __init__(self, url: str) -> None:
        self.bad: list[str] = []
        self.answers = 0
        self._url = url + HOTELS
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client() as client:
            while not self._stopped.is_set():
                answer = client.get(self._url)
                self.answers += 1
                if answer.status_code != 200 or not answer.json()["features"]:
                    self.bad.append(answer.text)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of what outlives a run."""
    return tmp_path / "state"


@pytest.fixture
def start(state: Path) -> Callable[[], tuple[Command, str]]:
    """Starts a system whose registry is at the same address each time; also gives its URL."""
    [port] = free_ports(1)
    options = ("--free-ports", "--port", f"registry={port}", "--replicas", "geo=2")

    def start() -> tuple[Command, str]:
        command = Command("up", *options, env={"XDG_STATE_HOME": str(state)})
        return command, f"http://127.0.0.1:{port}"

    return start


def passing(registry: str) -> int:
    """How many instances of the services pass; 0 while the registry is away."""
    try:
        answers = [httpx.get(f"{registry}/v1/health/service/{role}?passing") for role in ROLES]
    except httpx.HTTPError:
        return 0
    return sum(len(answer.json()) for answer in answers)


def kept(state: Path) -> list[str]:
    """What registries have written down so far."""
    return [file.read_text() for file in state.glob("innkeeper/*.json")]


def test_a_killed_registry_comes_back_with_everything(
    start: Callable[[], tuple[Command, str]], state: Path
) -> None:
    """Instances and keys are there again, no request fails meanwhile, and a system that was
    stopped in order leaves keys alone behind."""
    command, registry = start()
    try:
        frontend = command.event("ready")["addresses"]["frontend"]
        eventually(lambda: passing(registry) == 6)
        httpx.put(f"{registry}/v1/kv/kept", content=b"value")
        foreign = {"Node": "elsewhere", "Address": "10.0.0.9", "Service": {"Service": "db"}}
        httpx.put(f"{registry}/v1/catalog/register", json=foreign)
        eventually(lambda: "elsewhere" in "".join(kept(state)))
        with Load(frontend) as load:
            eventually(lambda: load.answers > 20)
            [process] = [each for each in command.children() if "registry" in each.cmdline()]
            process.kill()
            process.wait(10)
            eventually(lambda: passing(registry) == 6, limit=30)
            before = load.answers
            eventually(lambda: load.answers > before + 20)
        assert load.bad == []
        assert httpx.get(f"{registry}/v1/kv/kept?raw").text == "value"
        assert len(httpx.get(f"{registry}/v1/catalog/service/db").json()) == 1
        assert command.interrupt() == 0
    finally:
        command.close()
    again, registry = start()
    try:
        again.event("ready")
        assert httpx.get(f"{registry}/v1/kv/kept?raw").text == "value"
        states = httpx.get(f"{registry}/v1/health/state/critical").json()
        assert [check["Output"] for check in states] == []
        assert again.interrupt() == 0
    finally:
        again.close()
