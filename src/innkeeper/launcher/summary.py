"""What to tell once the system runs: where everything is, and what was chosen for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from innkeeper.launcher.addresses import clickable, join
from innkeeper.launcher.infrastructure import Choice
from innkeeper.launcher.roles import Role
from innkeeper.launcher.topology import Topology


@dataclass(frozen=True)
class Summary:
    """The running system."""

    pages: Mapping[str, str]
    """Title → URL of what to open in a browser."""
    examples: tuple[str, ...]
    """URLs to try with curl."""
    addresses: Mapping[str, str]
    """Listener → address of the first instance; a URL where it is for browsers."""
    instances: Mapping[str, Mapping[str, str]]
    """Process → its addresses by listener, as it said."""
    choices: Mapping[str, str]
    """Registry, traces, data → which and why."""


def summarise(
    roles: Sequence[Role],
    topology: Topology,
    instances: Mapping[str, Mapping[str, str]],
    chosen: Mapping[str, Choice],
    bind: str,
    data: str,
) -> Summary:
    """Put together what the table of roles, the plan and the running processes say. `data` says
    which folder and why."""
    known = set(topology.ports)
    addresses: dict[str, str] = {}
    for listening in instances.values():
        for listener, address in listening.items():
            if listener in known:
                addresses.setdefault(listener, address)
    bases = _bases(roles, topology, chosen, clickable(bind))
    return Summary(
        pages={
            title: bases[role.name] + path
            # What the system is for comes before what it leans on.
            for role in sorted(roles, key=lambda role: role.infrastructure)
            if role.name in bases
            for title, path in role.pages.items()
        },
        examples=tuple(
            bases[role.name] + role.example for role in roles if role.name in bases and role.example
        ),
        addresses={**addresses, **bases},
        instances=instances,
        choices={**{role: choice.reason for role, choice in chosen.items()}, "data": data},
    )


def main_url(roles: Sequence[Role], topology: Topology, bind: str) -> str | None:
    """The URL under which people find the edge, None when it is not started here."""
    for role in roles:
        if role.handed and role.name in topology.handed:
            return f"http://{join(clickable(bind), topology.ports[role.name])}"
    return None


def main_pages(
    roles: Sequence[Role], topology: Topology, chosen: Mapping[str, Choice], host: str
) -> dict[str, str]:
    """Title → URL of the first page of each role, known before anything runs."""
    bases = _bases(roles, topology, chosen, host)
    return {
        title: bases[role.name] + path
        for role in sorted(roles, key=lambda role: role.infrastructure)
        if role.name in bases
        for title, path in list(role.pages.items())[:1]
    }


def _bases(
    roles: Sequence[Role], topology: Topology, chosen: Mapping[str, Choice], host: str
) -> dict[str, str]:
    """Role → the URL under which people find it, where there is something to find."""
    return {
        role.name: base
        for role in roles
        if (role.pages or role.example) and (base := _base(role, topology, chosen, host))
    }


def _base(role: Role, topology: Topology, chosen: Mapping[str, Choice], host: str) -> str | None:
    if role.name in chosen and not chosen[role.name].embedded:
        return chosen[role.name].url
    port = topology.ports[role.name]
    return f"http://{join(host, port)}" if port else None
