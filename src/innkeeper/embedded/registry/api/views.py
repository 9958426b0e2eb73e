"""How things look in JSON: the names and the zero values of Consul 1.21, in its order."""

from collections.abc import Iterable, Mapping

from innkeeper.embedded.registry.state.catalog import Instance
from innkeeper.embedded.registry.state.model import Address, Check, Node, Service, Weights

Json = dict[str, object]

_NO_PROXY: Json = {"Mode": "", "MeshGateway": {}, "Expose": {}}


def node_view(node: Node) -> Json:
    return {
        "ID": node.id,
        "Node": node.name,
        "Address": node.address,
        "Datacenter": node.datacenter,
        "TaggedAddresses": node.tagged_addresses,
        "Meta": node.meta,
        "CreateIndex": node.indexes.create,
        "ModifyIndex": node.indexes.modify,
    }


def service_view(service: Service) -> Json:
    """A service as part of a catalog or health answer."""
    return {
        "ID": service.id,
        "Service": service.name,
        "Tags": service.tags,
        "Address": service.address,
        **_tagged("TaggedAddresses", service.tagged_addresses),
        "Meta": service.meta,
        **({"Port": service.port} if service.port else {}),
        "Weights": _weights(service.weights),
        "EnableTagOverride": service.enable_tag_override,
        **({"SocketPath": service.socket_path} if service.socket_path else {}),
        "Proxy": _NO_PROXY,
        "Connect": {},
        "PeerName": "",
        "CreateIndex": service.indexes.create,
        "ModifyIndex": service.indexes.modify,
    }


def agent_service_view(service: Service, datacenter: str) -> Json:
    """A service as its agent tells it."""
    return {
        "ID": service.id,
        "Service": service.name,
        "Tags": service.tags,
        "Meta": service.meta or {},
        "Port": service.port,
        "Address": service.address,
        **({"SocketPath": service.socket_path} if service.socket_path else {}),
        **_tagged("TaggedAddresses", service.tagged_addresses),
        "Weights": _weights(service.weights),
        "EnableTagOverride": service.enable_tag_override,
        "Datacenter": datacenter,
    }


def service_node_view(node: Node, service: Service) -> Json:
    """A service and its node in one flat object."""
    return {
        "ID": node.id,
        "Node": node.name,
        "Address": node.address,
        "Datacenter": node.datacenter,
        "TaggedAddresses": node.tagged_addresses,
        "NodeMeta": node.meta,
        "ServiceKind": "",
        "ServiceID": service.id,
        "ServiceName": service.name,
        "ServiceTags": service.tags,
        "ServiceAddress": service.address,
        **_tagged("ServiceTaggedAddresses", service.tagged_addresses),
        "ServiceWeights": _weights(service.weights),
        "ServiceMeta": service.meta or {},
        "ServicePort": service.port,
        "ServiceSocketPath": service.socket_path,
        "ServiceEnableTagOverride": service.enable_tag_override,
        "ServiceProxy": _NO_PROXY,
        "ServiceConnect": {},
        "ServiceLocality": None,
        "CreateIndex": service.indexes.create,
        "ModifyIndex": service.indexes.modify,
    }


def check_view(check: Check) -> Json:
    return {
        "Node": check.node,
        "CheckID": check.id,
        "Name": check.name,
        "Status": check.status,
        "Notes": check.notes,
        "Output": check.output,
        "ServiceID": check.service_id,
        "ServiceName": check.service_name,
        "ServiceTags": check.service_tags,
        "Type": check.type,
        "Interval": check.interval,
        "Timeout": check.timeout,
        "ExposedPort": 0,
        "Definition": check.definition,
        "CreateIndex": check.indexes.create,
        "ModifyIndex": check.indexes.modify,
    }


def agent_check_view(check: Check) -> Json:
    """A check as its agent tells it: an agent does not know the indexes."""
    return {**check_view(check), "CreateIndex": 0, "ModifyIndex": 0}


def instance_view(instance: Instance) -> Json:
    return {
        "Node": node_view(instance.node),
        "Service": service_view(instance.service),
        "Checks": [check_view(check) for check in instance.checks],
    }


def agent_health_view(
    status: str, service: Service, checks: Iterable[Check], datacenter: str
) -> Json:
    """One entry of the agent's own health answers."""
    return {
        "AggregatedStatus": status,
        "Service": agent_service_view(service, datacenter),
        "Checks": [_short_check_view(check) for check in checks],
    }


def _short_check_view(check: Check) -> Json:
    return {
        "Node": check.node,
        "CheckID": check.id,
        "Name": check.name,
        "Status": check.status,
        "Notes": check.notes,
        "Output": check.output,
        "ServiceID": check.service_id,
        "ServiceName": check.service_name,
        "ServiceTags": check.service_tags or None,
        "Type": "",
        "ExposedPort": 0,
        "Definition": _EMPTY_DEFINITION,
        "CreateIndex": 0,
        "ModifyIndex": 0,
    }


_EMPTY_DEFINITION: Json = {
    "Interval": "0s",
    "Timeout": "0s",
    "DeregisterCriticalServiceAfter": "0s",
    "HTTP": "",
    "Header": None,
    "Method": "",
    "Body": "",
    "TLSServerName": "",
    "TLSSkipVerify": False,
    "TCP": "",
    "TCPUseTLS": False,
    "UDP": "",
    "GRPC": "",
    "OSService": "",
    "GRPCUseTLS": False,
}


def _tagged(name: str, addresses: Mapping[str, Address]) -> Json:
    if not addresses:
        return {}
    return {
        name: {
            tag: {"Address": address.address, "Port": address.port}
            for tag, address in addresses.items()
        }
    }


def _weights(weights: Weights) -> Json:
    return {"Passing": weights.passing, "Warning": weights.warning}
