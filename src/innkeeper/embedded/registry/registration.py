"""What is registered with an agent, and what it makes of it."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.scheduler import PROBES
from innkeeper.embedded.registry.errors import ApiError, NotOffered
from innkeeper.embedded.registry.state.model import CRITICAL, Address, Check, Service


@dataclass(frozen=True, slots=True)
class Registration:
    """A service together with its checks."""

    service: Service
    checks: Sequence[CheckDefinition] = ()

    def check_id(self, number: int) -> str:
        """The id of a check by its place, counted from 1; its own, if it has one."""
        several = f":{number}" if len(self.checks) > 1 else ""
        return self.checks[number - 1].id or f"service:{self.service.id}{several}"


def refuse_unrunnable(definition: CheckDefinition) -> None:
    """Raise what is answered to a check that this registry cannot run."""
    if definition.kind in ("docker", "script"):
        raise ApiError(
            500,
            "Scripts are disabled on this agent from remote calls;"
            " to enable, configure 'enable_script_checks' to true",
        )
    if definition.kind not in (*PROBES, "ttl"):
        raise NotOffered(f"Checks of type {definition.kind} are")
    if definition.kind == "grpc" and definition.grpc_use_tls and definition.tls_skip_verify:
        raise NotOffered("gRPC checks over TLS that skip verification are")


def service_check(service: Service, check_id: str, definition: CheckDefinition) -> Check:
    """A check of a service, before it has run."""
    return Check(
        service.node,
        check_id,
        definition.name or f"Service '{service.name}' check",
        status=definition.status or CRITICAL,
        notes=definition.notes,
        service_id=service.id,
        service_name=service.name,
        service_tags=service.tags,
        type=definition.kind,
        interval=durations.text_of(definition.interval) if definition.interval else "",
        timeout=durations.text_of(definition.timeout) if definition.timeout else "",
    )


def with_own_addresses(service: Service) -> Mapping[str, Address]:
    """The tagged addresses given, and those that follow from the service's own.

    Raises:
        ApiError: one has the wrong version of IP for its tag.
    """
    addresses = dict(service.tagged_addresses)
    version = _ip_version(service.address)
    for reach in ("lan", "wan") if version else ():
        own = Address(service.address, service.port)
        addresses.setdefault(f"{reach}_ipv{version}", own)
    for name in ("lan_ipv4", "wan_ipv4", "lan_ipv6"):
        if name in addresses and _ip_version(addresses[name].address) != int(name[-1]):
            raise ApiError(
                500, f'Service tagged address "{name}" must be a valid {name[-4:]} address'
            )
    return dict(sorted(addresses.items()))


def _ip_version(address: str) -> int | None:
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return None
