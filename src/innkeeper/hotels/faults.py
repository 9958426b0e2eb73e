"""Everything that is wrong with a record. A decoder stops at the first thing it finds."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

import msgspec

RecordT = TypeVar("RecordT", bound=msgspec.Struct)


def faults(value: Any, record: type[msgspec.Struct]) -> list[str]:
    """Why a JSON value is no such record: one reason for each place, none when it is one."""
    found: list[str] = []
    read(value, record, found)
    return found


def read(value: Any, record: type[RecordT], reasons: list[str]) -> RecordT | None:
    """The record that a JSON value is; else None, and why it is none is added to the reasons."""
    # Few records are bad: to look into every corner of each would take ten times as long.
    try:
        return cast(RecordT, _convert(value, record))
    except msgspec.ValidationError:
        reasons += _all(value, record)
    return None


def _all(value: Any, record: type[msgspec.Struct]) -> list[str]:
    found = list(_inside(value, record, "$"))
    # What a record checks as a whole means something only when its parts are right.
    return found or list(_whole(value, record, "$"))


def _inside(value: Any, expected: Any, path: str) -> Iterator[str]:
    if get_origin(expected) is Annotated:
        described, *_ = get_args(expected)
        inner = list(_inside(value, described, path))
        yield from inner or _whole(value, expected, path)
    elif _is_record(expected) and isinstance(value, dict):
        yield from _fields(value, expected, path)
    elif _is_sequence_of_records(expected) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, get_args(expected)[0], f"{path}[{index}]")
    else:
        yield from _whole(value, expected, path)


def _fields(value: dict[str, Any], record: type[msgspec.Struct], path: str) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(record)}
    for name in (name for name in value if name not in fields):
        yield f"Object contains unknown field `{name}` - at `{path}`"
    found = False
    for name, field in fields.items():
        if name in value:
            for reason in _inside(value[name], field.type, f"{path}.{name}"):
                found = True
                yield reason
        elif field.required:
            found = True
            yield f"Object missing required field `{name}` - at `{path}`"
    if not found and value.keys() <= fields.keys():
        yield from _whole(value, record, path)


def _whole(value: Any, expected: Any, path: str) -> Iterator[str]:
    try:
        _convert(value, expected)
    except msgspec.ValidationError as error:
        reason, _, inner = str(error).partition(" - at `$")
        yield f"{reason} - at `{path}{inner.rstrip('`')}`"


def _convert(value: Any, expected: Any) -> Any:
    # JSON has no dates: text is what they are written as.
    return msgspec.convert(value, expected, builtin_types=())


def _is_record(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, msgspec.Struct)


def _is_sequence_of_records(expected: Any) -> bool:
    return get_origin(expected) in (list, tuple) and _is_record(get_args(expected)[0])
