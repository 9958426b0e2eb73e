"""The parameters of `/hotels`, as the answers and their description know them."""

import datetime
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, structs

from innkeeper.errors import BadInput
from innkeeper.hotels import money
from innkeeper.hotels.stay import MAX_NIGHTS

_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,20})?"


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
    plans: Annotated[
        Literal["cheapest", "all"],
        Meta(description="Which plans of each hotel are told: the cheapest that fits, or all."),
    ] = "cheapest"
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


PARAMETERS = {field.encode_name: field for field in structs.fields(HotelsQuery)}
"""Name in a query → field."""


def _thousandths(amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int((whole + fraction.ljust(3, "0")) or 0)
