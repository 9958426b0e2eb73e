"""What the processes of a local target use, as Linux tells under /proc. Elsewhere it is not known.

The system is found from its port: the processes that hold the listening socket, all that they
started, and all in their process groups, which takes in what one script or launcher started.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_LISTEN = "0A"
_PROC = Path("/proc")
_WORD = re.compile(r"[A-Za-z][\w.-]*")
_KB = 1024


@dataclass(frozen=True)
class Stat:
    """A line of /proc/PID/stat, as far as it is needed."""

    parent: int
    group: int
    cpu: float
    """Seconds, user and system."""


@dataclass(frozen=True)
class Usage:
    """What one process has used."""

    pid: int
    name: str
    cpu_seconds: float
    """Since it started, or within a run when two are compared."""
    pss_mb: float | None
    """Memory, what is shared counted in parts; None when it may not be read."""


class System:
    """The processes of the system that listens on a port, looked up anew each time."""

    def __init__(self, port: int, proc: Path = _PROC) -> None:
        self._port = port
        self._proc = proc

    def usage(self) -> list[Usage] | None:
        """All its processes by pid; None where nothing can be known."""
        owners = set(_owners(self._proc, self._port))
        if not owners:
            return None
        stats = {pid: stat for pid in _pids(self._proc) if (stat := _stat(self._proc, pid))}
        return [
            Usage(pid, _name(self._proc, pid), stats[pid].cpu, _pss(self._proc, pid))
            for pid in sorted(_family(owners, stats, os.getpid()))
        ]


def between(before: Iterable[Usage], after: Iterable[Usage]) -> list[Usage]:
    """What each process used meanwhile; those that are gone are left out."""
    had = {usage.pid: usage.cpu_seconds for usage in before}
    return [
        Usage(usage.pid, usage.name, usage.cpu_seconds - had.get(usage.pid, 0.0), usage.pss_mb)
        for usage in after
    ]


def _family(owners: set[int], stats: dict[int, Stat], own: int) -> set[int]:
    own_group = stats[own].group if own in stats else None
    # A script that starts both system and measurement shares its group with us.
    groups = {stats[pid].group for pid in owners if pid in stats} - {own_group}
    found = {pid for pid, stat in stats.items() if pid in owners or stat.group in groups}
    grew = True
    while grew:
        more = {pid for pid, stat in stats.items() if stat.parent in found} - found
        found |= more
        grew = bool(more)
    return (found & stats.keys()) - {own}


def _owners(proc: Path, port: int) -> Iterator[int]:
    """The processes that hold a listening socket of the port and may be looked into."""
    inodes = {f"socket:[{inode}]" for inode in _listening(proc, port)}
    if not inodes:
        return
    for pid in _pids(proc):
        try:
            if any(_link(fd) in inodes for fd in (proc / str(pid) / "fd").iterdir()):
                yield pid
        except OSError:
            continue


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _listening(proc: Path, port: int) -> Iterator[str]:
    for name in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _pids(proc: Path) -> list[int]:
    try:
        return [int(path.name) for path in proc.iterdir() if path.name.isdecimal()]
    except OSError:
        return []


def _stat(proc: Path, pid: int) -> Stat | None:
    try:
        text = (proc / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The second field is a name in parentheses that may hold anything.
    fields = text.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Stat(int(fields[1]), int(fields[2]), ticks / os.sysconf("SC_CLK_TCK"))


def _name(proc: Path, pid: int) -> str:
    """The program and the plain words after it, such as `innkeeper serve geo`."""
    try:
        words = (proc / str(pid) / "cmdline").read_text(errors="replace").split("\0")
    except OSError:
        words = []
    plain = [Path(word).name for word in words if word and not word.startswith("-")]
    plain = [word for word in plain if _WORD.fullmatch(word)]
    if len(plain) > 1 and plain[0].startswith("python"):
        plain = plain[1:]
    return " ".join(plain) or f"process {pid}"


def _pss(proc: Path, pid: int) -> float | None:
    try:
        text = (proc / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return None
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * _KB / 1e6 if found else None
