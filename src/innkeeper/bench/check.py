"""Whether an answer is right. A wrong one is a failed one, however fast it came."""

from collections.abc import Callable
from enum import StrEnum
from math import cos, hypot, radians
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from innkeeper.bench.workload import Question

EMPTY = "empty body"
WRONG = "wrong body"
NONE_FOUND = "no hotels"
OTHERS = "answer to another question"

NEAR = 1.0
"""How far from the asked place a hotel may plausibly be, in degrees."""

Judge = Callable[[bytes, Question], str | None]
"""What is wrong with a body, in a word or two; None when nothing is."""


class Check(StrEnum):
    """How closely answers are looked at."""

    GEOJSON = "geojson"
    """A FeatureCollection with at least one hotel, each named and near the asked place."""
    STRICT = "strict"
    """Also this system's own promises, which tell an answer from that to another question:
    distances from the asked place, nearest first, and plans for the asked nights."""


class _Point(Struct):
    type: Literal["Point"]
    coordinates: Annotated[list[float], Meta(min_length=2, max_length=3)]


class _Named(Struct):
    name: Annotated[str, Meta(min_length=1)]


class _Plan(Struct):
    nightly_prices: list[str]


class _Offered(_Named):
    distance: float
    plans: Annotated[list[_Plan], Meta(min_length=1)]


class _Feature(Struct):
    id: str | int
    type: Literal["Feature"]
    properties: _Named
    geometry: _Point


class _OfferedFeature(_Feature):
    properties: _Offered


class _Collection(Struct):
    type: Literal["FeatureCollection"]
    features: list[_Feature]


class _OfferedCollection(Struct):
    type: Literal["FeatureCollection"]
    features: list[_OfferedFeature]


_decode = msgspec.json.Decoder(_Collection).decode
_decode_offered = msgspec.json.Decoder(_OfferedCollection).decode

# A degree of latitude. The sphere is flat enough here: a tenth of a percent, or a metre.
_METRES = 111_195.0
_TOLERANCE = 0.01


def judge_of(check: Check) -> Judge:
    """The function that applies a check."""
    return judge_strictly if check is Check.STRICT else judge


def judge(body: bytes, question: Question) -> str | None:
    """Apply Check.GEOJSON."""
    if not body:
        return EMPTY
    try:
        features = _decode(body).features
    except msgspec.DecodeError:
        return WRONG
    if not features:
        return NONE_FOUND
    for feature in features:
        lon, lat = feature.geometry.coordinates[:2]
        if abs(lat - question.lat) > NEAR or abs(lon - question.lon) > NEAR:
            return WRONG
    return None


def judge_strictly(body: bytes, question: Question) -> str | None:
    """Apply Check.STRICT."""
    if not body:
        return EMPTY
    try:
        features = _decode_offered(body).features
    except msgspec.DecodeError:
        return WRONG
    if not features:
        return NONE_FOUND
    nearer = 0.0
    for feature in features:
        offer = feature.properties
        if any(len(plan.nightly_prices) != question.nights for plan in offer.plans):
            return OTHERS
        expected = _distance(question, feature.geometry.coordinates)
        if abs(expected - offer.distance) > 2 + _TOLERANCE * expected:
            return OTHERS
        if offer.distance < nearer:
            return WRONG
        nearer = offer.distance
    return None


def _distance(question: Question, coordinates: list[float]) -> float:
    lon, lat = coordinates[:2]
    east = (lon - question.lon) * cos(radians(question.lat))
    return _METRES * hypot(lat - question.lat, east)
