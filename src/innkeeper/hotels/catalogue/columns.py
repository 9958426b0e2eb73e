"""Which column of a source says what, guessed from its name or told by `--map`."""

import unicodedata
from collections.abc import Mapping, Sequence

from innkeeper.errors import CannotStart

# Field → the names that it is looked for under, best first.
NAMES = {
    "id": "hotel_id id hotelid hotel_code property_id code uid ref osm_id hotel_nr nr",
    "name": "name hotel_name hotel title property_name property nom nombre nome",
    "lat": "lat latitude y breitengrad breite latitud geo_lat",
    "lon": "lon lng long longitude x laengengrad langengrad lange longitud geo_lon geo_lng",
    "phone": "phone_number phone telephone tel telefon telefono contact_phone",
    "street": "street street_address address address_line_1 address1 addr_street strasse rue"
    " direccion adresse",
    "city": "city town locality addr_city ort stadt ville ciudad citta",
    "state": "state region province addr_state bundesland",
    "postal_code": "postal_code postcode zip zip_code zipcode addr_postcode plz code_postal cap",
    "country": "country country_name addr_country land pays pais",
    "description": "description description_en desc about summary text beschreibung",
    "locale": "locale language lang default_locale sprache",
    "rating": "rating guest_rating review_score score bewertung note",
    "image": "image image_url photo photo_url picture thumbnail bild",
    "price": "price price_per_night nightly_price base_price price_amount rate preis prix precio"
    " prezzo",
    "currency": "currency currency_code price_currency curr wahrung waehrung devise moneda",
    "max_adults": "max_adults adults guests capacity personen",
    "room": "room room_type room_name zimmer",
}
REQUIRED = ("name", "lat", "lon")


def mapping(columns: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Field → column, those that are told first; a column says one thing only.

    Raises:
        CannotStart: a field or column is not known, or a required field has no column.
    """
    for field, column in told.items():
        if field not in NAMES:
            raise CannotStart(f"--map {field}={column}: the fields are {', '.join(NAMES)}")
        if column not in columns:
            raise CannotStart(
                f"--map {field}={column}: there is no such column among {_list(columns)}"
            )
    found = dict(told)
    by_name: dict[str, str] = {}
    # The whole name counts before its last part: `id` before `owner.id`.
    for part in (0, -1):
        for column in columns:
            by_name.setdefault(_plain(column.split(".")[part] if part else column), column)
    for field, names in NAMES.items():
        candidates = (by_name[name] for name in names.replace("_", "").split() if name in by_name)
        free = next((name for name in candidates if name not in found.values()), None)
        if field not in found and free is not None:
            found[field] = free
    missing = [field for field in REQUIRED if field not in found]
    if missing:
        raise CannotStart(
            f"no column for {' and '.join(missing)} among {_list(columns)}:"
            f" say which with --map {missing[0]}=COLUMN"
        )
    return {field: found[field] for field in NAMES if field in found}


def _plain(name: str) -> str:
    """A name without accents, case and punctuation: `Hotel-Name`, `hotel_name` and `hotelName` are
    one."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "".join(filter(str.isalnum, kept))


def _list(columns: Sequence[str]) -> str:
    shown = ", ".join(repr(column) for column in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "no columns"
