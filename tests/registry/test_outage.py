import logging

import pytest

from innkeeper.registry.outage import PATIENCE, Outage

LOG = logging.getLogger("test")
AWAY = OSError("nobody there")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outage(clock: Clock, caplog: pytest.LogCaptureFixture) -> Outage:
    caplog.set_level(logging.INFO)
    return Outage(LOG, "the registry", clock)


def test_loss_and_return_are_told_once(
    outage: Outage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """However many attempts fail, the log has one line for the loss and one for the return."""
    outage.ended()
    for _ in range(3):
        outage.failed(AWAY)
    clock.now = 1.5
    for _ in range(3):
        outage.ended()
    assert caplog.messages == [
        "nobody there; trying until it is back",
        "the registry is back after 1.5 s",
    ]


def test_late_start_is_not_told(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    """What appears soon after the start was never lost."""
    outage.failed(AWAY)
    outage.ended()
    assert caplog.messages == []


def test_very_late_start_is_told(
    outage: Outage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not appear for seconds is missing."""
    outage.failed(AWAY)
    clock.now = PATIENCE
    outage.failed(AWAY)
    assert len(caplog.messages) == 1
