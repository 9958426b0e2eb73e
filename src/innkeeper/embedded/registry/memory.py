"""All that one registry holds, as one thing to save and to bring back."""

import logging
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
    Indexes,
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
        """Everything that is registered, without what checks found."""
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
            other_nodes=[replace(node, indexes=Indexes()) for node in others],
            other_services=[
                replace(service, indexes=Indexes())
                for node in others
                for service in self._catalog.services(node.name)
            ],
            other_checks=[
                replace(check, indexes=Indexes())
                for node in others
                for check in self._catalog.checks(node.name)
            ],
            keys=[replace(entry, indexes=Indexes()) for entry in self._key_values.below("")],
        )

    def restore(self, saved: Saved) -> None:
        """Put back what was saved. Checks begin as critical, until they have run."""
        with self._catalog.changes.write():
            for registration in saved.registrations:
                self._restore_service(registration)
            for definition in saved.node_checks:
                self._agent.register_check(definition)
            for each in saved.maintenance:
                if each.service_id:
                    self._agent.maintain_service(each.service_id, True, each.reason)
                else:
                    self._agent.maintain_node(True, each.reason)
            for node in saved.other_nodes:
                self._catalog.put_node(node)
            for service in saved.other_services:
                self._catalog.put_service(service)
            for check in saved.other_checks:
                self._catalog.put_check(check)
            for entry in saved.keys:
                self._key_values.put(entry.key, entry.value, entry.flags)

    def _restore_service(self, registration: Registration) -> None:
        try:
            self._agent.register(registration)
        except ApiError as error:
            # The limits of this version may be narrower than those it was saved under.
            _log.warning("%s is not registered again: %s", registration.service.id, error.text)

    def _registration(self, service: Service) -> Registration:
        return Registration(replace(service, indexes=Indexes()), self._definitions(service.id))

    def _definitions(self, service_id: str) -> list[CheckDefinition]:
        checks = self._catalog.service_checks(self._agent.node.name, service_id)
        kept = (self._definition(check) for check in checks)
        return [definition for definition in kept if definition is not None]

    def _definition(self, check: Check) -> CheckDefinition | None:
        definition = self._agent.definition(check.id)
        if definition is None:
            return None
        return replace(definition, id=check.id, name=check.name, status="")
