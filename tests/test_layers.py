"""The rooms of the package and the ways their arrows may point."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "innkeeper"

# Room → the rooms that it may import, beside itself. A room is a folder or file of the package.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "settings": {"errors"},
    "look": set(),
    "parameters": set(),
    "pb": set(),
    "logs": {"errors", "settings", "tracing"},
    "tracing": {"errors", "settings", "pb"},
    "metrics": {"errors", "settings"},
    "registry": {"errors", "settings"},
    "rpc": {"errors", "settings", "tracing", "metrics", "pb"},
    "web": {"errors", "settings", "rpc", "metrics"},
    "embedded": {"errors", "settings", "look"},
    "host": {
        "embedded",
        "errors",
        "logs",
        "metrics",
        "registry",
        "rpc",
        "settings",
        "tracing",
        "web",
    },
    "launcher": {"errors", "parameters", "settings"},
    "hotels": {"errors", "look", "pb"},
    "bench": {"errors", "parameters", "settings"},
    "chaos": {"bench", "errors", "launcher", "settings"},
    "wiring": {"host", "hotels", "launcher", "pb", "settings"},
    "cli": {"bench", "chaos", "errors", "host", "hotels", "launcher", "settings", "wiring"},
    "__main__": {"cli"},
    "__init__": set(),
}
RUNTIME = ("rpc", "registry", "tracing", "metrics", "web", "embedded", "host", "launcher", "logs")

# What hotels may import from outside: nothing that opens a socket or speaks to a registry.
HOTELS_LIBRARIES = {"google", "msgspec"}
DATABASE_LIBRARIES = {"psycopg"}
COMMAND_LIBRARIES = {"click", "rich"}
FRONTEND_LIBRARIES = {"litestar", "litestar_offline_docs", "xstatic"}
NETWORK_MODULES = (
    "asyncio",
    "http.client",
    "http.server",
    "selectors",
    "socket",
    "socketserver",
    "ssl",
    "urllib.request",
)
# One request may wait for what another is asking, or for a connection that it uses, so long.
NO_NETWORK = {
    "asyncio.Event",
    "asyncio.Semaphore",
    "asyncio.timeout",
    "asyncio.to_thread",
    "asyncio.wrap_future",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of ours with the room it is in; generated ones left out."""
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room != "pb":
            yield room, path


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a module imports, late ones included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def those(*rooms: str) -> list[Path]:
    """The modules of some rooms."""
    return [path for room, path in modules() if room in rooms]


def name(value: object) -> str | None:
    """What a test is called by: the module's path in the package."""
    return str(value.relative_to(SOURCE)) if isinstance(value, Path) else None


@pytest.mark.parametrize(("room", "path"), list(modules()), ids=name)
def test_arrows(room: str, path: Path) -> None:
    """A room imports only the rooms that it may know."""
    parts = (found.split(".") for found in imports(path))
    known = {part[1] for part in parts if part[0] == "innkeeper" and part[1] in ROOMS}
    assert known <= ROOMS[room] | {room}


@pytest.mark.parametrize("path", those("hotels"), ids=name)
def test_hotels_know_no_network(path: Path) -> None:
    """Services know messages, clients and stores; gRPC, sockets and registries are unknown here."""
    allowed = HOTELS_LIBRARIES | sys.stdlib_module_names | {"innkeeper"}
    if "frontend" in path.parts:
        allowed = allowed | FRONTEND_LIBRARIES
    if "postgres" in str(path.relative_to(SOURCE)):
        allowed = allowed | DATABASE_LIBRARIES
    if path.name == "command.py":
        allowed = allowed | COMMAND_LIBRARIES
    for found in imports(path):
        assert found.split(".")[0] in allowed, found
        assert "_pb2_grpc" not in found
        if found not in NO_NETWORK:
            assert not f"{found}.".startswith(tuple(f"{bad}." for bad in NETWORK_MODULES)), found


@pytest.mark.parametrize("path", those(*RUNTIME), ids=name)
def test_runtime_knows_no_hotels(path: Path) -> None:
    """The runtime would serve any product: it does not even mention this one's business."""
    assert not re.search(r"hotel", path.read_text(), re.IGNORECASE)
    messages = [found for found in imports(path) if found.startswith("innkeeper.pb.")]
    ours = ("innkeeper.pb.rpc.", "innkeeper.pb.otlp.")
    assert all(found.startswith(ours) for found in messages)


@pytest.mark.parametrize("path", those(*(room for room in ROOMS if room != "settings")), ids=name)
def test_environment_is_read_once(path: Path) -> None:
    """Only settings.py looks at the environment."""
    asked = re.findall(r"\bos\.(?:environb?|getenv)\b|from os import .*env.*", path.read_text())
    assert not asked


def test_every_room_is_known() -> None:
    """A new folder or file at the top takes its place in the table above."""
    assert {room for room, _ in modules()} <= set(ROOMS)
