"""Runs the launcher over fake processes, as `up` runs it over real ones.

Run as `python -m tests.support.fake_system OPTIONS`, with a JSON object of `options` (for the
topology), `behaviours` and `journal` (for the processes), and `sources`, a folder with the code of
each role in a folder of its own. With `nohup` it runs as under that command, and without it does
not, however the tests themselves run.
"""

import asyncio
import json
import signal
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from innkeeper.errors import CannotStart
from innkeeper.launcher.output import JsonLines
from innkeeper.launcher.topology import Options
from innkeeper.launcher.up import Up
from innkeeper.settings import Settings
from tests.support.fake_roles import ROLES, FakeCommand


def main() -> int:
    fields = json.loads(sys.argv[1])
    signal.signal(signal.SIGHUP, signal.SIG_IGN if fields.get("nohup") else signal.SIG_DFL)
    sources = Path(fields["sources"]) if fields.get("sources") else None
    roles = [replace(role, sources=(sources / role.name,)) if sources else role for role in ROLES]
    try:
        system = Up(
            Options(free_ports=True, **fields.get("options", {})),
            roles,
            Settings.from_environ({}),
            FakeCommand.from_json(sys.argv[1]),
        )
        with closing(JsonLines(1)) as output:
            return asyncio.run(system.run(output))
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
