"""Events as data and in words."""

from innkeeper.launcher.events import ProcessEvent, State, ending


def test_events_hold_only_what_is_known() -> None:
    """In JSON an event has no empty fields."""
    event = ProcessEvent("inner-1", ("inner",), State.DIED, status=-9)
    assert event.as_dict() == {
        "event": "process",
        "instance": "inner-1",
        "roles": ("inner",),
        "state": "died",
        "status": -9,
    }


def test_signals_are_named() -> None:
    """A process that a signal ended is said to have died by it."""
    assert ending(-9) == "by SIGKILL"
    assert ending(-99) == "by signal 99"
    assert ending(3) == "exit status 3"
