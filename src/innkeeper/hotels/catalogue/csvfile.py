"""Reading CSV as programs and spreadsheets write it.

Told from the bytes: UTF-8 with or without a byte order mark, UTF-16, else Windows-1252, which is
what "Latin-1" of a spreadsheet is; comma, semicolon, tab or bar between fields; Excel's `sep=;`.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Protocol, TextIO

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.row import Reject, Row, Table

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BLOCK = 1 << 20
# A longer field is a quote that nobody closed.
_LONGEST_FIELD = 100_000
# Comes after the last line, as a row of its own unless a quote is still open.
_END = "\x1c"


class _Reader(Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


def read_csv(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Open a table whose first row names the columns.

    Raises:
        CannotStart: it has no header, or is not in the encoding given.
    """
    encoding = encoding or _encoding(path)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding=encoding, newline="") as file:
            start, delimiter = _start(file, delimiter)
            header = next(_reader(file, start, delimiter), [])
    except (csv.Error, UnicodeError) as error:
        raise CannotStart(f"{path} cannot be read as CSV in {encoding}: {error}") from None
    except (LookupError, TypeError):
        raise CannotStart(
            f"{path}: try --encoding utf-8 or latin-1, and --delimiter with one character"
        ) from None
    if not any(name.strip() for name in header):
        raise CannotStart(f"{path} is empty: the first row must name the columns")
    rows = _Rows(path, encoding, delimiter, start, _columns(header))
    form = f"CSV with {DELIMITERS.get(delimiter, repr(delimiter))}, {encoding}"
    return Table(rows.columns, iter(rows), form, rows.done, rows.columns)


class _Rows:
    """The rows after the header, once."""

    def __init__(
        self, path: Path, encoding: str, delimiter: str, start: int, columns: Sequence[str]
    ) -> None:
        self.columns = columns
        self._path, self._encoding = path, encoding
        self._start, self._delimiter = start, delimiter
        self._read, self._size = 0, path.stat().st_size

    def done(self) -> float:
        return self._read / self._size

    def __iter__(self) -> Iterator[Row | Reject]:
        with (
            self._path.open("rb") as binary,
            TextIOWrapper(binary, encoding=self._encoding, newline="") as file,
        ):
            reader = _reader(file, self._start, self._delimiter)
            next(reader)
            while True:
                line = self._start + reader.line_num + 1
                self._read = binary.tell()
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except (csv.Error, UnicodeError) as error:
                    # Where a row ends is not known any more, nor where the next one begins.
                    reason = f"the file cannot be read from here on: {error} (a quote not closed?)"
                    yield Reject(line, reason, {})
                    return
                if fields == [_END]:
                    return
                if fields and fields[-1].endswith(_END):
                    reason = "the rest of the file is in a quote that is not closed"
                    yield Reject(line, reason, {})
                    return
                if any(field.strip() for field in fields):
                    yield self._row(line, fields)

    def _row(self, line: int, fields: Sequence[str]) -> Row | Reject:
        values = dict(zip(self.columns, fields, strict=False))
        if any(field.strip() for field in fields[len(self.columns) :]):
            reason = f"{len(fields)} fields where the header has {len(self.columns)}"
            return Reject(line, reason, values)
        return Row(line, values)


def _reader(file: TextIO, start: int, delimiter: str) -> _Reader:
    file.seek(0)
    for _ in range(start):
        file.readline()
    return csv.reader(chain(file, [_END]), delimiter=delimiter)


def _columns(header: Sequence[str]) -> Sequence[str]:
    """Names that are all there and all different."""
    names: list[str] = []
    for number, field in enumerate(header, 1):
        name = field.strip().lstrip("\ufeff") or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    while names and names[-1] == f"column {len(names)}":
        names.pop()
    return names


def _start(file: TextIO, delimiter: str | None) -> tuple[int, str]:
    """How many lines come before the header, and what stands between fields."""
    line = file.readline(_LONGEST_FIELD)
    named = line.strip()
    if len(named) == 5 and named.lower().startswith("sep="):
        return 1, delimiter or named[4]
    if delimiter is not None:
        return 0, delimiter
    outside = "".join(line.split('"')[::2])
    return 0, max(DELIMITERS, key=outside.count)


def _encoding(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        first = file.read(_BLOCK)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        marked = first.startswith(codecs.BOM_UTF8)
        try:
            block = first
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1" if _undefined_in_windows(path) else "cp1252"
    return "utf-8-sig" if marked else "utf-8"


def _undefined_in_windows(path: Path) -> bool:
    """Whether a byte is there that Windows-1252 gives no meaning to."""
    with path.open("rb") as file:
        return any(
            byte in block
            for block in iter(lambda: file.read(_BLOCK), b"")
            for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
        )
