"""The query of `/hotels`: what may be asked, and what is said when something else is."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta, Struct, structs

from innkeeper.errors import BadInput, Error
from innkeeper.hotels import money
from innkeeper.hotels.stay import A_DATE, A_LATER_DATE, MAX_NIGHTS, Stay

MAX_BYTES = 8192
"""The longest query that is read."""

ANYWHERE = 0.0
"""The radius of a query that names no place but words."""

_NAME_SHOWN = 64
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,20})?"


class QueryTooLong(Error):
    """The query was not read, because it is longer than any that could be right."""


class Box(NamedTuple):
    """A box in degrees, in the order of GeoJSON."""

    west: float
    south: float
    east: float
    north: float


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
    bbox: Annotated[
        str,
        Meta(
            pattern=f"^{_DEGREES}(,{_DEGREES}){{3}}$",
            description="West, south, east and north of a box, in degrees (RFC 7946, section 5)."
            " West of what lies beyond the date line is greater than its east. Takes the place of"
            " lat, lon and radius.",
            examples=["-122.52,37.70,-122.35,37.83"],
        ),
    ] = ""
    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Words of the name or the city; accents and single typing mistakes are"
            " forgiven. Without a place, hotels anywhere are found, as seen from the best match.",
            examples=["phoenix"],
        ),
    ] = ""
    adults: Annotated[int, Meta(ge=1, le=100, description="How many adults come.")] = 1
    rooms: Annotated[
        int,
        Meta(ge=1, le=20, description="How many rooms of a plan they take; totals are for all."),
    ] = 1
    min_price: Annotated[
        str,
        Meta(
            pattern=money.DECIMAL,
            description="The least total for the stay, in `currency`, else in the hotel's own.",
            examples=["100"],
        ),
    ] = ""
    max_price: Annotated[
        str,
        Meta(
            pattern=money.DECIMAL,
            description="The greatest total for the stay, in `currency`, else in the hotel's own.",
            examples=["450.50"],
        ),
    ] = ""
    min_rating: Annotated[
        float, Meta(ge=1, le=5, description="Only hotels that guests rate at least so well.")
    ] = 0.0
    room_type: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=128,
            description="Code of a room type, or a part of its name; case does not matter.",
            examples=["suite"],
        ),
    ] = ""
    currency: Annotated[
        str,
        Meta(
            pattern="^[A-Z]{3}$",
            description="ISO 4217 code of a currency that totals are converted into besides.",
            examples=["EUR"],
        ),
    ] = ""
    sort: Annotated[
        Literal["distance", "price", "rating"],
        Meta(description="What comes first. Price and rating rank the nearest 500 hotels."),
    ] = "distance"
    bookable: Annotated[
        Literal["only", "any"],
        Meta(description="Whether hotels that cannot be booked for the stay are shown, too."),
    ] = "only"
    limit: Annotated[int, Meta(ge=1, le=100, description="The most hotels to answer.")] = 20
    cursor: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9_-]+$",
            max_length=1024,
            description="Where the page before ended. Its `next` has it; nobody makes it up.",
        ),
    ] = ""
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

    def box(self) -> Box:
        """The box of `bbox`.

        Raises:
            BadInput: it is not on earth, or upside down.
        """
        west, south, east, north = map(float, self.bbox.split(","))
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise BadInput(
                "bbox",
                "west,south,east,north with longitudes from -180 to 180 and latitudes from"
                " -90 to 90, south first",
            )
        return Box(west, south, east, north)

    def thousandths(self) -> tuple[int, int]:
        """The least and the greatest price in thousandths of the unit; 0 for no limit."""
        return _thousandths(self.min_price), _thousandths(self.max_price)


def _thousandths(amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int((whole + fraction.ljust(3, "0")) or 0)


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
    "limit": "a whole number from 1 to 100",
    "cursor": "one that an answer gave as next",
    "locale": "a language tag like en or de-AT",
}
PARAMETERS = {field.encode_name: field for field in structs.fields(HotelsQuery)}
_WHOLE_NUMBERS = frozenset({"adults", "limit", "rooms"})
_PLACE = frozenset({"lat", "lon", "radius", "bbox"})
_PLAIN = frozenset({"inDate", "outDate", "lat", "lon", "radius", "limit", "locale"})
"""Parameters that have nothing to do with one another."""


def parse(query: bytes) -> HotelsQuery:
    """Read a raw query string.

    Raises:
        BadInput: a parameter is unknown, repeated, missing or impossible; it is named.
        QueryTooLong: there is more of it than is read.
    """
    if len(query) > MAX_BYTES:
        raise QueryTooLong(f"the query is longer than {MAX_BYTES} bytes")
    values = _split(query.decode(errors="replace"))
    for name in _WHOLE_NUMBERS & values.keys():
        # What is read as a number may be 1.0 or 1e1, which count nothing.
        if not values[name].isdecimal():
            raise BadInput(name, _ALLOWED[name])
    try:
        parsed = msgspec.convert(values, HotelsQuery, strict=False)
    except msgspec.ValidationError:
        raise _first_fault(values) from None
    try:
        Stay(parsed.in_date, parsed.out_date)
    except BadInput:
        raise BadInput("outDate", A_LATER_DATE) from None
    if values.keys() <= _PLAIN:
        return parsed
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
