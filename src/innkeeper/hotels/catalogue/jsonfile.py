"""Reading JSON, JSON Lines and GeoJSON as rows."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.catalogue.row import Reject, Row, Table

_FIRST_ROWS = 1000
_DEEPEST = 5
# Where rejects have what is no object.
_RECORD = "record"


class _Collection(msgspec.Struct):
    features: list[msgspec.Raw]
    type: str


def read_json_lines(path: Path) -> Table:
    """Open a file with an object in each line."""
    size, read = path.stat().st_size or 1, 0

    def rows() -> Iterator[Row | Reject]:
        nonlocal read
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                read += len(text)
                if text.strip(b"\xef\xbb\xbf \t\r\n"):
                    yield _row(number, text.removeprefix(b"\xef\xbb\xbf"))

    columns = _some_columns(rows())
    read = 0
    return Table(columns, rows(), "JSON Lines", lambda: read / size, _rejected(columns))


def read_json(path: Path) -> Table:
    """Open a list of objects, an object with such a list in it, or a GeoJSON FeatureCollection.

    Raises:
        CannotStart: it is none of these.
    """
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    form, objects = _objects(path, data)
    read = 0

    def rows() -> Iterator[Row | Reject]:
        nonlocal read
        for read, (line, raw) in enumerate(flatfile.with_lines(data, objects), 1):  # noqa: B007
            yield _row(line, raw)

    columns = _some_columns(rows())
    read = 0
    return Table(columns, rows(), form, lambda: read / max(1, len(objects)), _rejected(columns))


def _objects(path: Path, data: bytes) -> tuple[str, list[msgspec.Raw]]:
    try:
        data.decode()
        if data.lstrip()[:1] == b"[":
            return "JSON", msgspec.json.decode(data, type=list[msgspec.Raw])
        fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        if bytes(fields.get("type", b"")) == b'"FeatureCollection"':
            return "GeoJSON", msgspec.json.decode(data, type=_Collection).features
        lists = [raw for raw in fields.values() if bytes(raw)[:1] == b"["]
        if len(lists) == 1:
            return "JSON", msgspec.json.decode(bytes(lists[0]), type=list[msgspec.Raw])
    except UnicodeDecodeError as error:
        raise CannotStart(f"{path}: byte {error.start} is not UTF-8: save it as UTF-8") from None
    except (msgspec.DecodeError, RecursionError) as error:
        position = re.search(r"\(byte (\d+)\)", str(error))
        # Without a position it is the end of the file that comes too early.
        end = int(position[1]) if position else len(data.rstrip())
        line = data.count(b"\n", 0, end) + 1
        raise CannotStart(f"{path}:{line}: {error}") from None
    raise CannotStart(
        f"{path} must be a list of objects, an object with one list in it, or a GeoJSON"
        " FeatureCollection"
    )


def _row(line: int, raw: bytes) -> Row | Reject:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Reject(line, str(error), {_RECORD: raw.decode(errors="replace").strip()[:1000]})
    if not isinstance(value, dict):
        return Reject(line, "is not an object", {_RECORD: str(value)[:1000]})
    if value.get("type") == "Feature":
        return _feature(line, value)
    return Row(line, dict(_spread(value, "")))


def _feature(line: int, feature: dict[str, Any]) -> Row | Reject:
    properties = feature.get("properties")
    values = dict(_spread(properties, "")) if isinstance(properties, dict) else {}
    if feature.get("id") is not None:
        values["id"] = feature["id"]
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return Reject(line, "geometry is not a Point", values)
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) < 2:
        return Reject(line, "coordinates are not [longitude, latitude]", values)
    return Row(line, {**values, "lat": position[1], "lon": position[0]})


def _spread(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict) and prefix.count(".") < _DEEPEST:
            yield from _spread(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def _some_columns(rows: Iterator[Row | Reject]) -> list[str]:
    """The names in the first rows; what comes up later in none of them is left out."""
    names: dict[str, None] = {}
    for _, row in zip(range(_FIRST_ROWS), rows, strict=False):
        if isinstance(row, Row) or _RECORD not in row.values:
            names.update(dict.fromkeys(row.values))
    return list(names)


def _rejected(columns: list[str]) -> list[str]:
    return list(dict.fromkeys([*columns, _RECORD]))
