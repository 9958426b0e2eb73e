"""The rows that were not imported, in a CSV file: line, reason, and what was in the row.

Corrected, the file can be imported itself.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.row import Reject

_OURS = ("line", "reason")


class Rejects:
    """A rejects file, made when there is something for it."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self.first: list[Reject] = []
        """The first few, to be shown."""
        self._file: TextIO | None = None
        self._columns = [name for name in columns if name not in _OURS]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            # What is not saved is of an import that failed, for a reason of its own.
            with suppress(OSError):
                self._file.close()

    def add(self, reject: Reject) -> None:
        """Keep a row.

        Raises:
            CannotStart: the file cannot be written.
        """
        self.count += 1
        if len(self.first) < 5:
            self.first.append(reject)
        with self._failures_told():
            if self._file is None:
                # With the mark, spreadsheets take it for what it is.
                self._file = self.path.open("w", encoding="utf-8-sig", newline="")
                csv.writer(self._file).writerow([*_OURS, *self._columns])
            values = [_text(reject.values.get(name)) for name in self._columns]
            csv.writer(self._file).writerow([reject.line, reject.reason, *values])

    def save(self) -> None:
        """See that everything taken so far is in the file, before the hotels are kept.

        Raises:
            CannotStart: the file cannot be written.
        """
        if self._file is not None:
            with self._failures_told():
                self._file.flush()

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CannotStart(
                f"{self.path} cannot be written ({error.strerror}), nothing was imported:"
                " name another place with --rejects"
            ) from None


def _text(value: Any) -> str:
    return "" if value is None else str(value).encode(errors="replace").decode()
