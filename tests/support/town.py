"""A whole system in one process, over hotels of the test's choice and without sockets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import httpx

from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.geo.store import JsonGeoStore, Place
from innkeeper.hotels.profile.hotel import Address, Hotel
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.profile.texts import Texts
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.hotels.search.service import Search
from tests.support.fake_clients import Direct
from tests.support.frontend import frontend

EXCHANGE = Exchange(
    date(2015, 4, 9), {"EUR": Fraction(1), "USD": Fraction("1.0837"), "JPY": Fraction("130.5")}
)


@dataclass(frozen=True)
class Inn:
    """A hotel as all services know it."""

    hotel_id: str
    lat: float
    lon: float
    name: str = "Inn"
    city: str = "Town"
    rating: float | None = None
    plans: Sequence[RatePlan] = ()


def plan(
    price: int,
    currency: str = "EUR",
    *,
    code: str = "FLEX",
    room: tuple[str, str] = ("KNG", "King room"),
    max_adults: int = 2,
    closed: Sequence[date] = (),
) -> RatePlan:
    """A plan with one price for every night, in minor units."""
    return RatePlan(code, *room, max_adults, currency, price, (None,) * 7, (), frozenset(closed))


class Town:
    """The services, each behind a client that remembers what it was asked."""

    def __init__(self, inns: Sequence[Inn], exchange: Exchange = EXCHANGE) -> None:
        self.inns = inns
        self.geo = Direct(Geo(JsonGeoStore([Place(i.hotel_id, i.lat, i.lon) for i in inns])))
        rates = {inn.hotel_id: inn.plans for inn in inns if inn.plans}
        self.rate = Direct(Rate(JsonRateStore(rates), exchange))
        self.profile = Direct(Profile(JsonProfileStore([_hotel(inn) for inn in inns])))
        self.search = Direct(Search(self.geo, self.rate, self.profile))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the frontend."""
        async with frontend(self.search, self.profile) as client:
            yield client


def _hotel(inn: Inn) -> Hotel:
    return Hotel(
        hotel_id=inn.hotel_id,
        name=inn.name,
        phone_number="1",
        address=Address("", inn.city, "", "", ""),
        description=Texts({"en": inn.name}, "en"),
        images=(),
        rating=inn.rating,
    )
