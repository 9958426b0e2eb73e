"""Reads the bodies that write to the catalog directly."""

from collections.abc import Mapping
from dataclasses import dataclass

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.api.body import Fields, parse
from innkeeper.embedded.registry.api.service_body import address, is_any_address, weights
from innkeeper.embedded.registry.errors import ApiError, NotOffered
from innkeeper.embedded.registry.state.model import CRITICAL, Check, Node, Service, Weights

_REGISTER = (
    *("Datacenter", "ID", "Node", "Address", "TaggedAddresses", "NodeMeta", "Service", "Check"),
    *("Checks", "SkipNodeUpdate", "Token", "Locality", "PeerName"),
)
_DEREGISTER = ("Datacenter", "Node", "ServiceID", "CheckID", "Token", "PeerName")
_INDEXES = ("CreateIndex", "ModifyIndex")
_SERVICE = (
    *("Kind", "ID", "Service", "Tags", "Address", "TaggedAddresses", "Meta", "Port"),
    *("SocketPath", "Weights", "EnableTagOverride", "Proxy", "Connect", "Locality", "PeerName"),
    *_INDEXES,
)
_CHECK = (
    *("Node", "CheckID", "Name", "Status", "Notes", "Output", "ServiceID", "ServiceName"),
    *("ServiceTags", "Type", "Interval", "Timeout", "ExposedPort", "PeerName", "Definition"),
    *_INDEXES,
)
_DEFINITION_DURATIONS = ("Interval", "Timeout", "DeregisterCriticalServiceAfter")
_DEFINITION_TEXTS = (
    *("HTTP", "Method", "Body", "TLSServerName", "TCP", "UDP", "GRPC", "OSService", "H2PING"),
    *("AliasNode", "AliasService"),
)
_DEFINITION_FLAGS = (
    *("TLSSkipVerify", "TCPUseTLS", "GRPCUseTLS", "H2PingUseTLS", "DisableRedirects"),
)
_DEFINITION = (*_DEFINITION_DURATIONS, *_DEFINITION_TEXTS, *_DEFINITION_FLAGS, "Header")
_TYPES = ("GRPC", "HTTP", "TCP", "UDP", "H2PING", "OSService")


@dataclass(frozen=True, slots=True)
class CatalogRegistration:
    """A node and what is to be registered on it."""

    node: Node
    update_node: bool
    service: Service | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CatalogDeregistration:
    """What is to leave: a service, a check, or with neither the whole node."""

    node: str
    service_id: str
    check_id: str


def catalog_registration(raw: bytes, datacenter: str) -> CatalogRegistration:
    """Read the body of `catalog/register`.

    Raises:
        ApiError: it cannot be decoded, or says something that Consul refuses.
    """
    fields = Fields(parse(raw), "RegisterRequest", _REGISTER)
    node = Node(
        fields.text("Node"),
        fields.text("Address"),
        id=fields.text("ID"),
        datacenter=datacenter,
        tagged_addresses=fields.pairs("TaggedAddresses"),
        meta=fields.pairs("NodeMeta"),
    )
    given = fields.raw("Service")
    service = _service(given, node.name) if given is not None else None
    checks = fields.items("Checks", lambda value: _check(value, node.name), "structs.HealthChecks")
    if fields.raw("Check") is not None:
        checks.append(_check(fields.raw("Check"), node.name))
    _refuse_other_datacenter(fields, datacenter)
    skip_node_update = fields.flag("SkipNodeUpdate")
    if not node.name:
        raise ApiError(500, "Must provide node")
    if node.id:
        _refuse_bad_id(node.id)
    if not node.address and not skip_node_update:
        raise ApiError(500, "Must provide address if SkipNodeUpdate is not set")
    if service is not None:
        _refuse_bad_service(service)
    return CatalogRegistration(node, not skip_node_update, service, tuple(checks))


def catalog_deregistration(raw: bytes, datacenter: str) -> CatalogDeregistration:
    """Read the body of `catalog/deregister`.

    Raises:
        ApiError: it cannot be decoded, or names no node.
    """
    fields = Fields(parse(raw), "DeregisterRequest", _DEREGISTER)
    _refuse_other_datacenter(fields, datacenter)
    if not fields.text("Node"):
        raise ApiError(500, "Must provide node")
    return CatalogDeregistration(
        fields.text("Node"), fields.text("ServiceID"), fields.text("CheckID")
    )


def _refuse_other_datacenter(fields: Fields, datacenter: str) -> None:
    if fields.text("Datacenter") not in ("", datacenter):
        raise ApiError(500, "No path to datacenter")


def _refuse_bad_id(node_id: str) -> None:
    if len(node_id) != 36:
        raise ApiError(500, "Bad node ID: uuid string is wrong length")
    digits = node_id.replace("-", "")
    dashes = [at for at, letter in enumerate(node_id) if letter == "-"]
    if dashes != [8, 13, 18, 23] or not set(digits.lower()) <= set("0123456789abcdef"):
        raise ApiError(500, "Bad node ID: uuid is improperly formatted")


def _refuse_bad_service(service: Service) -> None:
    if service.id and not service.name:
        raise ApiError(
            500, "Must provide service name (Service.Service) when service ID is provided"
        )
    if is_any_address(service.address):
        raise ApiError(500, "Invalid service address")


def _service(value: object, node: str) -> Service:
    fields = Fields(value, "NodeService", _SERVICE)
    for name in ("Kind", "Proxy", "Connect", "Locality", "PeerName"):
        if fields.raw(name):
            raise NotOffered(f"{name} in a service registration is")
    name = fields.text("Service")
    return Service(
        node,
        fields.text("ID") or name,
        name,
        tags=fields.texts("Tags"),
        address=fields.text("Address"),
        port=fields.number("Port"),
        tagged_addresses=fields.objects("TaggedAddresses", address),
        meta=fields.pairs("Meta"),
        weights=_weights(fields.raw("Weights")),
        enable_tag_override=fields.flag("EnableTagOverride"),
        socket_path=fields.text("SocketPath"),
    )


def _check(value: object, node: str) -> Check:
    fields = Fields(value, "HealthCheck", _CHECK)
    definition = _definition(fields.raw("Definition"))
    kinds = (kind for kind in _TYPES if kind in definition and "Interval" in definition)
    return Check(
        fields.text("Node") or node,
        fields.text("CheckID") or fields.text("Name"),
        fields.text("Name"),
        status=fields.text("Status") or CRITICAL,
        notes=fields.text("Notes"),
        output=fields.text("Output"),
        service_id=fields.text("ServiceID"),
        service_name=fields.text("ServiceName"),
        service_tags=fields.texts("ServiceTags"),
        type=fields.text("Type") or next(kinds, "").lower(),
        interval=fields.text("Interval"),
        timeout=fields.text("Timeout"),
        definition=definition,
    )


def _definition(value: object) -> Mapping[str, object]:
    """What was said, without what has its zero value."""
    fields = Fields(value, "HealthCheckDefinition", _DEFINITION)
    times = {name: fields.duration(name) for name in _DEFINITION_DURATIONS}
    said: dict[str, object] = {
        **{name: durations.text_of(time) for name, time in times.items() if time},
        **{name: fields.text(name) for name in _DEFINITION_TEXTS},
        **{name: fields.flag(name) for name in _DEFINITION_FLAGS},
        "Header": fields.lists("Header"),
    }
    return {name: each for name, each in said.items() if each}


def _weights(value: object) -> Weights:
    """The weights given; where the catalog could not use them, Consul takes its defaults."""
    given = weights(value)
    return given if given.passing > 0 else Weights()
