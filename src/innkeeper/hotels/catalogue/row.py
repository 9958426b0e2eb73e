"""What the readers of all formats give: rows of named values, with the place they come from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row of a table, or an object with its inner objects spread as `address.city`."""

    line: int
    values: Mapping[str, Any]


class Reject(NamedTuple):
    """A row that is not imported."""

    line: int
    reason: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A source that has been opened and looked into."""

    columns: Sequence[str]
    rows: Iterator[Row | Reject]
    form: str
    """What it was read as, such as "CSV with semicolons, utf-8"."""
    done: Callable[[], float]
    """How much of it has been read, from 0 to 1."""
    rejected: Sequence[str]
    """The columns of its rows that are not imported."""
