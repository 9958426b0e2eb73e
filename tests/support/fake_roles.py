"""A table of roles and the command lines of fake processes for them."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from innkeeper.launcher.roles import Role
from innkeeper.launcher.topology import ProcessPlan

PROGRAM = Path(__file__).with_name("fake_role.py")
ROLES = (
    Role("registry", {"registry": 8500}, infrastructure=True, pages={"Registry": "/ui"}),
    Role(
        "traces",
        {"traces": 16686, "otlp-grpc": 4317, "otlp-http": 4318},
        infrastructure=True,
        pages={"Traces": "/search"},
    ),
    Role("inner", {"inner": 8081}),
    Role("outer", {"outer": 8082}),
    Role("edge", {"edge": 5000}, handed=True, pages={"Page": "/"}, example="/try?a=1"),
)


class FakeCommand:
    """Makes command lines of `fake_role.py`.

    Args:
        behaviours: process → the options of its starts, one list for each start; the last one
            goes for all further starts. A process that is not named behaves well.
        journal: file that all of them note their starts and stops in.
    """

    def __init__(
        self,
        behaviours: Mapping[str, Sequence[Sequence[str]]] | None = None,
        journal: Path | None = None,
    ) -> None:
        self._behaviours = behaviours or {}
        self._journal = journal
        self.starts: dict[str, int] = {}

    def __call__(self, plan: ProcessPlan, control_fd: int, handed: Mapping[str, int]) -> list[str]:
        start = self.starts.get(plan.name, 0)
        self.starts[plan.name] = start + 1
        behaviours = self._behaviours.get(plan.name, [[]])
        # -I and -S: nothing but the standard library, for a quick start.
        words = [sys.executable, "-I", "-S", str(PROGRAM), str(control_fd), plan.name]
        words += behaviours[min(start, len(behaviours) - 1)]
        if self._journal:
            words += ["--journal", str(self._journal)]
        for fd in handed.values():
            words += ["--answer-on", str(fd)]
        return words

    @classmethod
    def from_json(cls, text: str) -> "FakeCommand":
        """From `{"behaviours": …, "journal": …}`."""
        fields = json.loads(text)
        journal = fields.get("journal")
        return cls(fields.get("behaviours"), Path(journal) if journal else None)
