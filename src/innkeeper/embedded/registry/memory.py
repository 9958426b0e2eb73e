"""All that one registry holds, as one thing to save and to bring back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.persistence import Maintenance, Saved
from innkeeper.embedded.registry.registration import Registration
from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.key_values import KeyValues
from innkeeper.embedded.registry.state.model import (
    NODE_MAINTENANCE,
    SERVICE_MAINTENANCE,
    Check,
    Service,
)

_log = logging.getLogger(__name__)


class Memory:
    """Takes everything down, and puts it back after a restart."""

    def __init__(self, agent: Agent, catalog: Catalog, key_values: KeyValues) -> None:
        self._agent = agent
        self._catalog = catalog
        self._key_values = key_values

    def snapshot(self) -> Saved:
        """Everything that is registered, without what checks found.

        Indexes are in it, as leaving them out would take longer than all the rest; nobody reads
        them back.
        """
        own = self._agent.node.name
        others = [node for node in self._catalog.nodes() if node.name != own]
        return Saved(
            registrations=[self._registration(each) for each in self._agent.services()],
            node_checks=self._definitions(""),
            maintenance=[
                Maintenance(check.service_id, check.notes)
                for check in self._agent.checks()
                if check.id.startswith((NODE_MAINTENANCE, SERVICE_MAINTENANCE))
            ],
            other_nodes=others,
            other_services=[
                service for node in others for service in self._catalog.services(node.name)
            ],
            other_checks=[check for node in others for check in self._catalog.checks(node.name)],
            keys=self._key_values.below(""),
        )

    def restore(self, saved: Saved) -> None:
        """Put back what was saved. Checks begin as critical, until they have run.

        What cannot be put back is told and left out: a file may come from a version with other
        limits, from a machine with another name, or from somebody's editor.
        """
        with self._catalog.changes.write():
            for registration in saved.registrations:
                with _told(f"service {registration.service.id}"):
                    self._agent.register(registration)
            for definition in saved.node_checks:
                with _told(f"check {definition.id}"):
                    self._agent.register_check(definition)
            for each in saved.maintenance:
                with _told(f"maintenance of {each.service_id or 'the node'}"):
                    self._maintain(each)
            self._restore_others(saved)
            for entry in saved.keys:
                self._key_values.put(entry.key, entry.value, entry.flags)

    def _maintain(self, maintenance: Maintenance) -> None:
        if maintenance.service_id:
            self._agent.maintain_service(maintenance.service_id, True, maintenance.reason)
        else:
            self._agent.maintain_node(True, maintenance.reason)

    def _restore_others(self, saved: Saved) -> None:
        own = self._agent.node.name
        nodes = {node.name: node for node in saved.other_nodes if node.name != own}
        for node in nodes.values():
            self._catalog.put_node(node)
        for service in saved.other_services:
            if service.node in nodes:
                self._catalog.put_service(service)
        for check in saved.other_checks:
            if check.node in nodes:
                self._catalog.put_check(check)

    def _registration(self, service: Service) -> Registration:
        return Registration(service, self._definitions(service.id))

    def _definitions(self, service_id: str) -> list[CheckDefinition]:
        checks = self._catalog.service_checks(self._agent.node.name, service_id)
        kept = (self._definition(check) for check in checks)
        return [definition for definition in kept if definition is not None]

    def _definition(self, check: Check) -> CheckDefinition | None:
        definition = self._agent.definition(check.id)
        if definition is None:
            return None
        return replace(definition, id=check.id, name=check.name, status="")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Go on after what the registry refuses, and say so."""
    try:
        yield
    except ApiError as error:
        _log.warning("%s is not brought back: %s", what, error.text)
