"""Everything that is wrong with a record. A decoder stops at the first thing it finds."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec


def faults(value: Any, record: type[msgspec.Struct]) -> list[str]:
    """Why a JSON value is no such record: one reason for each place, none when it is one."""
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
        # JSON has no dates: text is what they are written as.
        msgspec.convert(value, expected, builtin_types=())
    except msgspec.ValidationError as error:
        reason, _, inner = str(error).partition(" - at `$")
        yield f"{reason} - at `{path}{inner.rstrip('`')}`"


def _is_record(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, msgspec.Struct)


def _is_sequence_of_records(expected: Any) -> bool:
    return get_origin(expected) in (list, tuple) and _is_record(get_args(expected)[0])
