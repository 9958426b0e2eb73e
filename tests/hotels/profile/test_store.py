from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from innkeeper.hotels import flatfile
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.profile.records import HotelRecord
from innkeeper.hotels.profile.sqlite_store import SqliteProfileStore
from innkeeper.hotels.profile.store import JsonProfileStore, ProfileStore
from tests.support.catalogues import database_in_memory

Store = Callable[[Sequence[HotelRecord]], ProfileStore]


def json(records: Sequence[HotelRecord]) -> JsonProfileStore:
    return JsonProfileStore(record.hotel() for record in records)


def sqlite(records: Sequence[HotelRecord]) -> SqliteProfileStore:
    entries = [Entry(record.hotel_id, None, None, record) for record in records]
    return SqliteProfileStore(*(database_in_memory(entries) for _ in range(2)))


@pytest.fixture(params=[json, sqlite], ids=["json", "sqlite"])
def store(request: pytest.FixtureRequest) -> ProfileStore:
    """Every kind of store, with the hotels of the project."""
    make: Store = request.param
    return make(flatfile.load(Path("data/profile.json"), HotelRecord))


async def test_hotels_are_found_by_id(store: ProfileStore) -> None:
    """Known hotels are answered, others left out."""
    assert await store.hotels([]) == {}
    assert set(await store.hotels(["5", "x", "3"])) == {"3", "5"}


async def test_a_hotel_is_kept_whole(store: ProfileStore) -> None:
    """Name, address, rating, texts and images are those of the record."""
    records = flatfile.load(Path("data/profile.json"), HotelRecord)
    expected = records[4].hotel()

    hotel = (await store.hotels(["5"]))["5"]

    assert (hotel.name, hotel.phone_number, hotel.address, hotel.rating) == (
        expected.name,
        expected.phone_number,
        expected.address,
        expected.rating,
    )
    for locale in ("en", "de-AT", "fr", "xx"):
        assert hotel.description.best(locale) == expected.description.best(locale)
        assert hotel.images[0].alt.best(locale) == expected.images[0].alt.best(locale)
    assert hotel.images[0].url == expected.images[0].url
