"""What a running system says of itself, for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

_STYLES = {"ready": "green", "hung": "yellow", "died": "red", "restarting": "yellow"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def table(processes: Iterable[Mapping[str, Any]]) -> Table:
    """The processes in rows."""
    shown = Table(box=None, pad_edge=False)
    for name in ("instance", "roles", "pid", "state", "address", "up", "restarts", "memory"):
        justify = "right" if name in ("pid", "up", "restarts", "memory") else "left"
        shown.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for process in processes:
        state, memory = process["state"], process["memory_mb"]
        shown.add_row(
            process["instance"],
            " ".join(process["roles"]),
            str(process["pid"] or "–"),
            f"[{_STYLES.get(state, 'default')}]{state}[/]",
            _address(process["roles"], process["addresses"]),
            "–" if process["uptime"] is None else _long(process["uptime"]),
            str(process["restarts"]),
            "–" if memory is None else f"{memory:.0f} MB",
        )
    return shown


def line(fact: Mapping[str, Any]) -> str:
    """Something that was done, in a line."""
    who = f"{fact['instance']} (pid {fact['pid']})" if fact.get("pid") else fact["instance"]
    match fact["did"]:
        case "kill":
            return f"{who} got {fact['signal']}"
        case "hang" if fact["seconds"] is None:
            return f"{who} hangs until `innkeeper resume {fact['instance']}`"
        case "hang":
            return f"{who} hangs for {fact['seconds']:g} s"
        case "resume":
            return f"{who} goes on"
        case "restart":
            return f"{who} serves, {fact['seconds']:.1f} s after the old one was told to stop"
        case "add":
            return f"{who} serves after {fact['seconds']:.1f} s"
        case "remove":
            return f"{who} is gone"
        case _:
            return f"{who}: {_fault(fact)}"


def _fault(fact: Mapping[str, Any]) -> str:
    latency, errors = fact.get("latency"), fact.get("errors")
    if not latency and not errors:
        return f"calls of {fact['role']} go well"
    said = [f"{1000 * latency:g} ms more"] if latency else []
    said += [f"{100 * errors:g} % fail"] if errors else []
    limit = f", for {fact['for']:g} s" if fact.get("for") else ""
    return f"calls of {fact['role']}: {', '.join(said)}{limit}"


def _address(roles: Iterable[str], addresses: Mapping[str, str]) -> str:
    return " ".join(addresses[role] for role in roles if role in addresses) or "–"


def _long(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
    return f"{seconds // _DAY:.0f} d {seconds % _DAY // _HOUR:.0f} h"
