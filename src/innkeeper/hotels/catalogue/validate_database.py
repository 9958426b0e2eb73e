"""Checking a database file: each row as strictly as the flat file that it came from."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.catalogue.planfile import priced
from innkeeper.hotels.faults import faults
from innkeeper.hotels.flatfile import Fault
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel

_PLANS = msgspec.json.Decoder(list[RatePlan])
_Reasons = Iterator[str]

_MISSING_ELSEWHERE = {
    "SELECT hotel_id FROM rate WHERE hotel_id NOT IN (SELECT hotel_id FROM place)": (
        "has rates, and place does not know where it is"
    ),
    "SELECT hotel_id FROM profile WHERE hotel_id NOT IN (SELECT hotel_id FROM place)": (
        "has a description, and place does not know where it is"
    ),
    "SELECT hotel_id FROM place WHERE hotel_id NOT IN (SELECT hotel_id FROM profile)": (
        "has a place, and profile does not describe it"
    ),
}


def database_faults(path: Path) -> Iterator[Fault]:
    """What is wrong with a database file, row by row; a million hotels are never held at once.

    Raises:
        CannotStart: it is missing, no such database, or of a newer version.
    """
    with closing(sqlitefile.open_reading(path)) as connection:
        try:
            yield from _damages(connection)
            yield from _rows(connection, "SELECT hotel_id, lat, lon FROM place", _place)
            yield from _rows(connection, "SELECT hotel_id, plans FROM rate", _rate)
            select = "SELECT hotel_id, record, name, rating FROM profile"
            yield from _rows(connection, select, _profile)
            for select, reason in _MISSING_ELSEWHERE.items():
                for (hotel_id,) in connection.execute(select):
                    yield Fault(None, None, hotel_id, reason)
        except sqlite3.DatabaseError as error:
            yield Fault(None, None, None, f"cannot be read on: {error}")


def counts(path: Path) -> tuple[int, int]:
    """How many hotels there are, and how many of them have no rates.

    Raises:
        CannotStart: the file cannot be used.
        sqlite3.DatabaseError: it is damaged.
    """
    with closing(sqlitefile.open_reading(path)) as connection:
        (hotels,) = connection.execute("SELECT count(*) FROM place").fetchone()
        (unbookable,) = connection.execute(
            "SELECT count(*) FROM place WHERE hotel_id NOT IN (SELECT hotel_id FROM rate)"
        ).fetchone()
    return hotels, unbookable


def _damages(connection: sqlite3.Connection) -> Iterator[Fault]:
    for pragma in ("PRAGMA quick_check", "SELECT rtreecheck('place_box')"):
        for (said,) in connection.execute(pragma):
            if said != "ok":
                yield Fault(None, None, None, f"damaged: {said}")
    select = """
        SELECT hotel_id FROM place LEFT JOIN place_box USING (id)
        WHERE min_lat IS NULL OR NOT (
            lat BETWEEN min_lat AND max_lat AND lon BETWEEN min_lon AND max_lon
        )
    """
    for (hotel_id,) in connection.execute(select):
        yield Fault(None, None, hotel_id, "place: cannot be found by its position")


def _rows(
    connection: sqlite3.Connection, select: str, reasons: Callable[..., _Reasons]
) -> Iterator[Fault]:
    for hotel_id, *columns in connection.execute(select):
        for reason in reasons(hotel_id, *columns):
            yield Fault(None, None, hotel_id, reason)


def _place(hotel_id: str, lat: object, lon: object) -> _Reasons:
    for reason in faults({"hotel_id": hotel_id, "lat": lat, "lon": lon}, Place):
        yield f"place: {reason}"


def _rate(hotel_id: str, plans: str) -> _Reasons:
    try:
        decoded = _PLANS.decode(plans)
        found = ["there are no plans"]
        if decoded:
            found = faults(msgspec.to_builtins(priced(hotel_id, decoded)), PricedHotel)
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        found = [str(error)]
    for reason in found:
        yield f"rate: {reason}"


def _profile(hotel_id: str, record: str, name: object, rating: object) -> _Reasons:
    try:
        value = msgspec.json.decode(record)
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        yield f"profile: {error}"
        return
    found = faults(value, DescribedHotel)
    for reason in found:
        yield f"profile: {reason}"
    if not found:
        beside = {"hotel_id": hotel_id, "name": name, "rating": rating}
        for column, written in beside.items():
            if value.get(column) != written:
                yield f"profile: {column} is {written!r}, and {value.get(column)!r} in its record"
