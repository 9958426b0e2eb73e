"""The cheapest of some hotels first, page by page."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.pricing import Priced
from innkeeper.pb.rate.v1 import rate_pb2

_LAST = 2**62
"""The total of those that cannot be compared, and of prices beyond all others."""

Hotels = Iterable[tuple[str, Sequence[Priced]]]
"""Each with its plans, if any, the cheapest first."""


class _Ranked(NamedTuple):
    total: int
    position: int
    hotel_id: str


class Page(NamedTuple):
    """Some hotels in order, and where they end when more come after them."""

    hotels: Hotels
    last: rate_pb2.Rank | None


def cheapest_first(
    hotels: Hotels,
    hotel_ids: Sequence[str],
    exchange: Exchange,
    limit: int,
    after: rate_pb2.Rank | None,
) -> Page:
    """The first of the hotels by the total of their cheapest plan, ties as in `hotel_ids`."""
    bookable = {hotel_id: priced for hotel_id, priced in hotels if priced}
    ranked = sorted(
        _Ranked(_comparable(bookable[hotel_id][0], exchange), position, hotel_id)
        for position, hotel_id in enumerate(dict.fromkeys(hotel_ids))
        if hotel_id in bookable
    )
    if after is not None:
        first = (after.total, after.passed)
        ranked = [hotel for hotel in ranked if hotel[:2] >= first]
    page = [(hotel.hotel_id, bookable[hotel.hotel_id]) for hotel in ranked[:limit]]
    if len(ranked) <= limit:
        return Page(page, None)
    last = ranked[limit - 1]
    return Page(page, rate_pb2.Rank(total=last.total, passed=last.position + 1))


def _comparable(cheapest: Priced, exchange: Exchange) -> int:
    total = exchange.comparable(cheapest.total, cheapest.offer.plan.currency)
    return _LAST if total is None else min(total, _LAST)
