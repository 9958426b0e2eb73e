"""Reading the query of `/hotels`, and what is said when it asks for something else."""

from collections.abc import Mapping
from urllib.parse import unquote_plus

import msgspec
from msgspec import structs

from innkeeper.errors import BadInput, Error
from innkeeper.hotels.frontend.parameters import PARAMETERS, HotelsQuery
from innkeeper.hotels.stay import A_DATE, A_LATER_DATE, is_stay

MAX_BYTES = 8192
"""The longest query that is read."""

ANYWHERE = 0.0
"""The radius of a query that names no place but words."""

_NAME_SHOWN = 64


class QueryTooLong(Error):
    """The query was not read, because it is longer than any that could be right."""


_ALLOWED = {
    "inDate": A_DATE,
    "outDate": A_DATE,
    "lat": "a number from -90 to 90",
    "lon": "a number from -180 to 180",
    "radius": "a number of metres above 0, at most 50000",
    "bbox": "west,south,east,north in degrees, such as -122.52,37.70,-122.35,37.83",
    "q": "words of a name or a city, of at most 200 characters",
    "adults": "a whole number from 1 to 100",
    "rooms": "a whole number from 1 to 20",
    "minPrice": "an amount such as 100 or 99.50",
    "maxPrice": "an amount such as 450 or 450.50",
    "minRating": "a number from 1 to 5",
    "roomType": "a code or a part of a name, of at most 128 characters",
    "currency": "an ISO 4217 code such as EUR",
    "sort": "distance, price or rating",
    "bookable": "only or any",
    "plans": "cheapest or all",
    "limit": "a whole number from 1 to 100",
    "cursor": "one that an answer gave as next",
    "locale": "a language tag like en or de-AT",
}
_WHOLE_NUMBERS = frozenset({"adults", "limit", "rooms"})
_PLACE = frozenset({"lat", "lon", "radius", "bbox"})
_PLAIN = frozenset({"inDate", "outDate", "lat", "lon", "radius", "plans", "limit", "locale"})
"""Parameters that have nothing to do with one another, but for the dates."""


def parse(query: bytes) -> HotelsQuery:
    """Read a raw query string.

    Raises:
        BadInput: a parameter is unknown, repeated, missing or impossible; it is named.
        QueryTooLong: there is more of it than is read.
    """
    if len(query) > MAX_BYTES:
        raise QueryTooLong(f"the query is longer than {MAX_BYTES} bytes")
    text = query.decode(errors="replace")
    return _parse_plain(text) or _parse_any(text)


def _parse_plain(text: str) -> HotelsQuery | None:
    """Read what most queries are, in few steps: plain parameters, each once and written as it is.

    None for all others, wrong ones among them: those take a closer look.
    """
    if "%" in text or "+" in text:
        return None
    parts = text.split("&")
    try:
        values = dict([part.split("=") for part in parts])
        if len(values) < len(parts) or not values.keys() <= _PLAIN:
            return None
        parsed = msgspec.convert(values, HotelsQuery, strict=False)
    except (ValueError, msgspec.ValidationError):
        return None
    if not is_stay(parsed.in_date, parsed.out_date):
        return None
    return parsed if values.get("limit", "1").isdecimal() else None


def _parse_any(text: str) -> HotelsQuery:
    values = _split(text)
    for name in _WHOLE_NUMBERS & values.keys():
        # What is read as a number may be 1.0 or 1e1, which count nothing.
        if not values[name].isdecimal():
            raise BadInput(name, _ALLOWED[name])
    try:
        parsed = msgspec.convert(values, HotelsQuery, strict=False)
    except msgspec.ValidationError:
        raise _first_fault(values) from None
    if not is_stay(parsed.in_date, parsed.out_date):
        raise BadInput("outDate", A_LATER_DATE)
    _check(parsed, values)
    if parsed.q and values.keys().isdisjoint(_PLACE):
        return structs.replace(parsed, radius=ANYWHERE)
    return parsed


def _check(query: HotelsQuery, values: Mapping[str, str]) -> None:
    """Hold what parameters say together.

    Raises:
        BadInput: two of them cannot both hold.
    """
    if query.bbox:
        others = _PLACE & values.keys() - {"bbox"}
        if others:
            raise BadInput("bbox", f"given without {' and '.join(sorted(others))}")
        query.box()
    least, most = query.thousandths()
    if most and least > most:
        raise BadInput("maxPrice", "at least minPrice")
    if query.max_price and not most:
        raise BadInput("maxPrice", "above 0")
    if query.bookable == "any" and query.sort == "price":
        raise BadInput("bookable", "only with sort=price: what has no price has no rank")


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
