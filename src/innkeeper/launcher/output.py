"""How `up` tells what happens: to people on a terminal, in lines of JSON to everybody else."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from innkeeper.launcher.events import ProcessEvent
from innkeeper.launcher.summary import Summary
from innkeeper.launcher.topology import ProcessPlan
from innkeeper.launcher.writer import Writer


class Output(Protocol):
    """What the launcher has to tell."""

    def process(self, event: ProcessEvent) -> None:
        """A process entered a state."""

    def waiting(self, names: list[str]) -> None:
        """These processes take long to get ready."""

    def ready(self, summary: Summary, ms: int) -> None:
        """Everything serves, so many milliseconds after the start."""

    def changed(self, paths: list[Path], names: list[str]) -> None:
        """These files changed, and these processes are restarted for it."""

    def stopping(self) -> None:
        """Everything is asked to stop."""

    def line(self, plan: ProcessPlan, line: bytes) -> None:
        """A process wrote a line: of its log, or whatever else."""

    def close(self) -> None:
        """Nothing more comes; what was told is written, unless nobody reads."""


class JsonLines:
    """One JSON object a line: our events have an `event`, log lines of the processes pass through
    as they are, and what else they write becomes a log line."""

    def __init__(self, fd: int) -> None:
        """Write to a file descriptor."""
        self._writer = Writer(fd, self._dropped)

    def process(self, event: ProcessEvent) -> None:
        self._event(event.as_dict())

    def waiting(self, names: list[str]) -> None:
        self._event({"event": "waiting", "for": names})

    def ready(self, summary: Summary, ms: int) -> None:
        self._event(
            {
                "event": "ready",
                "ms": ms,
                "addresses": summary.addresses,
                "instances": summary.instances,
                "pages": summary.pages,
                "choices": summary.choices,
            }
        )

    def changed(self, paths: list[Path], names: list[str]) -> None:
        self._event({"event": "changed", "paths": [str(path) for path in paths], "restarts": names})

    def stopping(self) -> None:
        self._event({"event": "stopping"})

    def line(self, plan: ProcessPlan, line: bytes) -> None:
        self._writer.offer(lambda: _log_line(plan, line))

    def close(self) -> None:
        self._writer.close()

    def _event(self, fields: dict[str, object]) -> None:
        self._writer.write(_event_line(fields))

    @staticmethod
    def _dropped(count: int) -> str:
        return _event_line({"event": "dropped", "lines": count})


def _log_line(plan: ProcessPlan, line: bytes) -> str:
    text = line.decode(errors="replace")
    if parse_log(line) is not None:
        return text + "\n"
    fields = {
        "time": _now(),
        "level": "WARNING",
        "role": "+".join(plan.roles),
        "instance": plan.name,
        "message": text,
    }
    return json.dumps(fields) + "\n"


def _event_line(fields: dict[str, object]) -> str:
    return json.dumps({"time": _now(), **fields}) + "\n"


def parse_log(line: bytes) -> dict[str, object] | None:
    """The fields of a log line, None when the line is none."""
    if not line.startswith(b"{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
