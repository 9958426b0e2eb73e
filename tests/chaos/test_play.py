"""Playing a scenario: what is asked of the system, what is written down, and what it comes to."""

import json

import pytest

from innkeeper.chaos import play as module
from innkeeper.chaos.play import Played, play
from innkeeper.chaos.record import record
from innkeeper.chaos.scenario import Scenario, Step
from innkeeper.chaos.table import show
from innkeeper.chaos.verdict import failed
from innkeeper.errors import CannotStart
from tests.chaos.conftest import FakeUp, Hotels


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_LOOK", 0.0)
    monkeypatch.setattr(module, "_POLL", 0.01)
    monkeypatch.setattr(module, "SETTLE_LIMIT", 0.05)


def scenario(*steps: Step, instances: int = 1) -> Scenario:
    return Scenario(about="A test.", steps=list(steps), rest=0.05, instances=instances)


async def played(up: FakeUp, hotels: Hotels, what: Scenario, seed: int = 1) -> Played:
    async with hotels.serving() as target:
        return await play("test", what, up, target, seed=seed, connections=2)


async def test_commands_are_given_in_order(up: FakeUp, hotels: Hotels) -> None:
    """Each step becomes a command; what it met and when is kept."""
    steps = [
        Step(do="kill", of="geo-2", seconds=3),
        Step(do="hang", of="geo-1", seconds=1),
        Step(do="restart", of="geo frontend"),
        Step(do="scale", of="geo", to=3),
        Step(do="settle"),
    ]
    result = await played(up, hotels, scenario(*steps))
    assert up.asked == [
        {"command": "kill", "instance": "geo-2", "for": 3, "signal": 9},
        {"command": "hang", "instance": "geo-1", "for": 1},
        {"command": "restart", "targets": ["geo", "frontend"]},
        {"command": "scale", "name": "geo", "wanted": 3},
    ]
    assert [done.error for done in result.done] == [None] * 5
    assert [done.facts[0]["instance"] for done in result.done[:2]] == ["geo-2", "geo-1"]
    assert failed(result) == 0
    assert len(result.timeline.answered) >= 2


async def test_the_seed_chooses(up: FakeUp, hotels: Hotels) -> None:
    """Where a role is named the seed chooses the instance, the same each time."""
    what = scenario(*[Step(do="kill", of="geo")] * 8)
    chosen = []
    for seed in (1, 1, 2):
        up.asked.clear()
        await played(up, hotels, what, seed)
        chosen.append([asked["instance"] for asked in up.asked])
    assert chosen[0] == chosen[1] != chosen[2]
    assert set(chosen[0]) == {"geo-1", "geo-2"}


async def test_only_what_serves_is_chosen(up: FakeUp, hotels: Hotels) -> None:
    """An instance that is down already is not killed once more."""
    up.states["geo-1"] = "restarting"
    await played(up, hotels, scenario(*[Step(do="kill", of="geo")] * 4))
    assert {asked["instance"] for asked in up.asked} == {"geo-2"}


async def test_faults_do_not_outlive_the_scenario(up: FakeUp, hotels: Hotels) -> None:
    """A fault gets the seed, and is taken away at the end."""
    await played(up, hotels, scenario(Step(do="fault", of="geo", errors=0.1)), seed=7)
    assert up.asked == [
        {
            "command": "fault",
            "role": "geo",
            "latency": 0.0,
            "errors": 0.1,
            "seed": 7,
            "for": None,
        },
        {"command": "fault", "role": "geo"},
    ]


async def test_failures_are_seen(up: FakeUp, hotels: Hotels) -> None:
    """Wrong answers are counted after the step that caused them, each with its moment."""
    up.on_kill = 503
    result = await played(up, hotels, scenario(Step(do="kill", of="geo", at=0.05)))
    assert failed(result) > 0
    written = json.loads(json.dumps(record(result)))
    assert set(written["callers"]["failed"]) == {"status 503"}
    (step,) = written["did"]
    assert step["facts"][0]["did"] == "kill"
    assert 0.05 <= step["facts"][0]["offset"] <= written["callers"]["failures"][0]["offset"]
    assert written["recovery"][0]["failed"] == failed(result)
    seconds = written["callers"]["seconds"]
    assert sum(second["failed"] for second in seconds) == failed(result)
    assert written["became"][0]["state"] == "died"


async def test_resets_of_a_killed_edge_are_excused(up: FakeUp, hotels: Hotels) -> None:
    """Connections that a killed frontend held are lost with it; nothing else is."""
    result = await played(up, hotels, scenario(Step(do="kill", of="frontend")))
    met = result.timeline.began + result.done[0].facts[0]["monotonic"] - result.began
    result.timeline.wrong("reset", met, met + 0.1)
    result.timeline.wrong("status 503", met, met + 0.1)
    result.timeline.wrong("reset", met, met + 5)
    assert failed(result) == 2
    assert record(result)["callers"]["excused"] == 1  # type: ignore[index]


async def test_a_step_that_cannot_be_done_ends_it(up: FakeUp, hotels: Hotels) -> None:
    """What stands in the way is kept, and no further step is done."""
    up.refusal = "it hangs"
    steps = [Step(do="restart", of="geo"), Step(do="kill", of="geo")]
    result = await played(up, hotels, scenario(*steps))
    assert result.error == "it hangs"
    assert len(result.done) == 1


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step(do="kill", of="rate"), "kill rate: no instance of it is ready; there are geo-1"),
        (Step(do="resume", of="geo"), "resume geo: no instance of it is hung"),
    ],
)
async def test_nobody_to_meet(up: FakeUp, hotels: Hotels, step: Step, text: str) -> None:
    """A step that finds no instance says so."""
    result = await played(up, hotels, scenario(step))
    assert text in str(result.error)


async def test_what_does_not_settle(up: FakeUp, hotels: Hotels) -> None:
    """Waiting for processes that never serve comes to an end."""
    up.states["geo-2"] = "restarting"
    result = await played(up, hotels, scenario(Step(do="settle")))
    assert result.error == "geo-2 did not serve within 0.05 s"


async def test_too_few_instances(up: FakeUp, hotels: Hotels) -> None:
    """A scenario that needs two of each says so before anything is done."""
    up.names.remove("geo-2")
    with pytest.raises(CannotStart, match="needs 2 instances of geo, there is 1: see `innkeeper s"):
        await played(up, hotels, scenario(Step(do="kill", of="geo"), instances=2))
    assert up.asked == []


async def test_a_system_that_is_wrong_already(up: FakeUp, hotels: Hotels) -> None:
    """Nothing is done to a system that does not answer rightly."""
    hotels.status = 500
    with pytest.raises(CannotStart, match=r"does not answer /hotels rightly .* \(status 500\)"):
        await played(up, hotels, scenario(Step(do="kill", of="geo")))
    assert up.asked == []


async def test_for_people(up: FakeUp, hotels: Hotels, capsys: pytest.CaptureFixture[str]) -> None:
    """The table says what was done, what it cost and how callers fared."""
    show(await played(up, hotels, scenario(Step(do="hang", of="geo-1", seconds=2))))
    said = capsys.readouterr().out
    assert "hang geo-1 for 2 s" in said
    assert "2 connections:" in said
    assert "failed: none" in said
