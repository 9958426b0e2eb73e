"""How much memory processes hold, as Linux tells under /proc. Elsewhere it is not known."""

import re
from pathlib import Path

_PROC = Path("/proc")
_KB = 1024


def memory(pid: int, proc: Path = _PROC) -> float | None:
    """The megabytes of a process, what it shares with others counted in parts."""
    try:
        text = (proc / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return None
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return round(int(found[1]) * _KB / 1e6, 1) if found else None
