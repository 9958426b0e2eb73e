"""Stores of services that run, while their data changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from innkeeper.errors import Unavailable
from innkeeper.hotels import reload
from innkeeper.hotels.catalogue.address import parse
from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.load import writing
from innkeeper.hotels.catalogue.numbers import one_plan
from innkeeper.hotels.catalogue.serving import serving, serving_exchange
from innkeeper.hotels.catalogue.stores import open_profile, open_rate
from innkeeper.hotels.geo.store import Place
from tests.support.system import eventually


def write(to: str, hotel_ids: Sequence[str]) -> None:
    with writing(parse(to)) as writer:
        writer.put([Entry(n, Place(n, 1, 1), [one_plan(100, "EUR")], None) for n in hotel_ids])


@pytest.fixture(autouse=True)
def _looks_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "LOOK_SECONDS", 0.01)


@pytest.mark.parametrize("address", ["{}/catalogue", "sqlite:///{}/hotels.db"])
async def test_an_import_shows_in_a_store_that_serves(address: str, tmp_path: Path) -> None:
    """Whoever holds the store is answered from the new data."""
    to = address.format(tmp_path)
    write(to, ["1"])
    async with serving(open_rate, to, "rate.json") as store:
        assert set(await store.plans(["1", "2"])) == {"1"}
        before = store.plans.__self__
        write(to, ["2"])
        eventually(lambda: store.plans.__self__ is not before)

        assert set(await store.plans(["1", "2"])) == {"1", "2"}


async def test_a_database_that_takes_the_place_of_another_is_read(tmp_path: Path) -> None:
    """A file made elsewhere and moved there is opened without restart."""
    write(f"sqlite:///{tmp_path}/old.db", ["1"])
    write(f"sqlite:///{tmp_path}/new.db", ["2"])
    async with serving(open_rate, f"sqlite:///{tmp_path}/old.db", "rate.json") as store:
        before = store.plans.__self__
        (tmp_path / "new.db").replace(tmp_path / "old.db")
        eventually(lambda: store.plans.__self__ is not before)

        assert set(await store.plans(["1", "2"])) == {"2"}


async def test_a_store_is_closed_at_the_end(tmp_path: Path) -> None:
    """Nothing is read from a database once the service has ended."""

    to = f"sqlite:///{tmp_path}/hotels.db"
    write(to, ["1"])
    async with serving(open_profile, to, "profile.json") as store:
        pass
    with pytest.raises(Unavailable):
        await store.hotels(["1"])


@pytest.mark.parametrize(
    ("address", "beside", "base"),
    [
        ("{}/own", True, "CHF"),
        ("{}/own", False, None),
        ("sqlite:///{}/own/hotels.db", True, "CHF"),
        ("sqlite:///{}/own/hotels.db", False, "JPY"),
        ("postgresql://db/hotels", True, "JPY"),
    ],
)
def test_exchange_rates_are_beside_the_data_or_else_the_default_ones(
    address: str, beside: bool, base: str | None, tmp_path: Path
) -> None:
    """Flat files and a database file have their own; a database without takes the others."""
    folders = {"default": "JPY"} | ({"own": "CHF"} if beside else {})
    for name, currency in folders.items():
        (tmp_path / name).mkdir()
        text = f'{{"date": "2015-04-09", "base": "{currency}", "rates": {{}}}}'
        (tmp_path / name / "currencies.json").write_text(text)

    with serving_exchange(address.format(tmp_path), tmp_path / "default") as exchange:
        known = [currency for currency in ("CHF", "JPY") if exchange.knows(currency)]

    assert known == ([] if base is None else [base])
