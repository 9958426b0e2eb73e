"""What runs where: from the options of `up` to a list of processes. Starts and binds nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from innkeeper.errors import CannotStart
from innkeeper.launcher.infrastructure import REGISTRY
from innkeeper.launcher.roles import Role, find, listeners

MOST_REPLICAS = 100
TOGETHER = "together"


@dataclass(frozen=True)
class Options:
    """What `up` was asked for."""

    together: bool = False
    """Whether the roles that are no infrastructure share a process."""
    replicas: Mapping[str, int] = field(default_factory=dict)
    """Role → number of instances; the key "" is for every role that is no infrastructure and
    not named."""
    without: frozenset[str] = frozenset()
    """Roles that somebody else starts, on the same ports."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Listener → port of the first instance."""
    free_ports: bool = False
    """Whether listeners that `ports` does not name take any free port."""
    reload: bool = False
    """Whether a change of a role's sources restarts it."""
    data: str | None = None
    """Folder of the flat files or URL of a database, when not that of the settings."""
    bind: str = "127.0.0.1"
    """IP address that everything listens on."""
    advertise: str | None = None
    """Address that the registry tells others, when not the bound one."""
    name: str | None = None
    """What commands call this `up`, when they cannot know which one is meant."""


class Stage(IntEnum):
    """When a process stops, lowest first: nobody asks the edge any more before what it leans on
    goes, then goes what everybody leans on, and last the registry, which all others leave."""

    EDGE = 0
    SERVICE = 1
    INFRASTRUCTURE = 2
    REGISTRY = 3


@dataclass(frozen=True)
class ProcessPlan:
    """One process to start and keep running."""

    name: str
    """Unique in the topology: "geo-2", or "together-1" for a process with several roles."""
    roles: tuple[str, ...]
    instance: int
    """Number of the instance, from 1; the same for all roles in the process."""
    ports: Mapping[str, int]
    """Listener → port, 0 for any free one."""
    stage: Stage

    @property
    def kind(self) -> str:
        """What its name is a numbered one of: "geo", or "together"."""
        return self.name.rpartition("-")[0]


@dataclass(frozen=True)
class Topology:
    """What `up` runs."""

    processes: tuple[ProcessPlan, ...]
    ports: Mapping[str, int]
    """Listener → port of the first instance, also of roles that somebody else starts; 0 for any
    free one."""
    handed: tuple[str, ...]
    """Listeners that the launcher binds and hands to every instance."""


def plan(
    options: Options,
    roles: Sequence[Role],
    outside: Mapping[str, str],
    free_port: Callable[[], int],
) -> Topology:
    """Lay out the processes.

    Args:
        options: what was asked for.
        roles: the table of all roles.
        outside: infrastructure that exists already → the words that say where, for messages.
        free_port: gives a free port, another one each time.

    Raises:
        CannotStart: the options do not fit the roles or each other.
    """
    _check_roles(options, roles, outside)
    started = [
        role for role in roles if role.name not in options.without and role.name not in outside
    ]
    if not started:
        raise CannotStart("--without leaves nothing to start")
    _check_ports(options, roles, outside)
    ports = {
        listener: _port(options, role, listener, default, free_port)
        for role in roles
        for listener, default in role.ports.items()
    }
    _check_distinct(ports, started)
    shared = tuple(role.name for role in started if role.handed)
    processes = [
        process(together, instance, ports) for together, instance in _share_out(options, started)
    ]
    return Topology(tuple(processes), ports, shared)


def _check_roles(options: Options, roles: Sequence[Role], outside: Mapping[str, str]) -> None:
    for name in sorted(options.without):
        find(roles, name, "--without")
    for name, count in options.replicas.items():
        said = f"--replicas {name}={count}" if name else f"--replicas {count}"
        if not 1 <= count <= MOST_REPLICAS:
            raise CannotStart(
                f"{said}: from 1 to {MOST_REPLICAS} instances can be started;"
                " --without ROLE starts none"
            )
        if not name:
            continue
        if find(roles, name, said).infrastructure and count > 1:
            raise CannotStart(f"{said}: only one {name} can run")
        if name in options.without:
            raise CannotStart(f"{said}: {name} is left out by --without {name}")
        if name in outside:
            raise CannotStart(f"{said}: no {name} starts with {outside[name]}")


def _check_ports(options: Options, roles: Sequence[Role], outside: Mapping[str, str]) -> None:
    known = listeners(roles)
    for listener, port in options.ports.items():
        said = f"--port {listener}={port}"
        if listener not in known:
            raise CannotStart(
                f"{said}: nothing is called {listener!r}; ports can be chosen for"
                f" {', '.join(known)}"
            )
        role = known[listener]
        if role.name in outside:
            raise CannotStart(f"{said}: no {role.name} starts with {outside[role.name]}")
        if role.name in options.without and not role.infrastructure:
            raise CannotStart(f"{said}: {role.name} is left out by --without {role.name}")


def _port(
    options: Options, role: Role, listener: str, default: int, free_port: Callable[[], int]
) -> int:
    port = options.ports.get(listener, 0 if options.free_ports else default)
    # Addresses of infrastructure go into the environment of the others before anything runs.
    known_ahead = role.infrastructure or _is_handed(role, listener)
    return free_port() if known_ahead and port == 0 else port


def _check_distinct(ports: Mapping[str, int], started: Iterable[Role]) -> None:
    taken: dict[int, str] = {}
    for listener in listeners(started):
        port = ports[listener]
        if port and port in taken:
            raise CannotStart(
                f"port {port} is wanted by {taken[port]} and by {listener}:"
                f" choose another with --port {listener}=PORT"
            )
        taken[port] = listener


def _share_out(options: Options, started: Sequence[Role]) -> Iterable[tuple[Sequence[Role], int]]:
    """Pairs of the roles in a process and their instance number."""
    yield from (([role], 1) for role in started if role.infrastructure)
    services = [role for role in started if not role.infrastructure]
    every = options.replicas.get("", 1)
    counts = {role.name: options.replicas.get(role.name, every) for role in services}
    for instance in range(1, max(counts.values(), default=0) + 1):
        present = [role for role in services if counts[role.name] >= instance]
        if options.together:
            yield present, instance
        else:
            yield from (([role], instance) for role in present)


def process(roles: Sequence[Role], instance: int, ports: Mapping[str, int]) -> ProcessPlan:
    """The plan of one process; `ports` are those of the first instances, by listener."""
    if any(role.handed for role in roles):
        stage = Stage.EDGE
    elif [role.name for role in roles] == [REGISTRY]:
        stage = Stage.REGISTRY
    elif all(role.infrastructure for role in roles):
        stage = Stage.INFRASTRUCTURE
    else:
        stage = Stage.SERVICE
    return ProcessPlan(
        name=f"{roles[0].name if len(roles) == 1 else TOGETHER}-{instance}",
        roles=tuple(role.name for role in roles),
        instance=instance,
        ports={
            listener: ports[listener] if instance == 1 or _is_handed(role, listener) else 0
            for role in roles
            for listener in role.ports
        },
        stage=stage,
    )


def _is_handed(role: Role, listener: str) -> bool:
    return role.handed and listener == role.name
