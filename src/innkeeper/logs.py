"""How a process logs: JSON lines for machines, one readable line for people.

Whatever a message holds, it stays one line and cannot steer the terminal: control characters are
escaped. Writing never raises, not even into a pipe that nobody reads any more.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from opentelemetry.trace import get_current_span

_speaker: ContextVar[tuple[str, str] | None] = ContextVar("speaker", default=None)

# C0 and C1 controls, line and paragraph separators, and the marks that reverse text.
_ESCAPES = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), 0xFEFF)
} | {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_ESCAPES.update({code: f"\\u{code:04x}" for code in range(0x2066, 0x206A)})
_LEVELS = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}
TALKATIVE = ("aiohttp", "asyncio", "grpc", "uvicorn", "watchfiles", "opentelemetry")
"""Loggers that at INFO speak about themselves, not about what is served."""


def configure(
    level: str, role: str, instance: str, stream: TextIO | None = None, *, colour: bool = True
) -> None:
    """Send this process' log records to a stream, standard error by default.

    Args:
        level: such as `INFO`; at `DEBUG` the libraries speak up, too.
        role: what the process is, where no part of it says otherwise by `speaking_as`.
        instance: likewise, such as `geo-1`.
        colour: whether to colour lines on a terminal.
    """
    stream = sys.stderr if stream is None else stream
    people = stream.isatty()
    handler = _Handler(stream)
    handler.setFormatter(
        _Readable(role, instance, colour=colour) if people else _JsonLines(role, instance)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quiet = logging.NOTSET if level == "DEBUG" else logging.WARNING
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(quiet)
    logging.captureWarnings(True)


@contextmanager
def speaking_as(role: str, instance: str) -> Iterator[None]:
    """In a process of several roles: what this block and the tasks begun in it log is theirs."""
    token = _speaker.set((role, instance))
    try:
        yield
    finally:
        _speaker.reset(token)


def one_line(text: str) -> str:
    """The text with everything escaped that would break the line or steer a terminal."""
    if text.isprintable():
        return text
    # Halves of surrogate pairs cannot be written anywhere.
    return text.translate(_ESCAPES).encode(errors="backslashreplace").decode()


class _Handler(logging.StreamHandler[TextIO]):
    """Writes whole lines; a record that cannot be written is let go."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.stream.write(self.format(record) + "\n")
            self.stream.flush()
        except BrokenPipeError:
            self._read_by_nobody()
        except (OSError, ValueError):
            # A closed stream or a full disk: there is nowhere left to say so.
            return

    def _read_by_nobody(self) -> None:
        """Write to nowhere from now on: what waits for a reader who left would make Python end with
        status 120, as Python's documentation says of SIGPIPE."""
        with suppress(OSError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), self.stream.fileno())


class _Formatter(logging.Formatter):
    def __init__(self, role: str, instance: str) -> None:
        super().__init__()
        self._default = (role, instance)

    def speaker(self) -> tuple[str, str]:
        return _speaker.get() or self._default

    def message(self, record: logging.LogRecord) -> str:
        try:
            return record.getMessage()
        except Exception as error:
            return f"{record.msg!r} cannot be filled in: {error!r}"

    def exception(self, record: logging.LogRecord) -> str | None:
        if record.exc_info and record.exc_info[0] is not None:
            return self.formatException(record.exc_info)
        return record.exc_text or (record.stack_info and self.formatStack(record.stack_info))


class _JsonLines(_Formatter):
    """`{"time","level","logger","role","instance","message"[,"trace_id"][,"exception"]}`."""

    def format(self, record: logging.LogRecord) -> str:
        role, instance = self.speaker()
        time = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": time.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z",
            "level": record.levelname,
            "logger": record.name,
            "role": role,
            "instance": instance,
            "message": self.message(record),
        }
        if (trace_id := _trace_id()) is not None:
            line["trace_id"] = trace_id
        if (exception := self.exception(record)) is not None:
            line["exception"] = exception
        # ASCII, so that no character of a message can be an end of line or fail to be encoded.
        return json.dumps(line)


class _Readable(_Formatter):
    """`12:00:01 geo-1 INFO message trace=…`, with the traceback below."""

    def __init__(self, role: str, instance: str, *, colour: bool) -> None:
        super().__init__(role, instance)
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        _, instance = self.speaker()
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        level = self._paint(f"{record.levelname:<7}", _LEVELS.get(record.levelname, "0"))
        line = f"{time} {one_line(instance)} {level} {one_line(self.message(record))}"
        if (trace_id := _trace_id()) is not None:
            line += self._paint(f" trace={trace_id}", "2")
        if (exception := self.exception(record)) is not None:
            line += "".join(f"\n    {one_line(part)}" for part in exception.split("\n"))
        return line

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def _trace_id() -> str | None:
    context = get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.trace_flags.sampled else None
