"""Importing: from a source into a catalogue, all of its good rows or nothing."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.address import Address, Database, Folder
from innkeeper.hotels.catalogue.database import writing_database
from innkeeper.hotels.catalogue.entry import Changes, Entry, Writer
from innkeeper.hotels.catalogue.folder import writing_folder
from innkeeper.hotels.catalogue.rejects import Rejects
from innkeeper.hotels.catalogue.row import Reject
from innkeeper.hotels.catalogue.seen import Seen
from innkeeper.hotels.catalogue.source import Found

BATCH = 2000


@dataclass
class Outcome:
    """What an import did."""

    changes: Changes = field(default_factory=Changes)
    rejected: int = 0
    unbookable: int = 0
    """Hotels of the whole catalogue that have no rates."""

    @property
    def taken(self) -> int:
        """Hotels of the source that are in the catalogue now."""
        return self.changes.new + self.changes.changed + self.changes.same


def writing(place: Address) -> AbstractContextManager[Writer]:
    """A writer into the catalogue at an address.

    Raises:
        CannotStart: it cannot be written, or another import is under way.
    """
    if isinstance(place, Database):
        return writing_database(place.path)
    if isinstance(place, Folder):
        return writing_folder(place.path)
    # Late, as most catalogues need no driver.
    from innkeeper.hotels.catalogue.postgres import writing_postgres

    return writing_postgres(place)


def load(items: Iterable[Found | Reject], place: Address, rejects: Rejects) -> Outcome:
    """Write every hotel, and keep those that cannot be in the rejects.

    Raises:
        CannotStart: the catalogue or the rejects cannot be written; it is as it was before.
    """
    outcome = Outcome()
    with writing(place) as writer:
        batch: list[Entry] = []
        for entry in _once(items, rejects):
            batch.append(entry)
            if len(batch) == BATCH:
                outcome.changes += writer.put(batch)
                batch.clear()
        outcome.changes += writer.put(batch)
        outcome.unbookable = writer.unbookable()
        rejects.save()
    outcome.rejected = rejects.count
    return outcome


def _once(items: Iterable[Found | Reject], rejects: Rejects) -> Iterator[Entry]:
    """The hotels, the first of each id."""
    seen = Seen()
    for item in items:
        if isinstance(item, Reject):
            rejects.add(item)
            continue
        hotel_id = item.entry.hotel_id
        earlier = seen.earlier(hotel_id, item.line)
        if earlier is None:
            yield item.entry
        else:
            reason = f"line {earlier} has the same id {hotel_id!r}"
            rejects.add(Reject(item.line, reason, item.values))


def make_up(entries: Iterable[Entry], place: Address) -> int:
    """Write hotels into a catalogue that is not there yet; returns how many.

    Raises:
        CannotStart: there is a catalogue, or it cannot be written.
    """
    if _is_taken(place):
        raise CannotStart(f"{place} has hotels already: made-up ones go into a new catalogue")
    count = 0
    rest = iter(entries)
    with writing(place) as writer:
        while batch := list(islice(rest, BATCH)):
            count += len(batch)
            writer.put(batch)
    return count


def _is_taken(place: Address) -> bool:
    if isinstance(place, Database):
        return place.path.exists()
    if isinstance(place, Folder):
        return (place.path / "geo.json").exists()
    from innkeeper.hotels.catalogue.postgres import holds_hotels

    return holds_hotels(place)
