"""What the launcher knows of a role: a row of the table that it is handed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from innkeeper.errors import CannotStart


@dataclass(frozen=True)
class Role:
    """Something that `serve` can host and `up` can start."""

    name: str
    """What commands, the registry and log lines call it, such as "geo"."""
    ports: Mapping[str, int]
    """Listener → default port. The first is named like the role and is its own address; others
    have names that no role has, such as "otlp-grpc"."""
    infrastructure: bool = False
    """Whether the other roles lean on it: it has one instance, a process apart even with
    `--together`, and stops last."""
    handed: bool = False
    """Whether the launcher binds the role's own listener and hands the socket down, so that the
    address outlives each process and all instances share it. Such a role is the edge of the
    system and stops first."""
    sources: tuple[Path, ...] = ()
    """Files and folders whose change restarts it under `--reload`."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Title → path, below the role's own address, of what people open in a browser; the one that
    others link to first."""
    example: str | None = None
    """Path, below the role's own address, of a request to try with curl."""


def names(roles: Iterable[Role]) -> str:
    """The names in the table, for messages."""
    return ", ".join(role.name for role in roles)


def find(roles: Iterable[Role], name: str, said_by: str) -> Role:
    """The role of that name.

    Raises:
        CannotStart: the table has none; the text begins with `said_by` and lists the known ones.
    """
    known = {role.name: role for role in roles}
    if name not in known:
        raise CannotStart(f"{said_by}: no role is called {name!r}; the roles are {names(roles)}")
    return known[name]


def listeners(roles: Iterable[Role]) -> dict[str, Role]:
    """Listener → the role it belongs to."""
    return {listener: role for role in roles for listener in role.ports}


def host(roles: Iterable[Role], wanted: Iterable[str]) -> list[Role]:
    """The roles of those names, for one process.

    Raises:
        CannotStart: a name is unknown or is there twice.
    """
    roles = list(roles)
    hosted: list[Role] = []
    for name in wanted:
        role = find(roles, name, "serve")
        if role in hosted:
            raise CannotStart(f"serve: {name} is named twice; --instance 2 starts another one")
        hosted.append(role)
    return hosted


def ports_of(hosted: Iterable[Role], instance: int, chosen: Mapping[str, int]) -> dict[str, int]:
    """Listener → port for roles hosted in one process: as chosen, else the usual port for the
    first instance and any free one, 0, for others.

    Raises:
        CannotStart: a port was chosen for what is not hosted.
    """
    ports = {
        listener: default if instance == 1 else 0
        for role in hosted
        for listener, default in role.ports.items()
    }
    for listener, port in chosen.items():
        if listener not in ports:
            raise CannotStart(
                f"--port {listener}={port}: this process has no listener {listener!r}, only"
                f" {', '.join(ports)}"
            )
    return {**ports, **chosen}
