"""How answers are looked at."""

import json
from typing import Any

import pytest

from innkeeper.bench.check import Check, judge, judge_of, judge_strictly
from innkeeper.bench.workload import THE_FIXED, Question

from .conftest import RIGHT, collection

HERE = Question("/hotels", 37.78, -122.41, 2)


def offered(**changes: Any) -> bytes:
    """An answer of this system to HERE, with other properties of its second hotel."""
    body = json.loads(RIGHT)
    for feature, east in zip(body["features"], (0.001, 0.01), strict=True):
        feature["geometry"]["coordinates"][0] += east
        feature["properties"] |= {
            "distance": east * 87_880,
            "plans": [{"nightly_prices": ["1.00", "2.00"]}],
        }
    body["features"][1]["properties"] |= changes
    return json.dumps(body).encode()


def test_right_answer() -> None:
    """Named hotels near the asked place are right, in whatever spacing and with more beside."""
    assert judge(RIGHT, HERE) is None
    assert judge(offered(), THE_FIXED) is None


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "empty body"),
        (b"null", "wrong body"),
        (RIGHT[:-1], "wrong body"),
        (b'{"type":"FeatureCollection"}', "wrong body"),
        (RIGHT.replace(b"FeatureCollection", b"Features"), "wrong body"),
        (RIGHT.replace(b"Point", b"Line"), "wrong body"),
        (RIGHT.replace(b"Hotel 3", b""), "wrong body"),
        (RIGHT.replace(b"-122.41", b"null"), "wrong body"),
        (b'{"type":"FeatureCollection","features":[null]}', "wrong body"),
        (collection("5", lon=37.78, lat=-122.41), "wrong body"),
        (collection("5", lat=48.1), "wrong body"),
        (collection(), "no hotels"),
    ],
)
def test_wrong_answers(body: bytes, fault: str) -> None:
    """What is no collection of plausible hotels is named for what it is."""
    assert judge(body, HERE) == fault


def test_strict() -> None:
    """The strict check knows this system's answer, and misses what others do not send."""
    assert judge_of(Check.STRICT)(offered(), HERE) is None
    assert judge_of(Check.STRICT)(RIGHT, HERE) == "wrong body"
    assert judge_of(Check.GEOJSON)(RIGHT, HERE) is None
    assert judge_strictly(b"", HERE) == "empty body"
    assert judge_strictly(collection(), HERE) == "no hotels"


def test_answer_to_another_question() -> None:
    """The strict check tells an answer from that to a question for other nights or places."""
    assert judge_strictly(offered(), HERE._replace(nights=3)) == "answer to another question"
    assert judge_strictly(offered(), HERE._replace(lat=37.79)) == "answer to another question"
    plans = [{"nightly_prices": ["1.00", "2.00"]}, {"nightly_prices": []}]
    assert judge_strictly(offered(plans=plans), HERE) == "answer to another question"


def test_strict_order() -> None:
    """The strict check wants the nearest hotel first."""
    body = json.loads(offered())
    body["features"].reverse()
    assert judge_strictly(json.dumps(body).encode(), HERE) == "wrong body"
