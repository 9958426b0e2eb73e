"""Restarting what runs changed code."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path

from innkeeper.errors import CannotStart
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

    def folders(self) -> list[Path]:
        """What to watch. Folders only, as many an editor saves a file by putting another one in
        its place."""
        every = {path for paths in self._of_process.values() for path in paths}
        return sorted({path if path.is_dir() else path.parent for path in every if path.exists()})

    def affected(self, changed: Iterable[Path]) -> list[str]:
        """The processes that run one of the changed files."""
        changed = list(changed)
        return [
            name
            for name, paths in self._of_process.items()
            if any(file.is_relative_to(path) for file in changed for path in paths)
        ]


async def changes(folders: Sequence[Path]) -> AsyncIterator[list[Path]]:
    """The files that changed in the folders, burst by burst. Compiled and hidden files, and what
    editors leave behind, do not count.

    Raises:
        CannotStart: the system cannot watch them.
    """
    # Imported late: only --reload needs it.
    from watchfiles import awatch

    try:
        async for burst in awatch(*folders, step=_STEP, debounce=_DEBOUNCE):
            yield sorted({Path(path) for _, path in burst})
    except (OSError, RuntimeError) as error:
        raise CannotStart(f"--reload: the code cannot be watched: {error}") from error
