"""What a regular expression is made of."""

from dataclasses import dataclass
from typing import TypeAlias

from innkeeper.embedded.registry.api.filter.regular.letters import Letters


class Malformed(Exception):
    """The text is no regular expression; says why, as Go does."""


class Unsupported(Exception):
    """Go would take it; names what is not understood here."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character of a set."""

    letters: Letters


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning of the text, or its end."""

    is_end: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    inner: "Tree"
    least: int
    most: int | None


Tree: TypeAlias = Letter | Edge | Sequence | Choice | Repeat
