"""Sets of characters, as functions that tell whether one belongs."""

import string
from collections.abc import Callable, Iterable, Mapping
from typing import Final

Letters = Callable[[str], bool]


def one(letter: str) -> Letters:
    return lambda given: given == letter


def either_case(letter: str) -> Letters:
    folded = letter.casefold()
    return lambda given: given.casefold() == folded


def spans(low: str, high: str, *, any_case: bool) -> Letters:
    """All from one to another."""
    if any_case:
        return lambda given: any(low <= each <= high for each in (given.lower(), given.upper()))
    return lambda given: low <= given <= high


def any_of(sets: Iterable[Letters]) -> Letters:
    held = tuple(sets)
    return lambda given: any(each(given) for each in held)


def none_of(letters: Letters) -> Letters:
    return lambda given: not letters(given)


def any_letter(given: str) -> bool:
    return True


def beyond_line(given: str) -> bool:
    """Whether it ends no line."""
    return given != "\n"


def _among(letters: str) -> Letters:
    held = frozenset(letters)
    return lambda given: given in held


_WORD: Final = string.ascii_letters + string.digits + "_"

CLASSES: Final[Mapping[str, Letters]] = {
    "d": _among(string.digits),
    "w": _among(_WORD),
    "s": _among(" \t\n\r\f"),
    "[:alnum:]": _among(string.ascii_letters + string.digits),
    "[:alpha:]": _among(string.ascii_letters),
    "[:ascii:]": str.isascii,
    "[:blank:]": _among(" \t"),
    "[:cntrl:]": lambda given: given < " " or given == "\x7f",
    "[:digit:]": _among(string.digits),
    "[:graph:]": lambda given: "!" <= given <= "~",
    "[:lower:]": _among(string.ascii_lowercase),
    "[:print:]": lambda given: " " <= given <= "~",
    "[:punct:]": _among(string.punctuation),
    "[:space:]": _among(" \t\n\r\f\v"),
    "[:upper:]": _among(string.ascii_uppercase),
    "[:word:]": _among(_WORD),
    "[:xdigit:]": _among(string.hexdigits),
}
"""By the letter after a backslash, or by the name in a class; none goes beyond ASCII, as in Go."""
