"""What a play comes to: failures that count, and how long it took to be back at full speed."""

from dataclasses import dataclass

from innkeeper.bench.connection import RESET
from innkeeper.chaos.play import TIMEOUT, Done, Played
from innkeeper.chaos.timeline import Failure, near

# Connections that a killed process held are reset at once.
_AT_ONCE = 0.5
_AT_ONCE_DONE = ("kill", "hang", "resume", "fault")


@dataclass(frozen=True)
class Recovery:
    """How callers fared after a step."""

    offset: float
    """When it began, in seconds since the load began."""
    what: str
    failed: int
    """Questions that failed until the next step."""
    slow_seconds: float | None
    """Until full speed was there to stay; None when it was not before the next step."""


def excused(played: Played) -> list[Failure]:
    """Failures that nobody can save callers from: connections of an edge that was itself killed
    are reset."""
    return [
        failure
        for done in played.done
        if done.step.do == "kill" and _is_edge(played, done)
        for failure in near(played.timeline.failures, _met(played, done), _AT_ONCE)
        if failure.kind == RESET
    ]


def failed(played: Played) -> int:
    """Questions that failed and should not have."""
    return len(played.timeline.failures) - len(excused(played))


def recoveries(played: Played) -> list[Recovery]:
    """Each step that did something, with what followed it until the next."""
    timeline = played.timeline
    acting = [done for done in played.done if done.facts]
    if not acting:
        return []
    begun = [_met(played, done) for done in acting]
    usual = timeline.usual(begun[0])
    # The last answers come after the end of asking.
    ends = [*begun[1:], timeline.end + TIMEOUT]
    return [
        Recovery(
            offset=round(since - timeline.began, 3),
            what=what(done),
            failed=len(near(timeline.failures, since, until - since)),
            slow_seconds=timeline.slow_for(since, min(until, timeline.end), usual),
        )
        for done, since, until in zip(acting, begun, ends, strict=True)
    ]


def what(done: Done) -> str:
    """A step in words: what it met."""
    met = list(dict.fromkeys(str(fact["instance"]) for fact in done.facts)) or [done.step.of]
    seconds = f" for {done.step.seconds:g} s" if done.step.seconds else ""
    return f"{done.step.do} {', '.join(met)}{seconds}"


def _is_edge(played: Played, done: Done) -> bool:
    """Whether what was killed took requests itself."""
    return any(str(fact["instance"]).rpartition("-")[0] in played.edges for fact in done.facts)


def _met(played: Played, done: Done) -> float:
    """When a step met the system, on the clock of the timeline: what is done at once was done when
    `up` says, which may have been busy before; what takes its time began with the step."""
    at_once = done.step.do in _AT_ONCE_DONE and done.facts
    moment = done.facts[0]["monotonic"] if at_once else done.began
    return float(played.timeline.began + moment - played.began)
