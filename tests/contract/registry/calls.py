"""One request of the contract, and short ways to write it."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request. A body that is no bytes is sent as JSON."""

    method: str
    path: str
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> bytes | None:
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


def get(path: str, **headers: str) -> Call:
    return Call("GET", f"/v1/{path}", headers=tuple(headers.items()))


def put(path: str, body: Any = None) -> Call:
    return Call("PUT", f"/v1/{path}", body)


def register(**fields: Any) -> Call:
    return put("agent/service/register", fields)


WEB = {
    "ID": "web-1",
    "Name": "web",
    "Address": "10.0.0.1",
    "Port": 80,
    "Tags": ["a", "B"],
    "Meta": {"x": "y", "version": "2"},
    "Check": {"TTL": "1h", "Status": "passing", "Notes": "says so itself"},
}
"""A service that has everything."""
