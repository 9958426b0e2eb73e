"""Restarting what runs changed code."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path

from innkeeper.launcher.roles import Role
from innkeeper.launcher.topology import ProcessPlan

# Milliseconds: an editor or a checkout writes several files in a burst, taken as one change once
# it was quiet for the step, or after the debounce.
_STEP = 100
_DEBOUNCE = 1000


class Sources:
    """Which process runs which files."""

    def __init__(self, roles: Iterable[Role], processes: Iterable[ProcessPlan]) -> None:
        of_role = {role.name: [path.resolve() for path in role.sources] for role in roles}
        self._of_process: Mapping[str, Sequence[Path]] = {
            plan.name: [path for role in plan.roles for path in of_role[role]] for plan in processes
        }

    def paths(self) -> list[Path]:
        """All files and folders that exist and are worth watching."""
        every = {path for paths in self._of_process.values() for path in paths}
        return sorted(path for path in every if path.exists())

    def affected(self, changed: Iterable[Path]) -> list[str]:
        """The processes that run one of the changed files."""
        changed = list(changed)
        return [
            name
            for name, paths in self._of_process.items()
            if any(file.is_relative_to(path) for file in changed for path in paths)
        ]


async def changes(paths: Sequence[Path]) -> AsyncIterator[list[Path]]:
    """The files that changed under `paths`, burst by burst. Compiled and hidden files, and what
    editors leave behind, do not count."""
    # Imported late: only --reload needs it.
    from watchfiles import awatch

    async for burst in awatch(*paths, step=_STEP, debounce=_DEBOUNCE):
        yield sorted({Path(path) for _, path in burst})
