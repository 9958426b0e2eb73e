"""What was lately made, for those who would make the same again."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps the values that were asked for last, at least `size` of them and at most twice as many.

    Those that come to be kept push out nothing by themselves: with every `size` of them, all that
    has not been asked for meanwhile goes at once.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """What is kept for the key, or None."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value, which is not None, for the key."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value
