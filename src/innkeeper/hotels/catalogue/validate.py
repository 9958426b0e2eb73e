"""Checking flat files: each by itself, and against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.flatfile import BadData, Contents, Fault
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel

FILES: dict[str, type[flatfile.Record]] = {
    "geo.json": Place,
    "rate.json": PricedHotel,
    "profile.json": DescribedHotel,
}


@dataclass
class Report:
    """What was found."""

    hotels: dict[Path, int] = field(default_factory=dict)
    """How many good records each file has."""
    faults: list[tuple[Path, Fault]] = field(default_factory=list)
    """In the order of files and lines."""
    notes: list[str] = field(default_factory=list)
    """What is allowed and still worth knowing."""


def validate(path: Path) -> Report:
    """Check a folder of flat files, or one of them.

    Raises:
        CannotStart: there is nothing at `path` that could be checked.
    """
    if path.is_dir():
        return _validate_folder(path)
    record = FILES.get(path.name)
    if record is None:
        raise CannotStart(
            f"{path} is neither a folder nor one of {', '.join(FILES)}:"
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
            report.faults.append((folder / name, fault))
        unbookable = _ids(contents["geo.json"]) - _ids(contents["rate.json"])
        if unbookable:
            report.notes.append(f"{len(unbookable):,} hotels have no rates and cannot be booked")
    names = list(FILES)
    report.faults.sort(key=lambda found: (names.index(found[0].name), found[1].line))
    return report


def _inspect(
    path: Path, record: type[flatfile.Record], report: Report
) -> Contents[flatfile.Record] | None:
    try:
        contents = flatfile.inspect(path, record)
    except BadData as bad:
        report.faults += ((path, fault) for fault in bad.faults)
        return None
    except CannotStart as error:
        report.faults.append((path, Fault(1, None, None, str(error))))
        return None
    count = len(contents.found)
    report.hotels[path] = count
    report.faults += ((path, fault) for fault in contents.faults)
    if count > flatfile.MAX_HOTELS:
        reason = (
            f"{count:,} hotels are more than the {flatfile.MAX_HOTELS:,} that services read from a"
            " flat file: import them into sqlite:///hotels.db"
        )
        report.faults.append((path, Fault(1, None, None, reason)))
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
    if len(report.faults) > most:
        shown.append(f"and {len(report.faults) - most:,} more")
        counts: dict[Path, int] = {}
        for path, _ in report.faults:
            counts[path] = counts.get(path, 0) + 1
        shown += (f"{path}: {count:,} faults" for path, count in counts.items())
    return shown


def _line(path: Path, fault: Fault) -> str:
    record = [] if fault.index is None else [f"hotels[{fault.index}]"]
    if fault.hotel_id is not None:
        record.append(f"id {fault.hotel_id!r}")
    return ": ".join(filter(None, (f"{path}:{fault.line}", ", ".join(record), fault.reason)))
