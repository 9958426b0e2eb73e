"""Opening a source: which format it is, and what makes hotels of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.catalogue.columns import mapping
from innkeeper.hotels.catalogue.convert import BadRow, Converter
from innkeeper.hotels.catalogue.csvfile import read_csv
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.jsonfile import read_json, read_json_lines
from innkeeper.hotels.catalogue.numbers import currency_in
from innkeeper.hotels.catalogue.row import Reject, Table
from innkeeper.hotels.catalogue.validate import FILES
from innkeeper.hotels.rate.plan import RatePlan

_NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or an archive: save the sheet as CSV",
    b"\x1f\x8b": "compressed: unpack it first",
    b"SQLite format 3\x00": "a database: only files can be imported",
    b"%PDF": "a PDF: it has no rows to import",
}
_ALL = ", ".join(FILES)


@dataclass(frozen=True)
class Options:
    """What the user said about a source."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → column, for those that are not to be guessed."""
    plan: RatePlan | None = None
    """For hotels without a price of their own."""
    currency: str = ""
    """For prices that name none."""
    locale: str = "en"
    """For texts that name none."""
    encoding: str | None = None
    """Of CSV; told from the bytes when None."""
    delimiter: str | None = None
    """Of CSV; told from the header when None."""


class Found(NamedTuple):
    """A hotel, and the line that it begins in."""

    line: int
    entry: Entry
    values: Mapping[str, Any] = MappingProxyType({})
    """The row that it was made of."""


@dataclass(frozen=True)
class Source:
    """Hotels to import."""

    form: str
    """What the source was read as."""
    columns: Mapping[str, str]
    """Field → column; empty for the project's own files, which need none."""
    unused: tuple[str, ...]
    """Columns that nothing is taken from."""
    items: Iterator[Found | Reject]
    done: Callable[[], float]
    """How much of it has been read, from 0 to 1."""
    rejected: Sequence[str]
    """The columns of what is not imported."""
    currency: str = ""
    """Of prices that name none; empty where they have to."""


def open_source(path: Path, options: Options) -> Source:
    """Open a file of any format, or a folder of flat files.

    Raises:
        CannotStart: it cannot be read, or its columns say nothing; the text says what to do.
    """
    if path.exists() and not (path.is_dir() or path.is_file()):
        raise CannotStart(f"{path} can be read only once: save what comes from it to a file first")
    try:
        if path.is_dir():
            return _flat_files({name: path / name for name in FILES}, options)
        record = _record_of(path)
        if record is not None:
            return _flat_files({record: path}, options)
        table = _table(path, options)
    except FileNotFoundError as error:
        raise CannotStart(f"{error.filename} does not exist") from None
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}") from None
    columns = mapping(table.columns, options.columns)
    currency = options.currency or currency_in(columns.get("price", ""))
    converter = Converter(columns, options.plan, currency, options.locale)
    used = set(columns.values())
    unused = tuple(column for column in table.columns if column not in used)
    items = _converted(table, converter)
    return Source(table.form, columns, unused, items, table.done, table.rejected, currency)


def _table(path: Path, options: Options) -> Table:
    with path.open("rb") as file:
        start = file.read(4096)
    for magic, what in _NOT_TEXT.items():
        if start.startswith(magic):
            raise CannotStart(f"{path} is {what}")
    suffix = path.suffix.lower()
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if suffix in (".jsonl", ".ndjson", ".jsonlines"):
        return read_json_lines(path)
    if suffix in (".json", ".geojson") or (suffix not in (".csv", ".tsv") and first in b"[{"):
        return read_json(path)
    return read_csv(path, options.encoding, options.delimiter)


def _record_of(path: Path) -> str | None:
    """Which of the project's files this is, told from its first record."""
    if path.suffix.lower() != ".json":
        return None
    try:
        hotels = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])["hotels"]
        (first, *_) = msgspec.json.decode(bytes(hotels), type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError, KeyError, ValueError):
        return None
    if "hotel_id" not in first:
        return None
    if "plans" in first:
        return "rate.json"
    if "default_locale" in first:
        return "profile.json"
    return "geo.json" if first.keys() == {"hotel_id", "lat", "lon"} else None


def _flat_files(paths: Mapping[str, Path], options: Options) -> Source:
    if options.columns:
        raise CannotStart("--map is for other formats: the project's own files need none")
    rejects: list[Reject] = []
    known: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for name, path in paths.items():
        if not path.exists():
            raise CannotStart(f"{path} is missing: a folder is imported when {_ALL} are in it")
        contents = flatfile.inspect(path, FILES[name])
        for fault in contents.faults:
            values = {"file": path.name, "hotel_id": fault.hotel_id or ""}
            rejects.append(Reject(fault.line or 1, fault.reason, values))
        for found in contents.found:
            known.setdefault(found.record.hotel_id, {})[name] = found.record
            lines.setdefault(found.record.hotel_id, found.line)

    read = 0

    def items() -> Iterator[Found | Reject]:
        nonlocal read
        yield from rejects
        for read, (hotel_id, records) in enumerate(known.items(), 1):  # noqa: B007
            place, rate = records.get("geo.json"), records.get("rate.json")
            plans = [plan.plan() for plan in rate.plans] if rate is not None else None
            if plans is None and place is not None and options.plan is not None:
                plans = [options.plan]
            entry = Entry(hotel_id, place, plans, records.get("profile.json"))
            yield Found(lines[hotel_id], entry)

    return Source(
        "Innkeeper's flat files",
        {},
        (),
        items(),
        lambda: read / max(1, len(known)),
        ("file", "hotel_id"),
    )


def _converted(table: Table, converter: Converter) -> Iterator[Found | Reject]:
    for row in table.rows:
        if isinstance(row, Reject):
            yield row
            continue
        try:
            yield Found(row.line, converter.entry(row.values), row.values)
        except BadRow as bad:
            yield Reject(row.line, str(bad), row.values)
