"""Checking what services read: flat files, each by itself and against each other; databases."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.catalogue import validate_database
from innkeeper.hotels.flatfile import BadData, Contents, Fault
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate import exchange
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel

FILES: dict[str, type[flatfile.Record]] = {
    "geo.json": Place,
    "rate.json": PricedHotel,
    "profile.json": DescribedHotel,
}


DATABASE_FAULTS_KEPT = 1000
_SQLITE = b"SQLite format 3\0"


@dataclass
class Report:
    """What was found."""

    hotels: dict[Path, int] = field(default_factory=dict)
    """How many good records each file has."""
    faults: list[tuple[Path, Fault]] = field(default_factory=list)
    """In the order of files and lines; of a database the first thousand."""
    counts: Counter[Path] = field(default_factory=Counter)
    """How many faults each file has."""
    notes: list[str] = field(default_factory=list)
    """What is allowed and still worth knowing."""

    def add(self, path: Path, faults: Iterable[Fault]) -> None:
        """Take faults of a file, all of them."""
        before = len(self.faults)
        self.faults += ((path, fault) for fault in faults)
        self.counts[path] += len(self.faults) - before


def validate(path: Path) -> Report:
    """Check a folder of flat files, one of them, or a database file.

    Raises:
        CannotStart: there is nothing at `path` that could be checked.
    """
    if path.is_dir():
        return _validate_folder(path)
    if _is_database(path):
        return _validate_database(path)
    record = FILES.get(path.name)
    if record is None:
        raise CannotStart(
            f"{path} is no folder, no database and none of {', '.join(FILES)}:"
            " files of other kinds are checked while they are imported"
        )
    report = Report()
    _inspect(path, record, report)
    return report


def _validate_folder(folder: Path) -> Report:
    report = Report()
    contents = {
        name: read
        for name, record in FILES.items()
        if (read := _inspect(folder / name, record, report)) is not None
    }
    # A file that could not be read knows nothing, rather than no hotels.
    if len(contents) == len(FILES):
        for name, fault in _missing_elsewhere(contents):
            report.add(folder / name, [fault])
        _note_unbookable(report, len(_ids(contents["geo.json"]) - _ids(contents["rate.json"])))
    _inspect_exchange(folder / exchange.FILE, report)
    names = [*FILES, exchange.FILE]
    report.faults.sort(key=lambda found: (names.index(found[0].name), found[1].line or 0))
    return report


def _inspect_exchange(path: Path, report: Report) -> None:
    """Check the exchange rates, if there are any."""
    try:
        Exchange.load(path)
    except CannotStart as error:
        reason = str(error).removeprefix(f"{path}: ")
        report.add(path, [Fault(None, None, None, reason)])


def _validate_database(path: Path) -> Report:
    report = Report()
    for fault in validate_database.database_faults(path):
        report.counts[path] += 1
        if len(report.faults) < DATABASE_FAULTS_KEPT:
            report.faults.append((path, fault))
    if not report.faults:
        report.hotels[path], unbookable = validate_database.counts(path)
        _note_unbookable(report, unbookable)
    return report


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _note_unbookable(report: Report, count: int) -> None:
    if count:
        have = "hotel has" if count == 1 else "hotels have"
        report.notes.append(f"{count:,} {have} no rates and cannot be booked")


def _inspect(
    path: Path, record: type[flatfile.Record], report: Report
) -> Contents[flatfile.Record] | None:
    try:
        contents = flatfile.inspect(path, record)
    except BadData as bad:
        report.add(path, bad.faults)
        return None
    except CannotStart as error:
        reason = str(error).removeprefix(f"{path} ") if path.exists() else "is missing"
        report.add(path, [Fault(None, None, None, reason)])
        return None
    count = len(contents.found)
    report.hotels[path] = count
    report.add(path, contents.faults)
    if count > flatfile.MAX_HOTELS:
        reason = (
            f"{count:,} hotels are more than the {flatfile.MAX_HOTELS:,} that services read from a"
            " flat file: import them into sqlite:///hotels.db"
        )
        report.add(path, [Fault(1, None, None, reason)])
    return contents


def _missing_elsewhere(contents: dict[str, Contents[Any]]) -> Iterator[tuple[str, Fault]]:
    located, described = contents["geo.json"], contents["profile.json"]
    for name in ("rate.json", "profile.json"):
        yield from _unknown(name, contents[name], located, "geo.json does not know where it is")
    yield from _unknown("geo.json", located, described, "profile.json does not describe it")


def _unknown(
    name: str, contents: Contents[Any], other: Contents[Any], reason: str
) -> Iterator[tuple[str, Fault]]:
    # A record with faults of its own is there, and its file says what is wrong with it.
    known = _ids(other) | {fault.hotel_id for fault in other.faults}
    for found in contents.found:
        if found.record.hotel_id not in known:
            yield name, Fault(found.line, found.index, found.record.hotel_id, reason)


def _ids(contents: Contents[Any]) -> set[str]:
    return {found.record.hotel_id for found in contents.found}


def lines(report: Report, most: int) -> Sequence[str]:
    """The first faults, one a line as `FILE:LINE: record: reason`, then how many each file has."""
    shown = [_line(path, fault) for path, fault in report.faults[:most]]
    total = report.counts.total()
    if total > most:
        shown.append(f"and {total - most:,} more")
        shown += (f"{path}: {count:,} faults" for path, count in report.counts.items() if count)
    return shown


def _line(path: Path, fault: Fault) -> str:
    record = [] if fault.index is None else [f"hotels[{fault.index}]"]
    if fault.hotel_id is not None:
        record.append(f"id {fault.hotel_id!r}")
    place = f"{path}" if fault.line is None else f"{path}:{fault.line}"
    return ": ".join(filter(None, (place, ", ".join(record), fault.reason)))
