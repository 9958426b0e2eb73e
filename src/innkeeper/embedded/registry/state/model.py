"""The things a catalog holds. Field names follow Consul's, indexes take no part in equality."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PASSING: Final = "passing"
WARNING: Final = "warning"
CRITICAL: Final = "critical"

STATUSES: Final = (PASSING, WARNING, CRITICAL)

NODE_MAINTENANCE: Final = "_node_maintenance"
SERVICE_MAINTENANCE: Final = "_service_maintenance:"


@dataclass(frozen=True, slots=True)
class Indexes:
    """When an entry was made and when it was last changed, in the catalog's index."""

    create: int = 0
    modify: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """An address under which a service is also reachable."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Weights:
    """How much of the load an instance wants, by its health."""

    passing: int = 1
    warning: int = 1


@dataclass(frozen=True, slots=True)
class Node:
    """A machine that services run on."""

    name: str
    address: str
    id: str = ""
    datacenter: str = "dc1"
    tagged_addresses: Mapping[str, str] | None = None
    meta: Mapping[str, str] | None = None
    indexes: Indexes = field(default=Indexes(), compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """One instance of a service on a node; its id is unique there."""

    node: str
    id: str
    name: str
    tags: tuple[str, ...] = ()
    address: str = ""
    port: int = 0
    tagged_addresses: Mapping[str, Address] = field(default_factory=dict)
    meta: Mapping[str, str] | None = None
    weights: Weights = Weights()
    enable_tag_override: bool = False
    socket_path: str = ""
    indexes: Indexes = field(default=Indexes(), compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One health check and its last result; without a service id it speaks for the whole node."""

    node: str
    id: str
    name: str
    status: str = CRITICAL
    notes: str = ""
    output: str = ""
    service_id: str = ""
    service_name: str = ""
    service_tags: tuple[str, ...] = ()
    type: str = ""
    interval: str = ""
    timeout: str = ""
    definition: Mapping[str, object] = field(default_factory=dict)
    """What a catalog registration said about how to check; nothing here acts on it."""
    indexes: Indexes = field(default=Indexes(), compare=False)
