"""What was measured, for machines: one JSON object with the set-up, the figures and every run."""

import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from innkeeper.bench.runs import Run, Session, Side
from innkeeper.bench.summary import processes, ratios, rows


def record(session: Session) -> dict[str, object]:
    """Everything about a session; times are in milliseconds where they say so, else seconds."""
    plan = session.plan
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "machine": machine(),
        "client": "wrk" if plan.use_wrk else "builtin",
        "duration": plan.duration,
        "rounds": plan.rounds,
        "timeout": plan.timeout,
        "warm_up": plan.warm_up,
        "seed": plan.seed,
        "interrupted": session.interrupted,
        "sides": [_side(session, side) for side in plan.sides],
        "figures": [asdict(row) for row in rows(session.runs)],
        "ratios": [asdict(ratio) for ratio in ratios(session.runs)],
        "runs": [_run(run) for run in session.runs],
    }


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        # With the compiler and the date: how it was built makes much of a difference.
        "python": sys.version,
    }


def _side(session: Session, side: Side) -> dict[str, object]:
    return {
        "name": side.name,
        "url": side.target.url,
        "asking": side.asking,
        "check": side.check,
        "processes": [asdict(usage) for usage in processes(session.runs, side.name)],
    }


def _run(run: Run) -> dict[str, object]:
    outcome = run.outcome
    return {
        "side": run.side,
        "connections": run.connections,
        "round": run.round,
        "seconds": outcome.seconds,
        "good": outcome.good,
        "failed": dict(outcome.failed),
        "latency_ms": asdict(outcome.latency) if outcome.latency else None,
        "client_cpu_seconds": round(outcome.client_cpu, 3),
        "cpu_seconds": None
        if run.processes is None
        else round(sum(usage.cpu_seconds for usage in run.processes), 3),
    }
