"""The cities of the world that hotels are made up around, from the tables beside this file.

Populations (in thousands) and prices are rough: they are there for plausible proportions.
"""

from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple


class City(NamedTuple):
    """A city, and what its country decides."""

    name: str
    lat: float
    lon: float
    population: int
    """Thousands."""
    country: str
    country_code: str
    currency: str
    locale: str
    """Main language."""
    dialling: str
    night: int
    """What a usual night costs, in units of the currency."""


def cities() -> Sequence[City]:
    """Every city, in the order of the table."""
    countries = {code: rest for code, *rest in _rows("countries.tsv")}
    found = []
    for name, code, lat, lon, population in _rows("cities.tsv"):
        country, currency, locale, dialling, night = countries[code]
        found.append(
            City(
                name=name,
                lat=float(lat),
                lon=float(lon),
                population=int(population),
                country=country,
                country_code=code.lower(),
                currency=currency,
                locale=locale,
                dialling=dialling,
                night=int(night),
            )
        )
    return found


def shares(cities: Sequence[City], hotels: int) -> Sequence[int]:
    """How many of the hotels each city has, by population; the sum is `hotels`."""
    people = sum(city.population for city in cities)
    exact = [hotels * city.population / people for city in cities]
    whole = [int(share) for share in exact]
    # What is left goes to those that rounding down cost most.
    by_loss = sorted(range(len(cities)), key=lambda n: (whole[n] - exact[n], n))
    for n in by_loss[: hotels - sum(whole)]:
        whole[n] += 1
    return whole


def _rows(name: str) -> Sequence[Sequence[str]]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()]
