"""Flat files: one JSON object with the records under `hotels`, each with its own `hotel_id`.

    {"$schema": "../docs/schemas/geo.schema.json", "hotels": [{"hotel_id": "1", …}, …]}

A file is taken whole or not at all. Everything that is wrong with it is reported at once, so that
it can be corrected at once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from innkeeper.errors import CannotStart
from innkeeper.hotels.faults import faults

MAX_HOTELS = 10_000
"""Beyond this a flat file costs too much memory and time to read at every start."""

FAULTS_SHOWN = 20

WITHOUT_NUL = r"^[^\u0000]*$"
"""What PostgreSQL can keep, and so may be in every store."""

HotelId = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=128, pattern=WITHOUT_NUL, description="The same in every file."
    ),
]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the records of all flat files share."""

    hotel_id: HotelId


RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file."""

    line: int | None
    """From 1, as editors count; where the record begins, or where the JSON breaks. None in a
    database, which has none."""
    index: int | None
    """Position of the record under `hotels`, from 0; None when the file as a whole is wrong."""
    hotel_id: str | None
    """None when the record has none that can be read."""
    reason: str

    def __str__(self) -> str:
        place = [] if self.line is None else [f"line {self.line}"]
        if self.index is not None:
            place.append(f"hotels[{self.index}]")
        if self.hotel_id is not None:
            place.append(f"id {self.hotel_id!r}")
        return f"{', '.join(place)}: {self.reason}"


class BadData(CannotStart):
    """A file that cannot be used. The text has a line for the file and one for each fault."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        shown = [f"  {fault}" for fault in self.faults[:FAULTS_SHOWN]]
        if len(self.faults) > FAULTS_SHOWN:
            shown.append(f"  and {len(self.faults) - FAULTS_SHOWN} more")
        count = "one fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{path} has {count} to correct:", *shown]))


class _File(msgspec.Struct, forbid_unknown_fields=True):
    hotels: list[msgspec.Raw]
    schema: str | None = msgspec.field(name="$schema", default=None)


class _Identified(msgspec.Struct):
    hotel_id: str


@dataclass(frozen=True)
class Found(Generic[RecordT]):
    """A good record and where it stands."""

    line: int
    index: int
    record: RecordT


@dataclass(frozen=True)
class Contents(Generic[RecordT]):
    """What is in a file: the good records, and what is wrong with the others."""

    found: Sequence[Found[RecordT]]
    faults: Sequence[Fault]


def load(path: Path, record: type[RecordT]) -> list[RecordT]:
    """Read every record of a file.

    A record checks itself: what its types do not say, it raises as ValueError when it is made.

    Raises:
        BadData: something in the file is wrong; all that is wrong is in its `faults`.
        CannotStart: the file cannot be read, or holds more than a flat file should.
    """
    contents = inspect(path, record, most=MAX_HOTELS)
    if contents.faults:
        raise BadData(path, contents.faults)
    return [found.record for found in contents.found]


def inspect(path: Path, record: type[RecordT], most: int | None = None) -> Contents[RecordT]:
    """Read a file and judge each of its records.

    Raises:
        BadData: the file as a whole is wrong, so that no records are seen.
        CannotStart: the file cannot be read, or holds more than `most` hotels.
    """
    data = _read(path)
    raw_records = _split(path, data)
    if most is not None and len(raw_records) > most:
        raise CannotStart(
            f"{path} holds {len(raw_records):,} hotels; a flat file may hold {most:,}:"
            f" run `innkeeper data import {path.parent} --to sqlite:///hotels.db`"
            " and name that with --data or INNKEEPER_DATA"
        )
    decoder = msgspec.json.Decoder(record)
    good: list[Found[RecordT]] = []
    bad: list[Fault] = []
    indices: dict[str, int] = {}
    for index, (line, raw) in enumerate(with_lines(data, raw_records)):
        try:
            decoded = decoder.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            hotel_id = _hotel_id(raw)
            bad += (Fault(line, index, hotel_id, why) for why in _reasons(raw, record, error))
            continue
        if (taken := indices.setdefault(decoded.hotel_id, index)) != index:
            reason = f"hotels[{taken}] has the same id"
            bad.append(Fault(line, index, decoded.hotel_id, reason))
            continue
        good.append(Found(line, index, decoded))
    return Contents(good, bad)


def schema(record: type[Record], title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a flat file with such records."""
    described = msgspec.json.schema(record)
    reference, definitions = described["$ref"], described["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": {
            "$schema": {"type": "string", "description": "Where editors find this schema."},
            "hotels": {"type": "array", "maxItems": MAX_HOTELS, "items": {"$ref": reference}},
        },
        "required": ["hotels"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CannotStart(
            f"{path} is missing: name a folder that holds it with --data or INNKEEPER_DATA"
        ) from None
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}") from None


def _split(path: Path, data: bytes) -> list[msgspec.Raw]:
    """The records as they stand in the file."""
    try:
        data.decode()
        return msgspec.json.decode(data, type=_File).hotels
    except UnicodeDecodeError as error:
        position, reason = error.start, f"byte {error.start} is not UTF-8: save the file as UTF-8"
    except msgspec.ValidationError as error:
        position, reason = 0, str(error)
    except RecursionError:
        position, reason = 0, "the JSON is nested too deeply"
    except msgspec.DecodeError as error:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        position, reason = int(byte[1]) if byte else len(data), str(error)
        if data.startswith(b"\xef\xbb\xbf"):
            reason = "the file begins with a byte order mark: save it as UTF-8 without one"
    raise BadData(path, [Fault(_line(data, position), None, None, reason)])


def with_lines(data: bytes, raw_records: list[msgspec.Raw]) -> Iterator[tuple[int, bytes]]:
    """Each record with the line that it begins in.

    Only white space and commas stand between records, so the next place where the text of a record
    is found is where it came from.
    """
    end, start, line = 0, 0, 1
    for raw in raw_records:
        text = bytes(raw)
        previous, start = start, data.index(text, end)
        end = start + len(text)
        line += data.count(b"\n", previous, start)
        yield line, text


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _reasons(raw: bytes, record: type[RecordT], error: Exception) -> list[str]:
    """All that is wrong with a record, else what its decoder stumbled over."""
    try:
        return faults(msgspec.json.decode(raw), record) or [str(error)]
    except (msgspec.DecodeError, RecursionError):
        return [str(error)]


def _hotel_id(raw: bytes) -> str | None:
    try:
        return msgspec.json.decode(raw, type=_Identified).hotel_id
    except (msgspec.DecodeError, RecursionError):
        return None
