"""More or fewer processes of one kind: which to add, which to end. Does nothing itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from innkeeper.errors import CannotStart
from innkeeper.launcher.roles import Role, find
from innkeeper.launcher.topology import MOST_REPLICAS, ProcessPlan, process


@dataclass(frozen=True)
class Scaling:
    """The difference between what runs and what is wanted. One of the two is empty."""

    add: Sequence[ProcessPlan]
    remove: Sequence[ProcessPlan]
    """The last to come is the first to go."""


def scale(
    name: str,
    wanted: int,
    running: Sequence[ProcessPlan],
    roles: Sequence[Role],
    ports: Mapping[str, int],
) -> Scaling:
    """Work out how so many processes of a kind come about.

    Args:
        name: a role, or "together" where roles share processes.
        wanted: how many.
        running: every process of the system.
        roles: the table of all roles.
        ports: listener → port of the first instance.

    Raises:
        CannotStart: it cannot be had; the text says what can.
    """
    said = f"scale {name}={wanted}"
    if not 1 <= wanted <= MOST_REPLICAS:
        raise CannotStart(f"{said}: from 1 to {MOST_REPLICAS} instances can run")
    kind = [plan for plan in running if plan.kind == name]
    if not kind:
        raise CannotStart(f"{said}: {_why_none(name, running, roles)}")
    hosted = [role for role in roles if role.name in kind[0].roles]
    if wanted > 1 and any(role.infrastructure for role in hosted):
        raise CannotStart(f"{said}: only one {name} can run")
    kind.sort(key=lambda plan: plan.instance)
    numbers = _free_numbers(kind[0].roles, running)
    added = [process(hosted, next(numbers), ports) for _ in range(wanted - len(kind))]
    return Scaling(added, kind[wanted:][::-1])


def _free_numbers(roles: Iterable[str], running: Iterable[ProcessPlan]) -> Iterator[int]:
    """Numbers of instances, from the lowest on, that none of the roles has yet."""
    hosted = set(roles)
    taken = {plan.instance for plan in running if hosted.intersection(plan.roles)}
    return (number for number in count(1) if number not in taken)


def _why_none(name: str, running: Iterable[ProcessPlan], roles: Sequence[Role]) -> str:
    for plan in running:
        if name in plan.roles:
            return f"{name} shares its process with other roles: scale {plan.kind}"
    find(roles, name, "scale")
    return f"no {name} is run by this `up`"
