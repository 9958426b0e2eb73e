"""The data that comes with the project."""

import datetime
import json
from pathlib import Path

import jsonschema
import pytest

from innkeeper.hotels import money
from innkeeper.hotels.geo.store import JsonGeoStore
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.pricing import Pricing, patterns
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.hotels.schemas import schemas, write
from innkeeper.hotels.stay import Stay

DATA = Path("data")
SCHEMAS = Path("docs/schemas")
LOCALES = ("en", "de", "es", "fr")
HOTEL_IDS = [str(number) for number in range(1, 17)]


@pytest.mark.parametrize("name", ["geo", "rate", "profile", "currencies"])
def test_data_conforms_to_its_schema(name: str) -> None:
    """Each file is what its published schema says, and names that schema."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    data = json.loads((DATA / f"{name}.json").read_text())

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    assert (DATA / data["$schema"]).resolve() == (SCHEMAS / f"{name}.schema.json").resolve()


def test_schemas_are_fresh(tmp_path: Path) -> None:
    """The published schemas are those of the types; else run the module that writes them."""
    write(tmp_path)

    for name in schemas():
        assert (SCHEMAS / name).read_text() == (tmp_path / name).read_text(), (
            "run: python -m innkeeper.hotels.schemas docs/schemas"
        )


async def test_every_hotel_is_in_every_file() -> None:
    """The sixteen hotels are known to geo, rate and profile."""
    places = await JsonGeoStore.load(DATA / "geo.json").nearby(37.7749, -122.4194, 10_000, 100)
    plans = await JsonRateStore.load(DATA / "rate.json").plans(HOTEL_IDS)
    hotels = await JsonProfileStore.load(DATA / "profile.json").hotels(HOTEL_IDS)

    assert {place[1] for place in places} == set(HOTEL_IDS)
    assert set(plans) == set(HOTEL_IDS)
    assert set(hotels) == set(HOTEL_IDS)


async def test_the_nearest_hotels_are_where_they_should_be() -> None:
    """Phoenix Hotel and Hotel Zetta are nearest to the default place."""
    places = await JsonGeoStore.load(DATA / "geo.json").nearby(37.7749, -122.4194, 10_000, 2)
    hotels = await JsonProfileStore.load(DATA / "profile.json").hotels(["5", "3"])

    assert [place[1:] for place in places] == [
        ("5", 37.7831, -122.4181),
        ("3", 37.7834, -122.4071),
    ]
    assert (hotels["5"].name, hotels["5"].phone_number) == ("Phoenix Hotel", "(415) 776-1380")
    assert (hotels["3"].name, hotels["3"].phone_number) == ("Hotel Zetta", "(415) 543-8555")


async def test_every_text_is_in_every_language() -> None:
    """Descriptions and what images show are written in four languages."""
    hotels = await JsonProfileStore.load(DATA / "profile.json").hotels(HOTEL_IDS)

    for hotel in hotels.values():
        for texts in (hotel.description, *(image.alt for image in hotel.images)):
            assert tuple(texts.best(locale).locale for locale in LOCALES) == LOCALES


@pytest.mark.parametrize("year", [2015, 2026, 2100])
async def test_every_hotel_can_be_booked_in_any_year(year: int) -> None:
    """A stay in any month of any year finds all the hotels."""
    plans = await JsonRateStore.load(DATA / "rate.json").plans(HOTEL_IDS)

    for month in range(1, 13):
        in_date = datetime.date(year, month, 9)
        stay = Stay(in_date, in_date + datetime.timedelta(1))
        pricing = Pricing(stay, patterns())
        for hotel_id, priced in zip(plans, pricing.price(plans.values()), strict=True):
            assert priced, (hotel_id, in_date)


async def test_some_nights_are_closed() -> None:
    """Hotel 10 cannot be booked for a night on which all of its plans are closed."""
    plans = await JsonRateStore.load(DATA / "rate.json").plans(["10"])
    stay = Stay(datetime.date(2027, 1, 9), datetime.date(2027, 1, 11))

    assert len(plans["10"]) == 3
    assert list(Pricing(stay, patterns()).price([plans["10"]])) == [[]]


def test_every_currency_has_an_exchange_rate() -> None:
    """Whatever currency hotels of one's own are in, their prices can be converted."""
    exchange = Exchange.load(DATA / "currencies.json")

    assert all(exchange.knows(currency) for currency in money.EXPONENTS)
