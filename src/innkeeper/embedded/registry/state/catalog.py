"""Nodes, services and checks, and the index of each."""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from innkeeper.embedded.registry.state.changes import Changes, Topic, Write
from innkeeper.embedded.registry.state.model import Check, Indexes, Node, Service

NODES: Final[Topic] = ("nodes",)
SERVICES: Final[Topic] = ("services",)
CHECKS: Final[Topic] = ("checks",)

_Key = TypeVar("_Key", str, tuple[str, str])
_Entry = TypeVar("_Entry")


def node_topic(name: str) -> Topic:
    """Everything on one node."""
    return ("node", name)


def service_topic(name: str) -> Topic:
    """The instances of one service, their nodes and their checks."""
    return ("service", name)


@dataclass(frozen=True, slots=True)
class Instance:
    """A service with the node it runs on and all checks that speak for it."""

    node: Node
    service: Service
    checks: tuple[Check, ...]
    """Checks of the node first, then those of the service, each by id."""


class Catalog:
    """The tables and the rules that tie them. A write that changes nothing uses no index."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self._nodes: dict[str, Node] = {}
        self._services: dict[str, dict[str, Service]] = {}
        self._named: dict[str, dict[tuple[str, str], Service]] = {}
        self._checks: dict[str, dict[str, Check]] = {}
        self._grouped: dict[tuple[str, str], dict[str, Check]] = {}

    def index_of(self, *topics: Topic) -> int:
        """The newest index of these topics."""
        return self.changes.index_of(*topics)

    def node(self, name: str) -> Node | None:
        return self._nodes.get(name)

    def nodes(self) -> list[Node]:
        """All nodes, by name."""
        return [self._nodes[name] for name in sorted(self._nodes)]

    def service(self, node: str, service_id: str) -> Service | None:
        return self._services.get(node, {}).get(service_id)

    def services(self, node: str) -> list[Service]:
        """The services of a node, by id."""
        return _by_key(self._services.get(node, {}))

    def service_count(self) -> int:
        """How many instances there are on all nodes."""
        return sum(len(services) for services in self._services.values())

    def names(self) -> list[str]:
        """The names of all services."""
        return sorted(self._named)

    def named(self, name: str) -> list[Service]:
        """The instances of a service, by node and id."""
        return _by_key(self._named.get(name, {}))

    def check(self, node: str, check_id: str) -> Check | None:
        return self._checks.get(node, {}).get(check_id)

    def checks(self, node: str | None = None) -> list[Check]:
        """The checks of a node, or of all, by node and id."""
        names = sorted(self._checks) if node is None else [node]
        return [check for name in names for check in _by_key(self._checks.get(name, {}))]

    def check_count(self) -> int:
        """How many checks there are on all nodes."""
        return sum(len(checks) for checks in self._checks.values())

    def service_checks(self, node: str, service_id: str) -> list[Check]:
        """The checks of one instance alone, by id; for "" those of the node."""
        return _by_key(self._grouped.get((node, service_id), {}))

    def instances(self, name: str) -> list[Instance]:
        """The instances of a service with everything a caller must know."""
        found = []
        for service in self.named(name):
            of_node = self.service_checks(service.node, "")
            own = self.service_checks(service.node, service.id)
            found.append(Instance(self._nodes[service.node], service, (*of_node, *own)))
        return found

    def put_node(self, node: Node) -> None:
        with self.changes.write() as write:
            old = self._nodes.get(node.name)
            if old == node:
                return
            indexes = _indexes(old.indexes if old else None, write)
            self._nodes[node.name] = replace(node, indexes=indexes)
            self._services.setdefault(node.name, {})
            self._checks.setdefault(node.name, {})
            write.touch(NODES, node_topic(node.name))
            self._touch_services_of(node.name, write)

    def put_service(self, service: Service) -> None:
        """Add or replace an instance. Its node must exist; its checks stay as they are."""
        with self.changes.write() as write:
            old = self.service(service.node, service.id)
            if old == service:
                return
            if old is not None and old.name != service.name:
                self._unname(old, write)
            new = replace(service, indexes=_indexes(old.indexes if old else None, write))
            self._services[service.node][service.id] = new
            self._named.setdefault(service.name, {})[service.node, service.id] = new
            write.touch(SERVICES, node_topic(service.node), service_topic(service.name))

    def put_check(self, check: Check) -> None:
        """Add or replace a check. Its node, and the service it names, must exist.

        A changed output alone is kept without a new index: watchers care for the status, and
        a TTL check that reports a number each second would wake them all.
        """
        with self.changes.write() as write:
            old = self.check(check.node, check.id)
            if old == check:
                return
            if old is not None and replace(old, output=check.output) == check:
                self._keep(replace(check, indexes=old.indexes))
                self.changes.noted()
                return
            if old is not None and old.service_id != check.service_id:
                self._drop(old)
                self._touch_check(old, write)
            new = replace(check, indexes=_indexes(old.indexes if old else None, write))
            self._keep(new)
            self._touch_check(new, write)

    def report(self, node: str, check_id: str, status: str, output: str) -> None:
        """Note what a check found. A check that has left meanwhile is nobody's concern."""
        check = self.check(node, check_id)
        if check is not None:
            self.put_check(replace(check, status=status, output=output))

    def remove_check(self, node: str, check_id: str) -> None:
        with self.changes.write() as write:
            check = self.check(node, check_id)
            if check is not None:
                self._drop(check)
                self._touch_check(check, write)

    def remove_service(self, node: str, service_id: str) -> None:
        """Remove an instance and its checks."""
        with self.changes.write() as write:
            service = self._services.get(node, {}).pop(service_id, None)
            if service is None:
                return
            for check in self.service_checks(node, service_id):
                self.remove_check(node, check.id)
            write.touch(SERVICES, node_topic(node))
            self._unname(service, write)

    def remove_node(self, name: str) -> None:
        """Remove a node and everything on it."""
        with self.changes.write() as write:
            if name not in self._nodes:
                return
            for service in self.services(name):
                self.remove_service(name, service.id)
            for check in self.checks(name):
                self.remove_check(name, check.id)
            del self._nodes[name], self._services[name], self._checks[name]
            write.touch(NODES)
            write.forget(node_topic(name))

    def _keep(self, check: Check) -> None:
        self._checks[check.node][check.id] = check
        self._grouped.setdefault((check.node, check.service_id), {})[check.id] = check

    def _drop(self, check: Check) -> None:
        del self._checks[check.node][check.id]
        group = self._grouped[check.node, check.service_id]
        del group[check.id]
        if not group:
            del self._grouped[check.node, check.service_id]

    def _unname(self, service: Service, write: Write) -> None:
        instances = self._named[service.name]
        del instances[service.node, service.id]
        if instances:
            write.touch(service_topic(service.name))
        else:
            del self._named[service.name]
            write.forget(service_topic(service.name))

    def _touch_check(self, check: Check, write: Write) -> None:
        write.touch(CHECKS, node_topic(check.node))
        if not check.service_id:
            self._touch_services_of(check.node, write)
            return
        write.touch(service_topic(check.service_name))
        service = self.service(check.node, check.service_id)
        if service is not None and service.name != check.service_name:
            # The service was renamed; its check keeps the old name until it is registered again.
            write.touch(service_topic(service.name))

    def _touch_services_of(self, node: str, write: Write) -> None:
        write.touch(*(service_topic(each.name) for each in self.services(node)))


def _indexes(old: Indexes | None, write: Write) -> Indexes:
    return Indexes(old.create if old else write.index, write.index)


def _by_key(table: dict[_Key, _Entry]) -> list[_Entry]:
    return [table[key] for key in sorted(table)]
