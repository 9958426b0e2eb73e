"""Reads a regular expression in Go's syntax into a tree.

either  = each { "|" each }
each    = { piece }
piece   = atom [ "*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}" ] [ "?" ]
atom    = "." | "^" | "$" | "[…]" | "\\…" | "(" [ "?flags" | "?:" | "?P<name>" ] either ")" | letter

Laziness makes no difference to whether a text matches, so that it is read and forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from innkeeper.embedded.registry.api.filter.regular.letters import (
    CLASSES,
    Letters,
    any_letter,
    any_of,
    beyond_line,
    either_case,
    none_of,
    one,
    spans,
)
from innkeeper.embedded.registry.api.filter.regular.tree import (
    Choice,
    Edge,
    Letter,
    Malformed,
    Repeat,
    Sequence,
    Tree,
    Unsupported,
)

MOST_REPEATS: Final = 1000
DEEPEST: Final = 100
_CONTROLS: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class _Flags:
    any_case: bool = False
    over_lines: bool = False


def parse(pattern: str) -> Tree:
    """Read a pattern.

    Raises:
        Malformed: it is none.
        Unsupported: it uses something that is not understood here.
    """
    return _Parser(pattern).whole()


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._flags = _Flags()

    def whole(self) -> Tree:
        tree = self._either()
        if self._peek == ")":
            raise Malformed(f"unexpected ): `{self._pattern}`")
        return tree

    @property
    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        letter = self._peek
        self._at += len(letter)
        return letter

    def _takes(self, text: str) -> bool:
        if self._pattern.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _either(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Malformed(f"expression nests too deeply: `{self._pattern}`")
        parts = [self._each()]
        while self._takes("|"):
            parts.append(self._each())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _each(self) -> Tree:
        parts = []
        while self._peek not in ("", "|", ")"):
            parts.append(self._piece())
        return Sequence(tuple(parts))

    def _piece(self) -> Tree:
        start = self._at
        if self._peek in "*+?":
            raise Malformed(f"missing argument to repetition operator: `{self._peek}`")
        tree = self._atom()
        operator = self._at
        count = self._count()
        if count is None:
            return tree
        self._takes("?")
        after = self._at
        if self._count() is not None:
            raise Malformed(
                f"invalid nested repetition operator: `{self._pattern[operator : self._at]}`"
            )
        self._at = after
        least, most = count
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise Malformed(f"invalid repeat count: `{self._pattern[operator:after]}`")
        assert start < operator
        return Repeat(tree, least, most)

    def _count(self) -> tuple[int, int | None] | None:
        """How often the piece before may stand here; None when nothing is said of it."""
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._peek)
        if simple is not None:
            self._at += 1
            return simple
        start = self._at
        if not self._takes("{"):
            return None
        least = self._number()
        most: int | None = least
        if least is not None and self._takes(","):
            most = self._number()
        if least is None or not self._takes("}"):
            # Go takes a brace that counts nothing for itself.
            self._at = start
            return None
        return least, most

    def _number(self) -> int | None:
        start = self._at
        while self._peek.isascii() and self._peek.isdigit() and self._at - start < 5:
            self._at += 1
        text = self._pattern[start : self._at]
        return int(text) if text else None

    def _atom(self) -> Tree:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return Letter(self._class())
        if letter == ".":
            return Letter(any_letter if self._flags.over_lines else beyond_line)
        if letter in "^$":
            return Edge(is_end=letter == "$")
        if letter == "\\":
            return self._escaped()
        return self._single(letter)

    def _single(self, letter: str) -> Tree:
        return Letter(either_case(letter) if self._flags.any_case else one(letter))

    def _group(self) -> Tree:
        outer = self._flags
        if self._takes("?"):
            opened = self._opening()
            if not opened:
                return Sequence(())
        tree = self._either()
        if not self._takes(")"):
            raise Malformed(f"missing closing ): `{self._pattern}`")
        self._flags = outer
        return tree

    def _opening(self) -> bool:
        """Read what follows `(?`; whether a group follows, not flags alone."""
        start = self._at
        if self._takes("P<") or (self._peek == "<" and self._takes("<")):
            name, closed, _ = self._pattern[self._at :].partition(">")
            if not closed or not name.isidentifier():
                raise Malformed(f"invalid named capture: `{self._pattern[start - 2 :]}`")
            self._at += len(name) + 1
            return True
        on = True
        while (letter := self._take()) not in (":", ")"):
            if letter == "-" and on:
                on = False
            elif letter == "i":
                self._flags = replace(self._flags, any_case=on)
            elif letter == "s":
                self._flags = replace(self._flags, over_lines=on)
            elif letter in ("m", "U"):
                raise Unsupported(f"The flag {letter} of regular expressions is")
            else:
                shown = self._pattern[start - 2 : self._at]
                raise Malformed(f"invalid or unsupported Perl syntax: `{shown}`")
        return letter == ":"

    def _escaped(self) -> Tree:
        if self._peek in ("A", "z"):
            return Edge(is_end=self._take() == "z")
        if self._peek in ("b", "B", "Q"):
            raise Unsupported(f"\\{self._peek} in regular expressions is")
        letters = self._named()
        return Letter(letters) if letters is not None else self._single(self._escape())

    def _named(self) -> Letters | None:
        """The class that a letter after a backslash stands for; None when it stands for none."""
        if self._peek in ("p", "P"):
            raise Unsupported("Unicode classes in regular expressions are")
        known = CLASSES.get(self._peek.lower()) if self._peek else None
        if known is None:
            return None
        return none_of(known) if self._take().isupper() else known

    def _escape(self) -> str:
        """The single letter that stands after a backslash."""
        start = self._at - 1
        letter = self._take()
        if not letter:
            raise Malformed("trailing backslash at end of expression: ``")
        if letter == "x":
            return self._code(start)
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isascii() and letter.isalnum():
            raise Malformed(f"invalid escape sequence: `{self._pattern[start : self._at]}`")
        return letter

    def _code(self, start: int) -> str:
        if self._takes("{"):
            digits, _, _ = self._pattern[self._at :].partition("}")
            self._at += len(digits) + 1
        else:
            digits = self._pattern[self._at : self._at + 2]
            self._at += 2
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError) as error:
            shown = self._pattern[start : self._at]
            raise Malformed(f"invalid escape sequence: `{shown}`") from error

    def _class(self) -> Letters:
        start = self._at - 1
        negated = self._takes("^")
        sets: list[Letters] = []
        first = True
        while first or self._peek != "]":
            first = False
            if not self._peek:
                raise Malformed(f"missing closing ]: `{self._pattern[start:]}`")
            sets.append(self._member(start))
        self._at += 1
        letters: Callable[[str], bool] = any_of(sets)
        return none_of(letters) if negated else letters

    def _member(self, start: int) -> Letters:
        if self._takes("[:"):
            name, closed, _ = self._pattern[self._at :].partition(":]")
            letters = CLASSES.get(f"[:{name.removeprefix('^')}:]")
            if not closed or letters is None:
                raise Malformed(f"invalid character class range: `[:{name}:]`")
            self._at += len(name) + 2
            return none_of(letters) if name.startswith("^") else letters
        low = self._take()
        if low == "\\":
            named = self._named()
            if named is not None:
                return named
            low = self._escape()
        high = low
        if self._peek == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            high = self._take()
            high = self._escape() if high == "\\" else high
        if high < low:
            raise Malformed(f"invalid character class range: `{low}-{high}`")
        return spans(low, high, any_case=self._flags.any_case)
