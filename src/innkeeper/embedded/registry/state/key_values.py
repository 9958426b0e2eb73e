"""The key/value store."""

from collections import deque
from dataclasses import dataclass, field, replace

from innkeeper.embedded.registry.state.changes import KEY, Changes, Topic, Write
from innkeeper.embedded.registry.state.model import Indexes

ALL_KEYS: Topic = ("keys",)

_DELETIONS_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value."""

    key: str
    value: bytes
    flags: int = 0
    indexes: Indexes = field(default=Indexes(), compare=False)


def key_topic(key: str) -> Topic:
    """The topic of a key, or of all keys that begin so."""
    return (KEY, key)


class KeyValues:
    """Values by key, with the index of each key and of everything below a prefix."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._entries: dict[str, Entry] = {}
        self._size = 0
        self._deleted: deque[tuple[str, int]] = deque(maxlen=_DELETIONS_REMEMBERED)
        self._deleted_before = 1

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes of all values."""
        return self._size

    def get(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def below(self, prefix: str) -> list[Entry]:
        """All entries whose keys begin with the prefix, by key."""
        return [self._entries[key] for key in self._keys(prefix)]

    def index_of(self, key: str) -> int:
        """When this key was last written or deleted."""
        entry = self._entries.get(key)
        return entry.indexes.modify if entry else self.index_below(key)

    def index_below(self, prefix: str) -> int:
        """When anything below the prefix was last written or deleted."""
        written = (self._entries[key].indexes.modify for key in self._keys(prefix))
        deleted = (index for key, index in self._deleted if key.startswith(prefix))
        return max(self._deleted_before, max(written, default=0), max(deleted, default=0))

    def put(self, key: str, value: bytes, flags: int) -> None:
        """Set a key. The same value again uses no index, as in Consul."""
        old = self._entries.get(key)
        new = Entry(key, value, flags)
        if old == new:
            return
        with self._changes.write() as write:
            create = old.indexes.create if old else write.index
            self._entries[key] = replace(new, indexes=Indexes(create, write.index))
            self._size += len(value) - (len(old.value) if old else 0)
            write.tell(key_topic(key))

    def delete(self, key: str) -> None:
        """Remove a key, if it is there."""
        if key not in self._entries:
            return
        with self._changes.write() as write:
            self._remove(key, write)
            write.tell(key_topic(key))

    def delete_below(self, prefix: str) -> None:
        """Remove all keys that begin with the prefix, as one change."""
        keys = self._keys(prefix)
        if not keys:
            return
        with self._changes.write() as write:
            for key in keys:
                self._remove(key, write)
            # They may be many, and those who watch one of them few.
            write.tell(ALL_KEYS)

    def _remove(self, key: str, write: Write) -> None:
        self._size -= len(self._entries.pop(key).value)
        if len(self._deleted) == _DELETIONS_REMEMBERED:
            self._deleted_before = self._deleted[0][1]
        self._deleted.append((key, write.index))

    def _keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._entries if key.startswith(prefix))
