"""Reads JSON bodies with the rules of Go's decoder: names in any case, no unknown names, and its
words for what is wrong. A field that is null or missing has its zero value."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn, TypeVar

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.api import broken_json
from innkeeper.embedded.registry.errors import ApiError

_Item = TypeVar("_Item")

_LARGEST = 2**63


def wrong(text: str) -> ApiError:
    """The answer to a body that cannot be decoded."""
    return ApiError(400, f"Request decode failed: {text}")


def parse(raw: bytes) -> object:
    """The first JSON value of a body; what follows it is ignored, as Go's decoder does.

    Raises:
        ApiError: 400, in the words of Go's decoder.
    """
    text = raw.decode(errors="replace").lstrip(" \t\r\n")
    if not text:
        raise wrong("EOF")
    try:
        return _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError as error:
        raise wrong(broken_json.words(error)) from error
    except (ValueError, RecursionError) as error:
        raise wrong(str(error)) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


class Fields:
    """The fields of one JSON object, read by name and type."""

    def __init__(self, value: object, path: str, known: Iterable[str]) -> None:
        """`path` is what Go's errors put before the name; `known` are the names allowed.

        Raises:
            ApiError: 400; it is no object, or holds a name that is not known.
        """
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise wrong(f"json: cannot unmarshal {_kind(value)} into Go value of type struct")
        names = {name.lower() for name in known}
        for name in value:
            if name.lower() not in names:
                raise wrong(f'json: unknown field "{clean(name)}"')
        self._values = {name.lower(): each for name, each in value.items()}
        self._path = path

    def text(self, *names: str) -> str:
        """A string; with several names, the first that has one."""
        return next((text for text in map(self._text, names) if text), "")

    def _text(self, name: str) -> str:
        return self._string(self._get(name), name, "string")

    def number(self, name: str) -> int:
        value = self._get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._mismatch(_kind(value), name, "int")
        if isinstance(value, float) or abs(value) >= _LARGEST:
            raise self._mismatch(f"number {value}", name, "int")
        return value

    def flag(self, *names: str) -> bool:
        """A boolean; with several names, whether any is true."""
        return any([self._flag(name) for name in names])

    def _flag(self, name: str) -> bool:
        value = self._get(name)
        if value is not None and not isinstance(value, bool):
            raise self._mismatch(_kind(value), name, "bool")
        return bool(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """A list of strings; with several names, the first that has any."""
        return next((texts for texts in map(self._texts, names) if texts), ())

    def _texts(self, name: str) -> tuple[str, ...]:
        return self._strings(self._get(name), name)

    def pairs(self, name: str) -> Mapping[str, str] | None:
        """An object of strings; None when it was not given."""
        value = self._object(name, "map[string]string")
        if value is None:
            return None
        return {clean(key): self._string(each, name, "string") for key, each in value.items()}

    def lists(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """An object of lists of strings."""
        value = self._object(name, "map[string][]string") or {}
        return {clean(key): self._strings(each, name) for key, each in value.items()}

    def objects(self, name: str, read: Callable[[object], _Item]) -> Mapping[str, _Item]:
        """An object of objects, each read by `read`."""
        value = self._object(name, "map[string]struct") or {}
        return {clean(key): read(each) for key, each in value.items()}

    def items(self, name: str, read: Callable[[object], _Item], type_name: str) -> list[_Item]:
        """A list of objects, each read by `read`."""
        value = self._get(name)
        if value is not None and not isinstance(value, list):
            raise self._mismatch(_kind(value), name, type_name)
        return [read(each) for each in value or ()]

    def raw(self, name: str) -> object:
        """The value as it came."""
        return self._get(name)

    def duration(self, *names: str) -> int:
        """Nanoseconds, given as such or as text; anything else counts as unsaid, as in Consul."""
        value = next((each for each in map(self._get, names) if each is not None), None)
        if isinstance(value, str):
            try:
                return durations.parse(clean(value))
            except ValueError as error:
                raise wrong(str(error)) from error
        if isinstance(value, bool) or not isinstance(value, int | float):
            return 0
        if not math.isfinite(value) or abs(value) >= _LARGEST:
            return 0
        return int(value)

    def _get(self, name: str) -> object:
        return self._values.get(name.lower())

    def _object(self, name: str, type_name: str) -> Mapping[str, object] | None:
        value = self._get(name)
        if value is not None and not isinstance(value, Mapping):
            raise self._mismatch(_kind(value), name, type_name)
        return value

    def _strings(self, value: object, name: str) -> tuple[str, ...]:
        if value is not None and not isinstance(value, list):
            raise self._mismatch(_kind(value), name, "[]string")
        return tuple(self._string(each, name, "string") for each in value or ())

    def _string(self, value: object, name: str, type_name: str) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._mismatch(_kind(value), name, type_name)
        return clean(value)

    def _mismatch(self, kind: str, name: str, type_name: str) -> ApiError:
        return wrong(
            f"json: cannot unmarshal {kind} into Go struct field {self._path}.{name}"
            f" of type {type_name}"
        )


def clean(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON may spell but UTF-8 cannot hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _kind(value: object) -> str:
    for types, kind in (
        ((bool,), "bool"),
        ((int, float), "number"),
        ((str,), "string"),
        ((list,), "array"),
    ):
        if isinstance(value, types):
            return kind
    return "object"
