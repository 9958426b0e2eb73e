"""Reads the bodies that register services and checks."""

import ipaddress
import re
from collections.abc import Callable, Mapping

from innkeeper.embedded.registry.api.body import Fields, parse
from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.errors import ApiError, NotOffered
from innkeeper.embedded.registry.registration import Registration
from innkeeper.embedded.registry.state.model import STATUSES, Address, Service, Weights


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SERVICE_FIELDS = _words(
    """Kind ID Name Tags Address TaggedAddresses tagged_addresses Meta Port SocketPath Check
    Checks Weights Token EnableTagOverride enable_tag_override Locality Proxy Connect"""
)
_CHECK_FIELDS = _words(
    """Name Notes Status Token Interval Timeout TTL HTTP Header Method Body DisableRedirects TCP
    TCPUseTLS tcp_use_tls UDP GRPC GRPCUseTLS grpc_use_tls H2PING H2PingUseTLS h2ping_use_tls
    OSService TLSServerName tls_server_name TLSSkipVerify tls_skip_verify ScriptArgs Args
    script_args DockerContainerID docker_container_id Shell AliasNode AliasService ServiceID
    service_id SuccessBeforePassing FailuresBeforeWarning FailuresBeforeCritical
    DeregisterCriticalServiceAfter deregister_critical_service_after OutputMaxSize"""
)
_OWN_CHECK_FIELDS = (*_CHECK_FIELDS, "CheckID", "ProxyHTTP", "ProxyGRPC")
_LONE_CHECK_FIELDS = (*_CHECK_FIELDS, "ID", "disable_redirects")

_META_KEY = re.compile(r"[a-zA-Z0-9_-]+\Z")
_MOST_META = 64
_LONGEST_META_KEY = 128
_LONGEST_META_VALUE = 512
_MOST_WEIGHT = 65535


def registration(raw: bytes) -> Registration:
    """A service with its checks.

    Raises:
        ApiError: the body cannot be decoded, or says something that Consul refuses.
        NotOffered: it asks for a part of Consul's service mesh.
    """
    fields = Fields(parse(raw), ".Alias", _SERVICE_FIELDS)
    name = fields.text("Name")
    service = Service(
        node="",
        id=fields.text("ID") or name,
        name=name,
        tags=fields.texts("Tags"),
        address=fields.text("Address"),
        port=fields.number("Port"),
        tagged_addresses=fields.objects("TaggedAddresses", address)
        or fields.objects("tagged_addresses", address),
        meta=fields.pairs("Meta"),
        weights=weights(fields.raw("Weights")),
        enable_tag_override=fields.flag("EnableTagOverride", "enable_tag_override"),
        socket_path=fields.text("SocketPath"),
    )
    checks = fields.items("Checks", _own_check(".Alias.Checks.Alias"), "structs.CheckTypes")
    first = _own_check(".Alias.Check.Alias")(fields.raw("Check"))
    if first != CheckDefinition():
        checks.insert(0, first)
    refuse_bad_service(service)
    _refuse_mesh(fields)
    for check in checks:
        if problem := check.problem():
            raise ApiError(400, f"Invalid check: {problem}")
    if any(check.status and check.status not in STATUSES for check in checks):
        raise ApiError(400, "Status for checks must 'passing', 'warning', 'critical'")
    return Registration(service, checks)


def lone_check(raw: bytes) -> CheckDefinition:
    """A check that is registered by itself.

    Raises:
        ApiError: the body cannot be decoded, or says something that Consul refuses.
    """
    check = _check(Fields(parse(raw), ".Alias", _LONE_CHECK_FIELDS), "ID")
    if not check.name:
        raise ApiError(400, "Missing check name")
    if check.status and check.status not in STATUSES:
        raise ApiError(400, "Bad check status")
    if problem := check.problem():
        raise ApiError(400, f"Invalid check: {problem}")
    return check


def refuse_bad_service(service: Service) -> None:
    """Raise what Consul answers to a service that it does not take."""
    if not service.name:
        raise ApiError(400, "Missing service name")
    if is_any_address(service.address):
        raise ApiError(400, "Invalid service address")
    if problem := _weights_problem(service.weights):
        raise ApiError(400, f"Invalid Weights: {problem}")
    if problem := _meta_problem(service.meta or {}):
        raise ApiError(400, f"Invalid Service Meta: {problem}")


