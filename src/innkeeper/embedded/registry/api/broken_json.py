"""What Go's decoder says of JSON that is broken, told from where Python's stopped."""

import re
from json import JSONDecodeError

_WORDS = {
    "Expecting property name enclosed in double quotes": (
        "looking for beginning of object key string"
    ),
    "Expecting value": "looking for beginning of value",
    "Expecting ':' delimiter": "after object key",
    "Invalid control character at": "in string literal",
    "Invalid \\escape": "in string escape code",
    "Invalid \\uXXXX escape": "in \\u hexadecimal character escape",
}
_QUOTED = {"'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]*")
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]', re.DOTALL)


def words(error: JSONDecodeError) -> str:
    """In Go's words, as far as the place tells: for misspelt literals and numbers it has others."""
    text = error.doc.rstrip()
    at = _offender(text, error)
    if at >= len(text) or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    message = error.msg.partition(": ")[0]
    if message == "Expecting ',' delimiter":
        inside = "array element" if _open_bracket(text[:at]) == "[" else "object key:value pair"
        said = f"after {inside}"
    else:
        said = _WORDS.get(message, message)
    return f"invalid character '{_QUOTED.get(text[at], text[at])}' {said}"


def _offender(text: str, error: JSONDecodeError) -> int:
    """Where the character is that Go names: of an escape not the backslash, but what is wrong."""
    if error.msg.startswith("Invalid \\u"):
        digits = _HEXADECIMAL.match(text, error.pos + 1)
        return digits.end() if digits else error.pos
    return error.pos + 1 if error.msg.startswith("Invalid \\") else error.pos


def _open_bracket(text: str) -> str:
    """The innermost bracket that is not closed."""
    opened: list[str] = []
    for mark in _STRINGS_AND_BRACKETS.findall(text):
        if mark in ("[", "{"):
            opened.append(mark)
        elif mark in ("]", "}"):
            opened.pop()
    return opened[-1]
