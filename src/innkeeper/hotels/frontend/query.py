"""The query of `/hotels`: what may be asked, and what is said when something else is."""

import datetime
from typing import Annotated
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta, Struct

from innkeeper.errors import BadInput, Error
from innkeeper.hotels.stay import A_DATE, A_LATER_DATE, MAX_NIGHTS, Stay

MAX_BYTES = 8192
"""The longest query that is read."""

_NAME_SHOWN = 64


class QueryTooLong(Error):
    """The query was not read, because it is longer than any that could be right."""


class HotelsQuery(Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Which hotels, for which stay."""

    in_date: Annotated[
        datetime.date,
        Meta(description="The day of arrival, in any year.", examples=["2015-04-09"]),
    ]
    out_date: Annotated[
        datetime.date,
        Meta(
            description="The day of departure: after the arrival, and at most"
            f" {MAX_NIGHTS} nights later.",
            examples=["2015-04-10"],
        ),
    ]
    lat: Annotated[
        float, Meta(ge=-90, le=90, description="Latitude of the centre, in degrees (WGS 84).")
    ] = 37.7749
    lon: Annotated[
        float, Meta(ge=-180, le=180, description="Longitude of the centre, in degrees (WGS 84).")
    ] = -122.4194
    radius: Annotated[
        float,
        Meta(gt=0, le=50_000, description="How far a hotel may be, in metres."),
    ] = 10_000.0
    limit: Annotated[int, Meta(ge=1, le=100, description="The most hotels to answer.")] = 20
    locale: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
            max_length=35,
            description="The wanted language as a BCP 47 tag. Texts that are not in it come in a"
            " less specific one, else in the hotel's own. Without it, Accept-Language decides.",
            examples=["de-AT"],
        ),
    ] = ""


_ALLOWED = {
    "inDate": A_DATE,
    "outDate": A_DATE,
    "lat": "a number from -90 to 90",
    "lon": "a number from -180 to 180",
    "radius": "a number of metres above 0, at most 50000",
    "limit": "a whole number from 1 to 100",
    "locale": "a language tag like en or de-AT",
}
PARAMETERS = {field.encode_name: field for field in msgspec.structs.fields(HotelsQuery)}


def parse(query: bytes) -> HotelsQuery:
    """Read a raw query string.

    Raises:
        BadInput: a parameter is unknown, repeated, missing or impossible; it is named.
        QueryTooLong: there is more of it than is read.
    """
    if len(query) > MAX_BYTES:
        raise QueryTooLong(f"the query is longer than {MAX_BYTES} bytes")
    values = _split(query.decode(errors="replace"))
    # What is read as a number may be 1.0 or 1e1, which count nothing.
    if "limit" in values and not values["limit"].isdecimal():
        raise BadInput("limit", _ALLOWED["limit"])
    try:
        parsed = msgspec.convert(values, HotelsQuery, strict=False)
    except msgspec.ValidationError:
        raise _first_fault(values) from None
    try:
        Stay(parsed.in_date, parsed.out_date)
    except BadInput:
        raise BadInput("outDate", A_LATER_DATE) from None
    return parsed


def _split(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise BadInput((name or part)[:_NAME_SHOWN], f"left out: the parameters are {known}")
        if name in values:
            raise BadInput(name, "given only once")
        values[name] = unquote_plus(value)
    return values


def _first_fault(values: dict[str, str]) -> BadInput:
    for name, field in PARAMETERS.items():
        if name not in values:
            if field.required:
                return BadInput(name, f"given, as {_ALLOWED[name]}")
            continue
        try:
            msgspec.convert(values[name], field.type, strict=False)
        except msgspec.ValidationError:
            return BadInput(name, _ALLOWED[name])
    raise AssertionError("no parameter is wrong by itself")
