"""What a filter may ask of each kind of row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: "text", "number" or "flag"."""

    kind: str


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Shape"


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose keys are free."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Struct:
    """An object whose keys are known."""

    fields: Mapping[str, "Shape"]


Shape: TypeAlias = Scalar | ListOf | MapOf | Struct

TEXT: Final = Scalar("text")
NUMBER: Final = Scalar("number")
FLAG: Final = Scalar("flag")

_PAIRS: Final = MapOf(TEXT)
_ADDRESSES: Final = MapOf(Struct({"Address": TEXT, "Port": NUMBER}))
_WEIGHTS: Final = Struct({"Passing": NUMBER, "Warning": NUMBER})


def _texts(names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), TEXT)


NODE: Final = Struct(
    {**_texts("ID Node Address Datacenter"), "TaggedAddresses": _PAIRS, "Meta": _PAIRS}
)
SERVICE: Final = Struct(
    {
        **_texts("Kind ID Service Address SocketPath PeerName"),
        "Tags": ListOf(TEXT),
        "TaggedAddresses": _ADDRESSES,
        "Meta": _PAIRS,
        "Port": NUMBER,
        "Weights": _WEIGHTS,
        "EnableTagOverride": FLAG,
    }
)
AGENT_SERVICE: Final = SERVICE
SERVICE_NODE: Final = Struct(
    {
        **_texts("ID Node Address Datacenter ServiceKind ServiceID ServiceName ServiceAddress"),
        **_texts("ServiceSocketPath"),
        "TaggedAddresses": _PAIRS,
        "NodeMeta": _PAIRS,
        "ServiceTags": ListOf(TEXT),
        "ServiceTaggedAddresses": _ADDRESSES,
        "ServiceWeights": _WEIGHTS,
        "ServiceMeta": _PAIRS,
        "ServicePort": NUMBER,
        "ServiceEnableTagOverride": FLAG,
    }
)
CHECK: Final = Struct(
    {
        **_texts("Node CheckID Name Status Notes Output ServiceID ServiceName Type"),
        **_texts("Interval Timeout PeerName"),
        "ServiceTags": ListOf(TEXT),
        "ExposedPort": NUMBER,
    }
)
INSTANCE: Final = Struct({"Node": NODE, "Service": SERVICE, "Checks": ListOf(CHECK)})
MEMBER: Final = Struct({**_texts("Name Addr"), "Port": NUMBER, "Tags": _PAIRS, "Status": NUMBER})
