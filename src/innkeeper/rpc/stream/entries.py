"""gRPC metadata as entries of a message, and back."""

from collections.abc import Iterable
from typing import Any

from innkeeper.pb.rpc.v1.calls_pb2 import Entry


def write(metadata: Iterable[tuple[str, str | bytes]], into: Any) -> None:
    """Add metadata to a repeated field of entries."""
    for key, value in metadata:
        into.add(key=key, value=value.encode() if isinstance(value, str) else value)


def read(entries: Iterable[Entry]) -> list[tuple[str, str | bytes]]:
    """The metadata that entries stand for; values of `-bin` keys are bytes."""
    return [
        (entry.key, entry.value if entry.key.endswith("-bin") else entry.value.decode())
        for entry in entries
    ]
