"""What was measured, for people."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from innkeeper.bench.outcome import Latency
from innkeeper.bench.runs import Run, Session
from innkeeper.bench.summary import Ratio, Row, Spread, processes, ratios, rows
from innkeeper.bench.workload import Asking

NOT_KNOWN = "not known"


def show(session: Session, console: Console) -> None:
    """Print the tables and what is to be known about them."""
    console.print(_figures(session))
    found = ratios(session.runs)
    if found:
        console.print(_ratios(found))
    for side in session.plan.sides:
        table = _processes(session, side.name)
        console.print(table if table else f"Processes of {side.name}: {NOT_KNOWN} on this machine.")
    for note in notes(session):
        console.print(note, soft_wrap=True)


def line(run: Run) -> str:
    """A run in a line, told when it has ended."""
    outcome = run.outcome
    median = f", p50 {_ms(outcome.latency.p50)} ms" if outcome.latency else ""
    failed = f", failed: {kinds(outcome.failed)}" if outcome.failed else ""
    return (
        f"{run.connections} connections, round {run.round}, {run.side}:"
        f" {outcome.rate:,.0f}/s{median}{failed}"
    )


def kinds(failed: Mapping[str, int]) -> str:
    """Failures by kind, the most frequent first."""
    ranked = sorted(failed.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{kind} {count:,}" for kind, count in ranked) or "none"


def notes(session: Session) -> list[str]:
    """How the figures are to be read."""
    plan = session.plan
    said = [
        f"Right answers only. Medians of {plan.rounds} rounds of {plan.duration:g} s"
        " (least–most); the load generator runs on the same machine as what it loads"
        if all(side.target.local for side in plan.sides)
        else f"Right answers only. Medians of {plan.rounds} rounds of {plan.duration:g} s"
    ]
    said[0] += "."
    if plan.use_wrk:
        said.append(
            "Percentiles are wrk's, corrected for coordinated omission;"
            " --client builtin shows measured ones."
        )
    fixed = [side.name for side in plan.sides if side.asking is Asking.FIXED]
    if fixed:
        said.append(f"Asked for one stay over and over, not for varied ones: {', '.join(fixed)}.")
    if session.interrupted:
        said.append("Interrupted: some runs are missing.")
    return said


def _figures(session: Session) -> Table:
    table = Table(title="Answers of /hotels")
    table.add_column("conns", justify="right", no_wrap=True)
    table.add_column("system", overflow="fold")
    for name in ("answers/s", "p50 ms", "p90", "p99", "max", "CPU ms each", "PSS MB"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("failed", overflow="fold")
    connections = 0
    for row in rows(session.runs):
        if connections not in (0, row.connections):
            table.add_section()
        connections = row.connections
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str]:
    return [
        str(row.connections),
        row.side,
        _spread(row.rate),
        *_percentiles(row.latency),
        NOT_KNOWN if row.cpu_ms is None else f"{row.cpu_ms:.2f}",
        NOT_KNOWN if row.pss_mb is None else f"{row.pss_mb:.0f}",
        kinds(row.failed),
    ]


def _ratios(found: list[Ratio]) -> Table:
    table = Table(title=f"Against {found[0].against}")
    table.add_column("conns", justify="right", no_wrap=True)
    table.add_column("system", overflow="fold")
    for name in ("answers/s", "p50"):
        table.add_column(name, justify="right", no_wrap=True)
    for ratio in found:
        table.add_row(
            str(ratio.connections),
            ratio.side,
            f"{ratio.medians:.2f} × ({ratio.least:.2f}–{ratio.most:.2f})",
            "–" if ratio.p50 is None else f"{ratio.p50:.2f} ×",
        )
    return table


def _processes(session: Session, side: str) -> Table | None:
    used = processes(session.runs, side)
    if not used:
        return None
    table = Table(title=f"Processes of {side}")
    for name in ("pid", "process", "CPU s", "PSS MB"):
        table.add_column(name, justify="left" if name == "process" else "right")
    for usage in used:
        memory = NOT_KNOWN if usage.pss_mb is None else f"{usage.pss_mb:.0f}"
        table.add_row(str(usage.pid), usage.name, f"{usage.cpu_seconds:.2f}", memory)
    table.add_section()
    cpu = sum(usage.cpu_seconds for usage in used)
    table.add_row("", "together", f"{cpu:.2f}", f"{sum(usage.pss_mb or 0 for usage in used):.0f}")
    return table


def _percentiles(latency: Latency | None) -> list[str]:
    if latency is None:
        return ["–"] * 4
    return [_ms(value) for value in (latency.p50, latency.p90, latency.p99, latency.max)]


def _spread(spread: Spread) -> str:
    return f"{spread.median:,.0f} ({spread.least:,.0f}–{spread.most:,.0f})"


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
