"""Reads a filter expression into a tree.

or      = and { "or" and }
and     = not { "and" not }
not     = "not" not | "(" or ")" | match
match   = selector ("==" | "!=") value
        | selector "is" ["not"] "empty"
        | selector ["not"] ("contains" | "matches") value
        | value ["not"] "in" selector
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from innkeeper.embedded.registry.api.filter.errors import unusable

LONGEST = 4096
DEEPEST = 50

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<symbol>==|!=|[()])
      | (?P<string>"[^"]*"|`[^`]*`)
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9]))
      | (?P<selector>[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9_]*|\["[^"]*"\])*)
    """,
    re.VERBOSE,
)
_PART: Final = re.compile(r'([a-zA-Z0-9_]+)|\["([^"]*)"\]')


@dataclass(frozen=True, slots=True)
class Match:
    """A comparison of what a selector finds. Operators: Equal, In, IsEmpty, Matches."""

    selector: tuple[str, ...]
    operator: str
    value: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Tree"


@dataclass(frozen=True, slots=True)
class Both:
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Either:
    left: "Tree"
    right: "Tree"


Tree: TypeAlias = Match | Not | Both | Either


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(expression: str) -> Tree:
    """Read an expression.

    Raises:
        ApiError: it is malformed; the text says where.
    """
    if len(expression) > LONGEST:
        raise unusable(f"the expression is longer than {LONGEST} characters")
    return _Parser(_tokens(expression)).whole()


def _tokens(expression: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            raise _no_match(at)
        if found.lastgroup != "space":
            tokens.append(_Token(found.lastgroup, found.group(), at))
        at = found.end()
    tokens.append(_Token("end", "", at))
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._or()
        if self._peek.kind != "end":
            raise _no_match(self._peek.at)
        return tree

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek
        self._next += 1
        return token

    def _takes(self, text: str) -> bool:
        """Take the next token when it is this symbol or word."""
        token = self._peek
        if token.kind in ("symbol", "selector") and token.text == text:
            self._next += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise _no_match(self._peek.at, f'"{text}"')

    def _or(self) -> Tree:
        tree = self._and()
        while self._takes("or"):
            tree = Either(tree, self._and())
        return tree

    def _and(self) -> Tree:
        tree = self._not()
        while self._takes("and"):
            tree = Both(tree, self._not())
        return tree

    def _not(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise unusable(f"the expression is nested more than {DEEPEST} levels deep")
        try:
            if self._takes("not"):
                return Not(self._not())
            if self._takes("("):
                tree = self._or()
                self._expect(")")
                return tree
            return self._match()
        finally:
            self._depth -= 1

    def _match(self) -> Match:
        left = self._operand()
        if self._takes("=="):
            return Match(_selector(left), "Equal", _value(self._operand()))
        if self._takes("!="):
            return Match(_selector(left), "Equal", _value(self._operand()), negated=True)
        if self._takes("is"):
            negated = self._takes("not")
            self._expect("empty")
            return Match(_selector(left), "IsEmpty", negated=negated)
        negated = self._takes("not")
        if self._takes("in"):
            return Match(_selector(self._operand()), "In", _value(left), negated)
        if self._takes("contains"):
            return Match(_selector(left), "In", _value(self._operand()), negated)
        if self._takes("matches"):
            return Match(_selector(left), "Matches", _value(self._operand()), negated)
        wanted = '"contains", "in" or "matches"'
        raise _no_match(self._peek.at, wanted if negated else f'"!=", "==", "is", "not", {wanted}')

    def _operand(self) -> _Token:
        token = self._take()
        if token.kind not in ("selector", "string", "number"):
            raise _no_match(token.at, "a selector or a value")
        return token


def _selector(token: _Token) -> tuple[str, ...]:
    if token.kind != "selector":
        raise _no_match(token.at, "a selector")
    return tuple(part or quoted for part, quoted in _PART.findall(token.text))


def _value(token: _Token) -> str:
    return token.text[1:-1] if token.kind == "string" else token.text


def _no_match(at: int, expected: str = "") -> Exception:
    hint = f", expected: {expected}" if expected else ""
    return unusable(f"1:{at + 1} ({at}): no match found{hint}")
