"""Writing a catalogue to a folder of flat files.

Each file is moved into its place when it is whole, the places of hotels last: no reader ever finds
a hotel whose description and rates are still to come. Killed in between, the same import can be run
again.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.catalogue.entry import Changes, Entry
from innkeeper.hotels.catalogue.lock import locked
from innkeeper.hotels.catalogue.planfile import priced
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel

RecordT = TypeVar("RecordT", bound=flatfile.Record)


class FolderWriter:
    """As Writer says, in memory until it is saved."""

    def __init__(self, folder: Path) -> None:
        """Read what is there.

        Raises:
            CannotStart: a file that is there cannot be used.
        """
        self._folder = folder
        self._places = _load(folder / "geo.json", Place)
        self._rates = _load(folder / "rate.json", PricedHotel)
        self._profiles = _load(folder / "profile.json", DescribedHotel)

    def put(self, entries: Sequence[Entry]) -> Changes:
        """As Writer says.

        Raises:
            CannotStart: there are more hotels than a flat file may hold.
        """
        changes = Changes()
        for entry in entries:
            changes += self._put(entry)
        most = max(len(self._places), len(self._rates), len(self._profiles))
        if most > flatfile.MAX_HOTELS:
            raise CannotStart(
                f"{self._folder}: flat files hold at most {flatfile.MAX_HOTELS:,} hotels:"
                " import with --to sqlite:///hotels.db; nothing was changed"
            )
        return changes

    def unbookable(self) -> int:
        """As Writer says."""
        return len(self._places.keys() - self._rates.keys())

    def save(self) -> None:
        """Put the files in their places.

        Raises:
            OSError: a file cannot be written; those in their places are whole.
        """
        files: dict[str, Mapping[str, flatfile.Record]] = {
            "profile.json": self._profiles,
            "rate.json": self._rates,
            "geo.json": self._places,
        }
        parts = []
        try:
            for name, records in files.items():
                parts.append(part := self._folder / f".{name}.part")
                _write(part, records)
            for part, name in zip(parts, files, strict=True):
                part.replace(self._folder / name)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)

    def _put(self, entry: Entry) -> Changes:
        known = any(
            entry.hotel_id in records for records in (self._places, self._rates, self._profiles)
        )
        different = [
            entry.place is not None and _set(self._places, entry.place),
            entry.plans is not None and _set(self._rates, priced(entry.hotel_id, entry.plans)),
            entry.profile is not None and _set(self._profiles, entry.profile),
        ]
        if not known:
            return Changes(new=1)
        return Changes(changed=1) if any(different) else Changes(same=1)


def _set(records: dict[str, RecordT], record: RecordT) -> bool:
    if records.get(record.hotel_id) == record:
        return False
    records[record.hotel_id] = record
    return True


@contextmanager
def writing_folder(folder: Path) -> Iterator[FolderWriter]:
    """A writer into a folder, made when missing.

    Raises:
        CannotStart: a file there is bad or cannot be written, or another import is under way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / "geo.json"):
            writer = FolderWriter(folder)
            yield writer
            writer.save()
    except OSError as error:
        raise CannotStart(f"{folder} could not be written: {error.strerror}") from None


def _load(path: Path, record: type[RecordT]) -> dict[str, RecordT]:
    if not path.exists():
        return {}
    return {found.hotel_id: found for found in flatfile.load(path, record)}


def _write(path: Path, records: Mapping[str, flatfile.Record]) -> None:
    lines = b",\n    ".join(
        msgspec.json.format(msgspec.json.encode(record), indent=-1) for record in records.values()
    )
    with path.open("wb") as file:
        file.write(b'{\n  "hotels": [\n    ' + lines + b"\n  ]\n}\n")
        file.flush()
        os.fsync(file.fileno())
