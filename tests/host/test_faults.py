"""Faults as the launcher asks for them."""

import asyncio
from typing import Any, cast

import pytest

from innkeeper import errors
from innkeeper.host.control import Refused
from innkeeper.host.faults import Faults
from innkeeper.rpc import Fault, Server
from tests.support.eventually import eventually


class FakeServer:
    """Remembers its fault."""

    def __init__(self) -> None:
        self.fault: Fault | None = None

    def set_fault(self, fault: Fault | None) -> None:
        self.fault = fault


def faulty(server: FakeServer, instance: str = "geo-1") -> Faults:
    faults = Faults(lambda role: instance)
    faults.may_meet({"geo": cast(Server, server)})
    return faults


def fault(**fields: Any) -> dict[str, Any]:
    return {"command": "fault", "role": "geo", **fields}


async def pattern(server: FakeServer) -> list[bool]:
    failed = []
    assert server.fault is not None
    for _ in range(50):
        try:
            await server.fault()
        except errors.Unavailable:
            failed.append(True)
        else:
            failed.append(False)
    return failed


async def test_a_fault_is_set_and_taken_away() -> None:
    """A fault without latency and errors is none."""
    server = FakeServer()
    faults = faulty(server)
    faults.carry_out(fault(errors=1))
    assert all(await pattern(server))
    faults.carry_out(fault())
    assert server.fault is None


async def test_a_fault_ends_by_itself() -> None:
    """A fault that was asked for some seconds is gone after them."""
    server = FakeServer()
    faulty(server).carry_out(fault(errors=1, **{"for": 0.02}))
    assert server.fault is not None
    await eventually(lambda: server.fault is None)


async def test_a_later_fault_is_not_ended_by_an_earlier_one() -> None:
    """The time of a fault that was replaced no longer counts."""
    server = FakeServer()
    faults = faulty(server)
    faults.carry_out(fault(errors=1, **{"for": 0.02}))
    faults.carry_out(fault(errors=0.5))
    await asyncio.sleep(0.05)
    assert server.fault is not None


async def test_instances_fail_other_calls() -> None:
    """One seed gives each instance a pattern of its own, the same each time."""
    patterns = []
    for instance in ("geo-1", "geo-2", "geo-1"):
        server = FakeServer()
        faulty(server, instance).carry_out(fault(errors=0.5, seed=7))
        patterns.append(await pattern(server))
    assert patterns[0] == patterns[2] != patterns[1]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"command": "fault", "role": "frontend", "errors": 1}, "frontend answers no calls here"),
        ({"command": "dance"}, "'dance' is not known here"),
        (fault(latency="long"), "latency is 'long', which is no number from 0 on"),
        (fault(errors=-1), "errors is -1"),
    ],
)
async def test_what_cannot_be_done_is_refused(command: dict[str, Any], reason: str) -> None:
    """Unknown commands, roles without calls and wrong numbers are refused with the reason."""
    with pytest.raises(Refused, match=reason):
        faulty(FakeServer()).carry_out(command)
