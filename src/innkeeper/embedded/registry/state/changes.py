"""The index that counts changes, and which topics each change touched.

A topic is what a blocking query can wait for: ("services",), ("service", "geo"), … A query's
index is the newest of its topics', so that a watcher of geo sleeps through changes of rate.
A watcher of one key waits for ("key", "a/b"), one of all keys that begin so for ("key", "a/").
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Topic = tuple[str, ...]
KEY = "key"
Listener = Callable[[frozenset[Topic]], None]


class Write:
    """One change under way. Everything it touches gets the same index."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.touched: set[Topic] = set()
        self.told: set[Topic] = set()
        self.forgotten: set[Topic] = set()

    def touch(self, *topics: Topic) -> None:
        """Say that answers about these topics are no longer what they were."""
        self.touched.update(topics)
        self.forgotten.difference_update(topics)

    def forget(self, topic: Topic) -> None:
        """Say that nothing is left of a topic; its watchers still hear of it."""
        self.touched.add(topic)
        self.forgotten.add(topic)

    def tell(self, *topics: Topic) -> None:
        """Wake who waits for topics whose index is kept by those who write them."""
        self.told.update(topics)


class Changes:
    """Counts changes and tells the listener once per write, after it is whole."""

    def __init__(self, listener: Listener = lambda topics: None) -> None:
        self._listener = listener
        self._index = 1
        self._revision = 0
        self._indexes: dict[Topic, int] = {}
        self._forgotten = 1
        self._write: Write | None = None

    @property
    def index(self) -> int:
        """The index of the last change."""
        return self._index

    @property
    def revision(self) -> int:
        """Differs after everything that may show in an answer, also after what uses no index."""
        return self._revision

    def noted(self) -> None:
        """Say that something has changed that nobody is woken for."""
        self._revision += 1

    def index_of(self, *topics: Topic) -> int:
        """The newest index of these topics; never 0, which would make clients poll."""
        return max(self._indexes.get(topic, self._forgotten) for topic in topics)

    @contextmanager
    def write(self) -> Iterator[Write]:
        """Open a change, or join the one that is open. Nothing touched: no index is used up."""
        if self._write is not None:
            yield self._write
            return
        self._write = Write(self._index + 1)
        try:
            yield self._write
        finally:
            # What was touched before an error did change, so watchers hear of it either way.
            write, self._write = self._write, None
            self._commit(write)

    def _commit(self, write: Write) -> None:
        if not write.touched | write.told:
            return
        self._index = write.index
        self._revision += 1
        for topic in write.touched:
            self._indexes[topic] = write.index
        for topic in write.forgotten:
            del self._indexes[topic]
            # A topic that comes back must not have an older index than its watchers saw.
            self._forgotten = write.index
        self._listener(frozenset(write.touched | write.told))
