"""What the agent of a node does: it owns the registrations made with it and runs their checks."""

import asyncio
import logging
from dataclasses import replace

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.scheduler import Later, Scheduler
from innkeeper.embedded.registry.errors import (
    ApiError,
    unknown_check,
    unknown_service,
)
from innkeeper.embedded.registry.limits import refuse_overflow
from innkeeper.embedded.registry.registration import (
    Registration,
    refuse_unrunnable,
    service_check,
    with_own_addresses,
)
from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.model import (
    CRITICAL,
    NODE_MAINTENANCE,
    PASSING,
    SERVICE_MAINTENANCE,
    Check,
    Node,
    Service,
)

OWN_SERVICE = "consul"
"""The name and id under which a Consul server lists itself."""

OWN_CHECK = "serfHealth"
"""The check by which the members of a Consul cluster see each other."""

_NO_REASON = (
    "Maintenance mode is enabled for this {}, but no reason was provided."
    " This is a default message."
)

_log = logging.getLogger(__name__)


class Agent:
    """The one agent of this registry; its node carries everything registered through it."""

    def __init__(self, catalog: Catalog, node: Node, *, later: Later | None = None) -> None:
        self.catalog = catalog
        self.node = node
        self._scheduler = Scheduler(
            self._report, self._reap, later=later or asyncio.get_running_loop().call_later
        )

    def begin(self, port: int) -> None:
        """List the node and the registry itself, as a Consul server does."""
        with self.catalog.changes.write():
            self.catalog.put_node(self.node)
            self.catalog.put_service(
                Service(self.node.name, OWN_SERVICE, OWN_SERVICE, port=port, meta={})
            )
            self.catalog.put_check(
                Check(
                    self.node.name,
                    OWN_CHECK,
                    "Serf Health Status",
                    status=PASSING,
                    output="Agent alive and reachable",
                )
            )

    async def close(self) -> None:
        """End all checks."""
        await self._scheduler.close()

    def services(self) -> list[Service]:
        """What was registered here, by id."""
        services = self.catalog.services(self.node.name)
        return [service for service in services if service.id != OWN_SERVICE]

    def service(self, service_id: str) -> Service | None:
        if service_id == OWN_SERVICE:
            return None
        return self.catalog.service(self.node.name, service_id)

    def checks(self) -> list[Check]:
        """The checks registered here, by id."""
        checks = self.catalog.checks(self.node.name)
        return [check for check in checks if check.id != OWN_CHECK]

    def service_checks(self, service_id: str) -> list[Check]:
        """All checks that decide about one service here, those of the node included."""
        of_node = self.catalog.service_checks(self.node.name, "")
        own = self.catalog.service_checks(self.node.name, service_id)
        return [check for check in (*of_node, *own) if check.id != OWN_CHECK]

    def definition(self, check_id: str) -> CheckDefinition | None:
        """How a check is run; None when nothing runs it."""
        return self._scheduler.definition(check_id)

    def register(self, registration: Registration, *, replace_checks: bool = False) -> None:
        """Add or replace a service and its checks, as one change.

        A check that exists keeps its status, so that registering again makes nothing flap. Checks
        that are not named any more stay unless `replace_checks` is set.
        """
        _refuse_own_ids(registration.service.id, *(check.id for check in registration.checks))
        service = replace(
            registration.service,
            node=self.node.name,
            tagged_addresses=with_own_addresses(registration.service),
        )
        refuse_overflow(self.catalog, 1 + len(registration.checks))
        for definition in registration.checks:
            refuse_unrunnable(definition)
        before = {check.id for check in self.catalog.service_checks(self.node.name, service.id)}
        named = set()
        with self.catalog.changes.write():
            self.catalog.put_service(service)
            for number, definition in enumerate(registration.checks, start=1):
                check_id = registration.check_id(number)
                named.add(check_id)
                self._start(service_check(service, check_id, definition), definition)
            if replace_checks:
                for check_id in before - named:
                    self._stop(check_id)

    def deregister(self, service_id: str) -> None:
        """Remove a service and its checks.

        Raises:
            ApiError: no service has this id.
        """
        if self.service(service_id) is None:
            raise unknown_service(service_id)
        for check in self.catalog.service_checks(self.node.name, service_id):
            self._scheduler.stop(check.id)
        self.catalog.remove_service(self.node.name, service_id)

    def register_check(self, definition: CheckDefinition) -> None:
        """Add or replace one check, of a service or of the node.

        Raises:
            ApiError: the service it names does not exist, or it cannot be run here.
        """
        service = self.service(definition.service_id) if definition.service_id else None
        if definition.service_id and service is None:
            raise ApiError(404, f'ServiceID "{definition.service_id}" does not exist')
        _refuse_own_ids(definition.id or definition.name)
        refuse_overflow(self.catalog, 1)
        refuse_unrunnable(definition)
        check = Check(
            self.node.name,
            definition.id or definition.name,
            definition.name,
            status=definition.status or CRITICAL,
            notes=definition.notes,
            service_id=definition.service_id,
            service_name=service.name if service else "",
            service_tags=service.tags if service else (),
            type=definition.kind,
            interval=durations.text_of(definition.interval),
            timeout=durations.text_of(definition.timeout),
        )
        self._start(check, definition)

    def deregister_check(self, check_id: str) -> None:
        """Remove one check.

        Raises:
            ApiError: no check has this id.
        """
        self._known(check_id)
        self._stop(check_id)

    def beat(self, check_id: str, status: str, output: str) -> None:
        """Take the word of a TTL check's owner.

        Raises:
            ApiError: no check has this id, or it is no TTL check.
        """
        self._known(check_id)
        if not self._scheduler.beat(check_id, status, output):
            raise ApiError(500, f'CheckID "{check_id}" does not have associated TTL')

    def maintain_service(self, service_id: str, enable: bool, reason: str) -> None:
        """Take a service out of rotation, or put it back.

        Raises:
            ApiError: no service has this id.
        """
        service = self.service(service_id)
        if service is None:
            raise unknown_service(service_id)
        check = Check(
            self.node.name,
            SERVICE_MAINTENANCE + service_id,
            "Service Maintenance Mode",
            notes=reason or _NO_REASON.format("service"),
            service_id=service_id,
            service_name=service.name,
            service_tags=service.tags,
            type="maintenance",
        )
        self._maintain(check, enable)

    def maintain_node(self, enable: bool, reason: str) -> None:
        """Take everything on this node out of rotation, or put it back."""
        check = Check(
            self.node.name,
            NODE_MAINTENANCE,
            "Node Maintenance Mode",
            notes=reason or _NO_REASON.format("node"),
            type="maintenance",
        )
        self._maintain(check, enable)

    def _maintain(self, check: Check, enable: bool) -> None:
        if not enable:
            self.catalog.remove_check(check.node, check.id)
        elif self.catalog.check(check.node, check.id) is None:
            self.catalog.put_check(check)

    def _known(self, check_id: str) -> None:
        if check_id == OWN_CHECK or self.catalog.check(self.node.name, check_id) is None:
            raise unknown_check(check_id)

    def _start(self, check: Check, definition: CheckDefinition) -> None:
        old = self.catalog.check(check.node, check.id)
        if old is not None:
            check = replace(check, status=old.status, output=old.output)
        self.catalog.put_check(check)
        self._scheduler.start(check.id, definition, check.status)

    def _stop(self, check_id: str) -> None:
        self._scheduler.stop(check_id)
        self.catalog.remove_check(self.node.name, check_id)

    def _report(self, check_id: str, status: str, output: str) -> None:
        self.catalog.report(self.node.name, check_id, status, output)

    def _reap(self, check_id: str) -> None:
        check = self.catalog.check(self.node.name, check_id)
        if check is not None and check.service_id:
            _log.info(
                "deregistered %s: its check %s was critical for too long",
                check.service_id,
                check_id,
            )
            self.deregister(check.service_id)


def _refuse_own_ids(*ids: str) -> None:
    """Consul lets anybody take over what it says about itself; that helps nobody here."""
    for own in (OWN_SERVICE, OWN_CHECK):
        if own in ids:
            raise ApiError(400, f'The id "{own}" belongs to the registry itself')
