"""A scenario as it went, for machines: what was done beside what callers saw.

Every `offset` counts seconds from the moment the load began; `at` is the time of day.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec

from innkeeper.bench.outcome import latency_of
from innkeeper.chaos.play import Done, Played
from innkeeper.chaos.verdict import excused, recoveries

MOST_FAILURES = 10_000
"""Failed questions that are listed one by one."""


def record(played: Played) -> dict[str, object]:
    """Everything about it."""
    timeline = played.timeline
    latency = latency_of(timeline.seconds)
    return {
        "scenario": played.name,
        "about": played.scenario.about,
        "seed": played.seed,
        "connections": played.connections,
        "began": _iso(played.began_at),
        "error": played.error,
        "did": [_did(played, done) for done in played.done],
        "became": [_placed(played, fact) for fact in played.became],
        "callers": {
            "good": len(timeline.answered),
            "failed": dict(timeline.failed),
            "excused": len(excused(played)),
            "latency_ms": asdict(latency) if latency else None,
            "failures": [
                {
                    "offset": round(failure.at - timeline.began, 3),
                    "kind": failure.kind,
                    "seconds": round(failure.seconds, 3),
                }
                for failure in timeline.failures[:MOST_FAILURES]
            ],
            "seconds": [asdict(part) for part in timeline.slices()],
        },
        "recovery": [asdict(recovery) for recovery in recoveries(played)],
    }


def _did(played: Played, done: Done) -> dict[str, object]:
    began = done.began - played.began
    return {
        "step": msgspec.to_builtins(done.step),
        "at": _iso(played.began_at + timedelta(seconds=began)),
        "offset": round(began, 3),
        "until": round(done.ended - played.began, 3),
        "facts": [_placed(played, fact) for fact in done.facts],
        "error": done.error,
    }


def _placed(played: Played, fact: Mapping[str, Any]) -> dict[str, object]:
    """A fact of `up` with its moment as an offset."""
    rest = {name: value for name, value in fact.items() if name not in ("monotonic", "did")}
    return {"did": fact["did"], "offset": round(fact["monotonic"] - played.began, 3), **rest}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
