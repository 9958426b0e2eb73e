"""A scenario as it went, for people."""

from rich.console import Console
from rich.table import Table

from innkeeper.bench.outcome import latency_of
from innkeeper.bench.table import kinds
from innkeeper.chaos.play import Played
from innkeeper.chaos.verdict import excused, recoveries

_WIDE = 110


def show(played: Played) -> None:
    """Print what was done and what callers saw of it."""
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    table = Table(title=f"{played.name}, seed {played.seed}")
    for name in ("after s", "done", "failed answers", "s until full speed"):
        table.add_column(name, justify="left" if name == "done" else "right", overflow="fold")
    for recovery in recoveries(played):
        slow = recovery.slow_seconds
        table.add_row(
            f"{recovery.offset:.2f}",
            recovery.what,
            f"{recovery.failed:,}",
            "later" if slow is None else f"{slow:.2f}",
        )
    console.print(table)
    console.print(_callers(played), soft_wrap=True)


def _callers(played: Played) -> str:
    timeline = played.timeline
    latency = latency_of(timeline.seconds)
    said = f"{played.connections} connections: {len(timeline.answered):,} right answers"
    if latency is not None:
        said += f", p50 {latency.p50:.0f} ms, p99 {latency.p99:.0f}, slowest {latency.max:.0f}"
    said += f"; failed: {kinds(timeline.failed)}"
    if spared := len(excused(played)):
        said += f", {spared:,} of them on connections of a frontend that was itself killed"
    return said
