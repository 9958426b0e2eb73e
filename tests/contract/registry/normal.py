"""Answers with what differs from one registry to the next taken out, so that two can be compared.

Taken out are ids, indexes, hashes and times; the agent's own node and own service, which differ by
machine; and the words of Go's JSON decoder where they print Go types.
"""

import re
from collections.abc import Mapping
from typing import Any

_ERROR_HEADERS = ("Allow", "Content-Type", "X-Consul-Default-ACL-Policy", "X-Consul-Reason")
_HEADERS = (
    *_ERROR_HEADERS,
    "Content-Security-Policy",
    "Location",
    "X-Consul-Effective-Consistency",
    "X-Consul-KnownLeader",
    "X-Consul-LastContact",
)
_PRESENT = ("X-Consul-Index", "X-Consul-ContentHash")
INDEXES = ("CreateIndex", "ModifyIndex")
_OWN_SERVICE = "consul"


def headers(given: Mapping[str, str], status: int) -> dict[str, str]:
    """The headers that are part of the contract; an error needs none on how fresh it is."""
    names = _HEADERS if status == 404 or status < 400 else _ERROR_HEADERS
    kept = {name: given[name] for name in names if name in given}
    present = _PRESENT if names is _HEADERS else ()
    return kept | {name: "some" for name in present if name in given}


def text(given: str) -> str:
    """A text without what only Go would say."""
    given = re.sub(r"(invalid character '.').*", r"\1", given)
    given = re.sub(r"(into Go value of type ).*", r"\1", given)
    given = re.sub(
        r"(json: cannot unmarshal \w+)(?: \S+)? into Go struct field \S*\b(\w+)"
        r" of type .*",
        r"\1 into \2",
        given,
    )
    given = re.sub(r"(boolean expression evaluator: 1:)\d+ .*", r"\1", given)
    return re.sub(r"<a href=.*", "", given)


def body(given: Any, node: str) -> Any:
    """A JSON answer without what differs by machine and by run."""
    if isinstance(given, list):
        return _sorted([body(each, node) for each in given])
    if not isinstance(given, dict):
        return given
    if _OWN_SERVICE in (given.get("Service"), given.get("ServiceName")):
        return {"ServiceName": _OWN_SERVICE}
    result = {key: body(value, node) for key, value in given.items()}
    if given.get("Node") == node and "Address" in given:
        for key in ("ID", "Address", "TaggedAddresses"):
            result[key] = "own"
        result["Meta" if "Meta" in result else "NodeMeta"] = "own"
    if given.get("Node") == node:
        result["Node"] = "own"
    if "CheckID" in given and given.get("Type") not in ("ttl", "maintenance"):
        # Whether a probe has run yet is a matter of time.
        result["Output"] = "probed"
    for key in INDEXES:
        if key in result:
            result[key] = result[key] > 0
    if "ContentHash" in result:
        result["ContentHash"] = "some"
    if "ProtocolCur" in result:
        result["Port"] = "own"
        result["Tags"] |= dict.fromkeys(("build", "id", "port"), "own")
    return result


def _sorted(given: list[Any]) -> list[Any]:
    """Tags, and what the agent says of its services, come in the order of a Go map: none."""
    if all(isinstance(each, str) for each in given):
        return sorted(given)
    if all(isinstance(each, dict) and "AggregatedStatus" in each for each in given):
        return sorted(given, key=lambda each: str(each["Service"]["ID"]))
    if any(
        isinstance(each, dict) and each.get("Type") == "" and "Interval" not in each
        for each in given
    ):
        return sorted(given, key=lambda each: str(each["CheckID"]))
    return given
