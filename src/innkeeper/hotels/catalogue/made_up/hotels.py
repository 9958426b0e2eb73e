"""Making hotels up. The numbers come from one generator in one order, and only from its `random()`,
whose sequence Python promises to keep for a seed."""

from collections.abc import Iterator, Sequence
from math import cos, log, log10, pi, radians, sin, sqrt
from random import Random
from typing import TypeVar

from innkeeper.hotels import money
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.made_up import words
from innkeeper.hotels.catalogue.made_up.atlas import City, cities, shares
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import AddressRecord, HotelRecord, ImageRecord
from innkeeper.hotels.rate.plan import RatePlan, Season

# Along a meridian.
_KM_PER_DEGREE = 111.2
_LANGUAGES = ("en", "de", "es", "fr")
T = TypeVar("T")


def hotels(count: int, seed: int) -> Iterator[Entry]:
    """So many hotels, city by city."""
    atlas = cities()
    chance = Random(seed)
    number = 0
    for city, share in zip(atlas, shares(atlas, count), strict=True):
        maker = _Maker(city, chance)
        for _ in range(share):
            number += 1
            yield maker.hotel(f"{city.country_code}{number}")


class _Maker:
    """Makes the hotels of one city."""

    def __init__(self, city: City, chance: Random) -> None:
        self._city = city
        self._chance = chance.random
        self._spread_km = 0.5 + 0.06 * sqrt(city.population)
        patterns, names = words.NAMES.get(city.locale, words.NAMES["en"])
        self._names = [(pattern, name.replace("_", " ")) for pattern in patterns for name in names]
        street, streets = words.STREETS.get(city.locale, words.STREETS["en"])
        self._street, self._streets = street, [name.replace("_", " ") for name in streets]
        languages = dict.fromkeys((*_LANGUAGES, city.locale))
        self._situations = [
            {
                language: words.SITUATIONS[language][n].format(city.name)
                for language in languages
                if language in words.SITUATIONS
            }
            for n in range(len(words.SITUATIONS["en"]))
        ]
        alt = {language: words.FRONT[language] for language in self._situations[0]}
        self._fronts = [ImageRecord(f"/static/hotels/facade-{n}.svg", alt) for n in range(1, 5)]
        self._locale = city.locale if city.locale in self._situations[0] else "en"
        self._minor: int = 10 ** money.EXPONENTS[city.currency]

    def hotel(self, hotel_id: str) -> Entry:
        # From a simple house to a grand one; good ones are rated better, mostly.
        quality = self._chance()
        rating = round(2.6 + 1.4 * quality + self._chance() - 0.05, 1)
        return Entry(
            hotel_id, self._place(hotel_id), self._plans(quality), self._profile(hotel_id, rating)
        )

    def _place(self, hotel_id: str) -> Place:
        kilometres = -log(1 - self._chance()) * self._spread_km
        angle = 2 * pi * self._chance()
        lat = self._city.lat + kilometres * cos(angle) / _KM_PER_DEGREE
        width = cos(radians(lat)) * _KM_PER_DEGREE
        lon = self._city.lon + kilometres * sin(angle) / width
        return Place(hotel_id, round(lat, 6), round((lon + 180) % 360 - 180, 6))

    def _profile(self, hotel_id: str, rating: float) -> HotelRecord:
        city = self._city
        pattern, name = self._pick(self._names)
        number = int(self._chance() * 9_000_000) + 1_000_000
        street = self._street.format(self._pick(self._streets), int(self._chance() * 180) + 1)
        return HotelRecord(
            hotel_id=hotel_id,
            name=pattern.format(name),
            phone_number=f"+{city.dialling} {number // 10_000} {number % 10_000:04}",
            address=AddressRecord(
                street=street,
                city=city.name,
                country=city.country,
                postal_code=str(int(self._chance() * 90_000) + 10_000),
            ),
            default_locale=self._locale,
            description=self._pick(self._situations),
            images=(self._pick(self._fronts),),
            rating=rating,
        )

    def _plans(self, quality: float) -> Sequence[RatePlan]:
        night = self._city.night * (0.5 + 0.8 * quality + 1.6 * quality**4)
        weekend = self._pick((0.85, 1.0, 1.1, 1.2))
        rooms = words.ROOMS[: 1 + int(self._chance() * 3)]
        dearer = (1.0, 1.35, 1.9)
        return [
            self._plan(room, night * factor, weekend)
            for room, factor in zip(rooms, dearer, strict=False)
        ]

    def _plan(self, room: tuple[str, str, int], night: float, weekend: float) -> RatePlan:
        code, name, adults = room
        north = self._city.lat >= 0
        summer = ((6, 15), (8, 31)) if north else ((12, 15), (2, 28))
        quiet = ((11, 2), (12, 14)) if north else ((5, 2), (6, 30))
        friday = None if weekend == 1.0 else self._amount(night * weekend)
        return RatePlan(
            code=f"FLEX-{code}",
            room_code=code,
            room_name=name,
            max_adults=adults,
            currency=self._city.currency,
            base_price=self._amount(night),
            weekday_prices=[None, None, None, None, friday, friday, None],
            seasons=[
                Season((12, 28), (1, 1), self._amount(night * 1.6)),
                Season(*summer, self._amount(night * 1.25)),
                Season(*quiet, self._amount(night * 0.85)),
            ],
            closed_dates=frozenset(),
        )

    def _amount(self, units: float) -> int:
        """Minor units of an amount as people set them: three digits that count."""
        step: int = 10 ** max(0, int(log10(units)) - 2)
        return max(1, round(units / step)) * step * self._minor

    def _pick(self, among: Sequence[T]) -> T:
        return among[int(self._chance() * len(among))]
