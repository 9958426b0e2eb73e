"""What `up` shows on a terminal. Imported only there, as rich takes its time."""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.text import Text

from innkeeper.launcher.events import ProcessEvent, State, ending
from innkeeper.launcher.output import parse_log
from innkeeper.launcher.summary import Summary
from innkeeper.launcher.topology import ProcessPlan
from innkeeper.launcher.writer import Writer

_COLOURS = ("cyan", "magenta", "green", "blue", "yellow", "bright_cyan", "bright_magenta")
_LEVELS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}
_QUIET = frozenset({"DEBUG", "INFO"})
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_INDENT = 2


class Terminal:
    """Lines for people: how the start goes, where everything is, then what the processes log.

    While the system starts, only warnings and errors of the processes are shown.
    """

    def __init__(self, fd: int) -> None:
        """Write to the terminal behind a file descriptor."""
        self._writer = Writer(fd, self._dropped)
        # Renders into strings, as the writer's thread is what may wait for the terminal.
        self._console = Console(file=io.StringIO(), force_terminal=True, highlight=False)
        self._colours = cycle(_COLOURS)
        self._colour_of: dict[str, str] = {}
        self._width = 0
        self._started = False
        self._reasons: set[str | None] = set()

    def process(self, event: ProcessEvent) -> None:
        self._width = max(self._width, len(event.instance))
        match event.state:
            case State.READY:
                self._mark("✓", "green", event.instance, f"ready in {event.ms} ms")
            case State.DIED if event.for_good:
                self._mark("✗", "red", event.instance, f"cannot start{self._other_reason(event)}")
            case State.DIED:
                self._mark("✗", "red", event.instance, f"died{_because(event)}")
            case State.RESTARTING if event.delay:
                self._mark("↻", "yellow", event.instance, f"starts again in {event.delay:g} s")
            case State.STOPPED:
                self._mark("·", "dim", event.instance, "stopped")
            case State.HUNG:
                limit = f" for {event.delay:g} s" if event.delay else ""
                self._mark("‖", "yellow", event.instance, f"told to hang{limit}")
            case State.RESUMED:
                self._mark("▸", "green", event.instance, "goes on")

    def waiting(self, names: list[str]) -> None:
        self._show(Text(f"still waiting for {', '.join(names)}", "yellow"))

    def ready(self, summary: Summary, ms: int) -> None:
        self._started = True
        self._show(Text(f"\nReady after {ms / 1000:.1f} s\n", "bold"))
        tries = [("Try", f'curl "{url}"') for url in summary.examples]
        self._table([*summary.pages.items(), *tries], "bold")
        self._table((name, _listening(at)) for name, at in summary.instances.items())
        self._table((name.capitalize(), reason) for name, reason in summary.choices.items())
        self._show(Text("Ctrl-C stops everything\n", "dim"))

    def changed(self, paths: list[Path], names: list[str]) -> None:
        files = ", ".join(path.name for path in paths[:3]) + (" …" if len(paths) > 3 else "")
        self._show(Text(f"{files} changed: restarting {', '.join(names)}", "yellow"))

    def stopping(self) -> None:
        self._show(Text("\nStopping; Ctrl-C again ends everything at once", "dim"))

    def line(self, plan: ProcessPlan, line: bytes) -> None:
        fields = parse_log(line)
        if fields is None:
            fields = {"message": line.decode(errors="replace")}
        if self._started or fields.get("level") not in _QUIET:
            self._writer.offer(lambda: self._render(self._log_line(plan.name, fields)))

    def close(self) -> None:
        self._writer.close()

    @staticmethod
    def _dropped(count: int) -> str:
        return f"… {count} lines were dropped, as the terminal could not keep up\n"

    def _log_line(self, name: str, fields: Mapping[str, object]) -> Text:
        level = printable(str(fields.get("level", "")))
        text = Text.assemble(
            self._prefix(printable(str(fields.get("instance", name)))),
            (f" {_clock(fields.get('time'))}", "dim"),
            (f" {level:<7} ", _LEVELS.get(level, "dim")),
            printable(str(fields.get("message", ""))),
        )
        if trace_id := fields.get("trace_id"):
            text.append(f" trace={printable(str(trace_id))}", "dim")
        for part in str(fields.get("exception", "")).splitlines():
            text.append(f"\n{' ' * (self._width + _INDENT)}{printable(part)}", "dim")
        return text

    def _mark(self, mark: str, style: str, instance: str, what: str) -> None:
        self._show(Text.assemble((mark, style), " ", self._prefix(instance), " ", what))

    def _other_reason(self, event: ProcessEvent) -> str:
        """Why it cannot start, unless that is said anyway: the first reason is what `up` ends
        with, and services that read the same data often have the same."""
        known = not self._started and (not self._reasons or event.reason in self._reasons)
        self._reasons.add(event.reason)
        return "" if known or not event.reason else f": {printable(event.reason)}"

    def _table(self, rows: Iterable[tuple[str, str]], style: str = "") -> None:
        rows = list(rows)
        width = max((len(title) for title, _ in rows), default=0)
        for title, value in rows:
            self._show(Text.assemble(f"{' ' * _INDENT}{title:<{width}}  ", (value, style)))
        self._show(Text())

    def _prefix(self, instance: str) -> Text:
        role, _, _ = instance.rpartition("-")
        if role not in self._colour_of:
            self._colour_of[role] = next(self._colours)
        return Text(f"{instance:<{self._width}}", self._colour_of[role])

    def _show(self, text: Text) -> None:
        self._writer.write(self._render(text))

    def _render(self, text: Text) -> str:
        with self._console.capture() as capture:
            self._console.print(text, soft_wrap=True)
        return capture.get()


def printable(text: str) -> str:
    """The text on one line and without what would steer the terminal: colours are taken out,
    other control characters are shown as escapes."""
    text = _ANSI.sub("", text).replace("\t", "    ")
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in text
    )


def _because(event: ProcessEvent) -> str:
    how = f" ({ending(event.status)})" if event.status is not None else ""
    return how + (f": {printable(event.reason)}" if event.reason else "")


def _listening(addresses: Mapping[str, str]) -> str:
    """The role's own address first and unnamed where it is alone."""
    own = {name: at for name, at in addresses.items() if name != "admin"}
    parts = list(own.values()) if len(own) == 1 else [f"{name} {at}" for name, at in own.items()]
    if "admin" in addresses:
        parts.append(f"admin {addresses['admin']}")
    return "   ".join(parts)


def _clock(time: object) -> str:
    """The local time of day of an ISO time, or of now where there is none."""
    try:
        moment = datetime.fromisoformat(str(time)).astimezone()
    except ValueError:
        moment = datetime.now()
    return moment.strftime("%H:%M:%S")