def is_any_address(address: str) -> bool:
    """Whether an address means every interface, which nobody can connect to."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def address(value: object) -> Address:
    """One of a service's tagged addresses."""
    fields = Fields(value, "ServiceAddress.Alias.TaggedAddresses", ("Address", "Port"))
    return Address(fields.text("Address"), fields.number("Port"))


def weights(value: object) -> Weights:
    """The weights given; 1 and 1 when none are."""
    if value is None:
        return Weights()
    fields = Fields(value, "Weights.Alias.Weights", ("Passing", "Warning"))
    return Weights(fields.number("Passing"), fields.number("Warning"))


def _own_check(path: str) -> Callable[[object], CheckDefinition]:
    def read(value: object) -> CheckDefinition:
        return _check(Fields(value, path, _OWN_CHECK_FIELDS), "CheckID")

    return read


def _check(fields: Fields, id_field: str) -> CheckDefinition:
    return CheckDefinition(
        id=fields.text(id_field),
        name=fields.text("Name"),
        status=fields.text("Status"),
        notes=fields.text("Notes"),
        service_id=fields.text("ServiceID", "service_id") if id_field == "ID" else "",
        ttl=fields.duration("TTL"),
        interval=fields.duration("Interval"),
        timeout=fields.duration("Timeout"),
        deregister_after=fields.duration(
            "DeregisterCriticalServiceAfter", "deregister_critical_service_after"
        ),
        http=fields.text("HTTP"),
        method=fields.text("Method"),
        header=fields.lists("Header"),
        body=fields.text("Body"),
        disable_redirects=fields.flag("DisableRedirects", "disable_redirects"),
        tcp=fields.text("TCP"),
        tcp_use_tls=fields.flag("TCPUseTLS", "tcp_use_tls"),
        grpc=fields.text("GRPC"),
        grpc_use_tls=fields.flag("GRPCUseTLS", "grpc_use_tls"),
        tls_server_name=fields.text("TLSServerName", "tls_server_name"),
        tls_skip_verify=fields.flag("TLSSkipVerify", "tls_skip_verify"),
        udp=fields.text("UDP"),
        h2ping=fields.text("H2PING"),
        os_service=fields.text("OSService"),
        script=fields.texts("ScriptArgs", "Args", "script_args"),
        docker_container=fields.text("DockerContainerID", "docker_container_id"),
        shell=fields.text("Shell"),
        alias_node=fields.text("AliasNode"),
        alias_service=fields.text("AliasService"),
        success_before_passing=fields.number("SuccessBeforePassing"),
        failures_before_warning=fields.number("FailuresBeforeWarning"),
        failures_before_critical=fields.number("FailuresBeforeCritical"),
        output_max_size=fields.number("OutputMaxSize"),
    )


def _refuse_mesh(fields: Fields) -> None:
    for name in ("Kind", "Proxy", "Connect", "Locality"):
        if fields.raw(name):
            raise NotOffered(f"{name} in a service registration is")


def _weights_problem(weights: Weights) -> str | None:
    if weights.passing < 1:
        return "Passing must be greater than 0"
    if weights.warning < 0:
        return "Warning must be greater or equal than 0"
    if max(weights.passing, weights.warning) > _MOST_WEIGHT:
        return f"DNS Weight must be between 0 and {_MOST_WEIGHT}"
    return None


def _meta_problem(meta: Mapping[str, str]) -> str | None:
    if len(meta) > _MOST_META:
        return f"Node metadata cannot contain more than {_MOST_META} key/value pairs"
    for key, value in meta.items():
        problem = _pair_problem(key, value)
        if problem:
            return f"Couldn't load metadata pair ('{key}', '{value}'): {problem}"
    return None


def _pair_problem(key: str, value: str) -> str | None:
    if not key:
        return "Key cannot be blank"
    if not _META_KEY.match(key):
        return "Key contains invalid characters"
    if len(key) > _LONGEST_META_KEY:
        return f"Key is too long (limit: {_LONGEST_META_KEY} characters)"
    if key.startswith("consul-"):
        return "Key prefix 'consul-' is reserved for internal use"
    if len(value) > _LONGEST_META_VALUE:
        return f"Value is too long (limit: {_LONGEST_META_VALUE} characters)"
    return None
