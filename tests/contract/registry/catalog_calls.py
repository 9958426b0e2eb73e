"""The catalog written directly, and keys."""

from typing import Any

from tests.contract.registry.calls import Call, get, put

DB = {"ID": "db-2", "Service": "db", "Port": 6, "Tags": ["t"], "Address": "5.6.7.8"}
PROBED = {"TCP": "a:1", "Interval": "5s", "Timeout": "1s"}
PASSING = {"CheckID": "c1", "Name": "c", "Status": "passing", "ServiceID": "db-2"}


def other_node(**fields: Any) -> Call:
    return put("catalog/register", {"Node": "other", "Address": "1.2.3.4", **fields})


def leave(**fields: Any) -> Call:
    return put("catalog/deregister", fields)


WEIGHTS = (
    {"Passing": 0, "Warning": 5},
    {"Passing": 5, "Warning": 0},
    {"Passing": -1, "Warning": 0},
    {"Warning": 3},
    {},
)

SCENARIOS: dict[str, tuple[Call, ...]] = {
    "near": (
        # A name that stands before that of any machine.
        put(
            "catalog/register",
            {
                "Node": "-",
                "Address": "1.2.3.4",
                "Service": {"Service": "db"},
                "Check": {"Name": "c", "ServiceID": "db", "Status": "passing"},
            },
        ),
        put("agent/service/register", {"Name": "db", "Check": {"TTL": "1h", "Status": "passing"}}),
        *(
            get(f"{path}?near={near}")
            # Where its own agent is, Consul knows only some seconds after it has started.
            for near in ("-", "nobody", "_ip")
            for path in (
                *("catalog/nodes", "catalog/service/db", "health/service/db"),
                *("health/checks/db", "health/state/passing"),
            )
        ),
    ),
    "weights in the catalog": (
        *(
            other_node(Service={"ID": f"db-{number}", "Service": "db", "Weights": weights})
            for number, weights in enumerate(WEIGHTS)
        ),
        get("catalog/service/db"),
    ),
    "the catalog written directly": (
        put("catalog/register", {}),
        put("catalog/register", {"Node": "other"}),
        other_node(Bad=1),
        other_node(Datacenter="elsewhere"),
        other_node(ID="xx"),
        other_node(Service={"ID": "x", "Port": 5}),
        other_node(Service={"Service": "x", "Address": "0.0.0.0"}),
        other_node(Check={"CheckID": "q", "Name": "q", "ServiceID": "zzz"}),
        other_node(),
        other_node(Service={"Service": "db", "Port": 5}),
        other_node(Service=DB, Check={**PASSING, "Definition": PROBED}, NodeMeta={"a": "b"}),
        other_node(Check={"Name": "cc"}),
        other_node(Checks=[{"Name": "cd", "Status": "odd", "Output": "o"}]),
        put(
            "catalog/register",
            {
                "Node": "other",
                "SkipNodeUpdate": True,
                "Address": "9.9.9.9",
                "Service": {"Service": "db", "Port": 7},
            },
        ),
        get("catalog/nodes"),
        get("catalog/nodes?node-meta=a:b"),
        get("catalog/node/other"),
        get("catalog/node-services/other"),
        get("catalog/services"),
        get("catalog/service/db"),
        get("health/service/db"),
        get("health/service/db?tag=t"),
        get("health/node/other"),
        get("health/state/any"),
        get("agent/services"),
        other_node(Address="4.4.4.4"),
        get("catalog/nodes"),
        leave(),
        leave(Node="nope"),
        leave(Node="other", Bad=1),
        leave(Node="other", ServiceID="nope"),
        leave(Node="other", CheckID="c1"),
        get("health/node/other"),
        leave(Node="other", ServiceID="db"),
        get("catalog/service/db"),
        leave(Node="other"),
        get("catalog/node/other"),
        get("catalog/services"),
        get("health/node/other"),
    ),
    "keys": (
        get("kv/a"),
        put("kv/a", b"hello"),
        get("kv/a"),
        get("kv/a?raw"),
        put("kv/a/b?flags=42", b""),
        put("kv/%C3%BC%2F%20x", b"\x00\xff"),
        get("kv/a/b"),
        get("kv/a?recurse"),
        get("kv/?recurse"),
        get("kv/a?keys"),
        get("kv/?keys"),
        get("kv/?keys&separator=/"),
        get("kv/?keys&seperator=/"),
        get("kv/a?keys&separator=/"),
        get("kv/none?keys"),
        get("kv/none?recurse"),
        get("kv/none?raw"),
        get("kv/"),
        put("kv/", b"x"),
        Call("DELETE", "/v1/kv/"),
        put("kv/a?cas=0", b"x"),
        put("kv/new?cas=0", b"x"),
        put("kv/new?cas=1", b"y"),
        put("kv/new?cas=x", b"y"),
        put("kv/new?flags=-1", b"y"),
        put("kv/new?cas=0&acquire=a", b"y"),
        Call("DELETE", "/v1/kv/new?cas=0"),
        Call("DELETE", "/v1/kv/new?cas=1"),
        Call("DELETE", "/v1/kv/none?cas=1"),
        Call("DELETE", "/v1/kv/none?cas=0"),
        Call("DELETE", "/v1/kv/none"),
        Call("DELETE", "/v1/kv/x?recurse&cas=5"),
        put("kv/big", b"x" * 600_000),
        put("kv/wide", b"x" * 524_288),
        get("kv/wide?keys"),
        Call("DELETE", "/v1/kv/a?recurse"),
        get("kv/?keys"),
        Call("DELETE", "/v1/kv/new"),
        get("kv/new"),
        Call("POST", "/v1/kv/a", b"x"),
        get("kv/a?index=x"),
        get("kv/a?dc=nope"),
    ),
}
