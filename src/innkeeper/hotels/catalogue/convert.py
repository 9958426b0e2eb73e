"""Hotels made of rows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.numbers import number, one_plan, price
from innkeeper.hotels.faults import read
from innkeeper.hotels.flatfile import WITHOUT_NUL
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import URL, HotelRecord
from innkeeper.hotels.profile.texts import TAG
from innkeeper.hotels.rate.plan import RatePlan

# How a decoder's reason ends → what it means.
_MEANT = {
    "of length >= 1": "is empty",
    f"regex {WITHOUT_NUL!r}": "has a NUL character",
    f"regex {TAG!r}": "is no language tag such as de-AT",
    f"regex {URL!r}": "is neither a URL nor a path that begins with /",
}


class BadRow(Exception):
    """A row that makes no hotel. The text has every reason."""


@dataclass(frozen=True)
class Converter:
    """Makes hotels of the rows of one source."""

    columns: Mapping[str, str]
    """Field → column."""
    plan: RatePlan | None = None
    """For hotels without a price of their own."""
    currency: str = ""
    """For prices that name none."""
    locale: str = "en"
    """For descriptions that name none."""

    def entry(self, values: Mapping[str, Any]) -> Entry:
        """The hotel in a row.

        Raises:
            BadRow: something in it is wrong.
        """
        row = {field: _text(values.get(column)) for field, column in self.columns.items()}
        reasons: list[str] = []
        coordinates = {
            field: self._value(field, row, number, reasons) for field in ("lat", "lon", "rating")
        }
        lat, lon, rating = coordinates["lat"], coordinates["lon"], coordinates["rating"]
        hotel_id = row.get("id") or _id_of(row)
        place = None
        if lat is not None and lon is not None:
            place = read({"hotel_id": hotel_id, "lat": lat, "lon": lon}, Place, reasons)
            if abs(lat) > 90 and abs(lon) <= 90:
                reasons.append("lat and lon may be the wrong way round")
        profile = read(self._profile(hotel_id, row, rating), HotelRecord, reasons)
        plan = self._value("price", row, lambda text: self._plan(text, row), reasons)
        if reasons:
            raise BadRow("; ".join(dict.fromkeys(map(_readable, reasons))))
        plan = plan or self.plan
        return Entry(hotel_id, place, None if plan is None else (plan,), profile)

    def _value(self, field: str, row: Mapping[str, str], reader: Any, reasons: list[str]) -> Any:
        text = row.get(field, "")
        if not text:
            if field in ("lat", "lon"):
                reasons.append(f"{field} is empty")
            return None
        try:
            return reader(text)
        except ValueError as error:
            reasons.append(f"{field}: {error}")
            return None

    def _plan(self, text: str, row: Mapping[str, str]) -> RatePlan:
        minor, currency = price(text, row.get("currency") or self.currency)
        adults = number(row["max_adults"]) if row.get("max_adults") else 2
        if adults not in range(1, 101):
            raise ValueError(f"max_adults is {row['max_adults']!r}, not 1 to 100")
        return one_plan(minor, currency, int(adults), row.get("room", "")[:128])

    def _profile(self, hotel_id: str, row: Mapping[str, str], rating: Any) -> dict[str, Any]:
        # As programs write it: de_AT.
        locale = (row.get("locale") or self.locale).replace("_", "-")
        name, city = row.get("name", ""), row.get("city", "")
        description = row.get("description") or ", ".join(filter(None, (name, city))) or hotel_id
        image = row.get("image")
        return {
            "hotel_id": hotel_id,
            "name": name,
            "phone_number": row.get("phone", ""),
            "address": {
                field: row.get(field, "")
                for field in ("street", "city", "country", "state", "postal_code")
            },
            "default_locale": locale,
            "description": {locale: description},
            "images": [{"url": image, "alt": {locale: name}}] if image and name else [],
            # Nobody rates with 0: it stands for no rating.
            "rating": rating or None,
        }


def _text(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _id_of(row: Mapping[str, str]) -> str:
    """An id for a hotel that has none: the same for the same name at the same place."""
    text = "\x1f".join(row.get(field, "") for field in ("name", "lat", "lon"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _readable(reason: str) -> str:
    """`Expected `float` <= 90.0 - at `$.lat`` as `lat: expected …`."""
    what, *places = reason.split(" - at `")
    where = places[-1].strip("$`.[]") if places else ""
    for said, meant in _MEANT.items():
        if what.endswith(said):
            return f"{where} {meant}"
    return f"{where}: {what[:1].lower()}{what[1:]}" if where else what
