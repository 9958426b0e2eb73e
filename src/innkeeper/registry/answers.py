"""What Consul's answers say. The field names are those of its HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from innkeeper.registry.instance import Instance


@dataclass(frozen=True)
class Passing:
    """The instances of a service that pass all their checks."""

    index: int
    """State of the registry that the answer shows, to be handed to the next blocking query."""
    instances: frozenset[Instance]


@dataclass(frozen=True)
class Registered:
    """What the agent holds under an instance's id."""

    content_hash: str
    """Changes with the entry, to be handed to the next blocking query."""
    address: str
    port: int

    def is_of(self, instance: Instance) -> bool:
        """Whether the entry is this instance's and not that of a successor elsewhere."""
        return (self.address, self.port) == (instance.address, instance.port)


def passing(index: str | None, body: Any) -> Passing:
    """Read `/v1/health/service/:service` and its `X-Consul-Index`. An entry without a port cannot
    be called and is left out; an entry without an address is at its node's.

    Raises:
        ValueError: it is something else.
    """
    if index is None or not index.isdecimal():
        raise ValueError(f"X-Consul-Index is {index!r}")
    if not isinstance(body, list):
        raise ValueError("not a list")
    try:
        found = frozenset(_instance(entry["Service"], entry["Node"]) for entry in body)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a list of service entries: {error!r}") from None
    return Passing(int(index), frozenset(one for one in found if one.port > 0))


def registered(body: Any) -> Registered:
    """Read `/v1/agent/service/:id`.

    Raises:
        ValueError: the body is something else.
    """
    try:
        return Registered(body["ContentHash"], body["Address"], body["Port"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a service: {error!r}") from None


def _instance(service: Mapping[str, Any], node: Mapping[str, Any]) -> Instance:
    return Instance(
        id=service["ID"],
        service=service["Service"],
        address=service["Address"] or node["Address"],
        port=int(service["Port"]),
        tags=tuple(service.get("Tags") or ()),
        meta=dict(service.get("Meta") or {}),
    )
