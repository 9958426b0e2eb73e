import datetime
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.rate.kept import decode, encode
from innkeeper.hotels.rate.plan import RatePlan, Season
from innkeeper.hotels.rate.sqlite_store import SqliteRateStore
from innkeeper.hotels.rate.store import JsonRateStore, RateStore
from tests.support.catalogues import database_in_memory

DAYS = st.tuples(st.integers(1, 12), st.integers(1, 28))
PRICES = st.integers(1, 10**14)
PLANS = st.builds(
    RatePlan,
    code=st.text(min_size=1),
    room_code=st.text(min_size=1),
    room_name=st.text(min_size=1),
    max_adults=st.integers(1, 100),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    base_price=PRICES,
    weekday_prices=st.lists(st.none() | PRICES, min_size=7, max_size=7),
    seasons=st.lists(st.builds(Season, DAYS, DAYS, PRICES), max_size=3),
    closed_dates=st.frozensets(st.dates()),
)


def plan(code: str) -> RatePlan:
    closed = frozenset([datetime.date.max])
    return RatePlan(code, "KNG", "King room", 2, "EUR", 12000, [None] * 7, [], closed)


Store = Callable[[Mapping[str, Sequence[RatePlan]]], RateStore]


def sqlite(plans: Mapping[str, Sequence[RatePlan]]) -> SqliteRateStore:
    return SqliteRateStore(
        database_in_memory([Entry(hotel_id, None, of, None) for hotel_id, of in plans.items()])
    )


@pytest.fixture(params=[JsonRateStore, sqlite], ids=["json", "sqlite"])
def make(request: pytest.FixtureRequest) -> Store:
    """Every kind of store, filled with plans."""
    return request.param


async def test_plans_are_found_by_id(make: Store) -> None:
    """Known hotels are answered, others left out, whatever the ids look like."""
    odd = "'); DROP TABLE rate; -- \x00 ü"
    store = make({"1": [plan("FLEX")], odd: [plan("FLEX"), plan("SAVER")], "3": [plan("FLEX")]})

    assert await store.plans([]) == {}
    assert await store.plans(["4", "1"]) == {"1": [plan("FLEX")]}
    assert [found.code for found in (await store.plans([odd]))[odd]] == ["FLEX", "SAVER"]


@given(PLANS)
def test_a_plan_is_kept_whole(plan: RatePlan) -> None:
    """What is read from a database is what was written to it, and equal plans are equal texts."""
    (kept,) = decode(encode([plan]))

    assert kept == plan
    assert encode([kept]) == encode([plan])
