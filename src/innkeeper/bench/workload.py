"""What is asked: stays over a year at places around the middle of San Francisco.

Every question differs from the others, so that no cache of answers flatters a figure.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import NamedTuple

LAT, LON = 37.78, -122.41
"""The middle of the places that are asked about."""
SPREAD = 0.02
"""How far from the middle a place may be, in degrees; a few kilometres."""
MAX_NIGHTS = 3
_FIRST_DAY = date(2015, 1, 1)
_DAYS = 365


class Asking(StrEnum):
    """Which questions are asked."""

    VARIED = "varied"
    """Another stay and another place each time."""
    EVERY_PLAN = "every plan"
    """The same, for all plans of each hotel instead of the cheapest."""
    FIXED = "fixed"
    """One stay of one night and no place: all that the Go original has rates for."""


class Question(NamedTuple):
    """A search for hotels."""

    target: str
    """Path and query, to be put behind the base URL."""
    lat: float
    lon: float
    nights: int


THE_FIXED = Question("/hotels?inDate=2015-04-09&outDate=2015-04-10", 37.7749, -122.4194, 1)


def questions(asking: Asking, seed: int) -> Iterator[Question]:
    """Questions without end, the same for the same seed."""
    if asking is Asking.FIXED:
        while True:
            yield THE_FIXED
    stays = _stays()
    more = "&plans=all" if asking is Asking.EVERY_PLAN else ""
    rng = Random(seed)
    draw, uniform = rng.random, rng.uniform
    while True:
        dates, nights = stays[int(draw() * len(stays))]
        lat = round(uniform(LAT - SPREAD, LAT + SPREAD), 5)
        lon = round(uniform(LON - SPREAD, LON + SPREAD), 5)
        yield Question(f"/hotels?{dates}&lat={lat}&lon={lon}{more}", lat, lon, nights)


def _stays() -> list[tuple[str, int]]:
    stays = []
    for offset in range(_DAYS):
        arrival = _FIRST_DAY + timedelta(offset)
        for nights in range(1, MAX_NIGHTS + 1):
            leaving = arrival + timedelta(nights)
            stays.append((f"inDate={arrival}&outDate={leaving}", nights))
    return stays
