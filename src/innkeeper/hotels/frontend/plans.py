"""Writes what the answer says about plans and prices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat

import msgspec

from innkeeper.hotels.frontend.amounts import Amounts, amounts
from innkeeper.hotels.frontend.geojson import RoomType, Terms
from innkeeper.pb.rate.v1 import rate_pb2

MAX_KEPT = 10_000

Pieces = Sequence[bytes]
"""Texts that are one when they are joined."""

NOT_BOOKABLE = (b',"bookable":false,"price":null,"plans":[]',)
"""The members of a hotel without an offer, and the comma before them."""

_PRICE = b',"bookable":true,"price":{"amount":'
_NIGHTLY = b',"nightly_prices":['


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is written of a plan for every stay."""

    amounts: Amounts
    cheapest: bytes
    """Between the price of a hotel and the total of this plan, which is its cheapest."""
    other: bytes
    """The beginning of this plan, up to its total, where it comes after another."""


_Column = Iterable[bytes]


def offers(table: rate_pb2.PlanTable, into: str = "") -> Iterable[Pieces]:
    """Encode what each hotel of the table offers: the members `bookable`, `price` and `plans`.

    With `into`, the currency of the converted totals, these are told, too.
    """
    plans = [*map(_known.__getitem__, table.terms[:])]
    totals, nightly = _prices(plans, table.total_prices[:], table.nightly_prices[:])
    ends, ends_of_hotels = _ends(into, table.converted_totals[:])
    if not table.plan_counts:
        # A plan for each hotel: column by column all of it is done in C.
        cheapest = [known.cheapest for known in plans]
        columns = (totals, cheapest, totals, repeat(_NIGHTLY), nightly, ends, ends_of_hotels)
        return zip(repeat(_PRICE), *columns, strict=False)
    rows = zip(plans, totals, nightly, ends, ends_of_hotels, strict=False)
    return (_hotel(islice(rows, count)) for count in table.plan_counts[:])


def _hotel(plans: Iterator[tuple[_Known, bytes, bytes, bytes, bytes]]) -> Pieces:
    """What a hotel offers, its cheapest plan first."""
    known, total, nightly, end, end_of_hotel = next(plans)
    pieces = [_PRICE, total, known.cheapest, total, _NIGHTLY, nightly, end]
    for known, total, nightly, end, _ in plans:
        pieces += (known.other, total, _NIGHTLY, nightly, end)
    pieces.append(end_of_hotel)
    return pieces


def _prices(
    plans: Sequence[_Known], totals: Sequence[int], prices: Sequence[int]
) -> tuple[Sequence[bytes], _Column]:
    """The total of each plan, and the prices of its nights, as they are written."""
    nights = len(prices) // len(plans) if plans else 0
    written: _Column
    if len({known.amounts.code for known in plans}) == 1:
        # As in most places.
        write = plans[0].amounts.__getitem__
        written_totals, written = [*map(write, totals)], map(write, prices)
    else:
        by_night = chain.from_iterable(zip(*[plans] * nights, strict=True))
        written_totals, written = [*_written(plans, totals)], _written(by_night, prices)
    # The same iterator for every night: each plan takes its own nights from it.
    return written_totals, map(b",".join, zip(*[written] * nights, strict=True))


def _written(plans: Iterable[_Known], prices: Iterable[int]) -> Iterator[bytes]:
    return (known.amounts[price] for known, price in zip(plans, prices, strict=True))


def _ends(into: str, totals: Iterable[int]) -> tuple[_Column, _Column]:
    """What ends each plan, and a hotel whose cheapest it is: the total in another currency, too."""
    if not into:
        return repeat(b"]}"), repeat(b"]")
    currency = amounts(into)
    written = [currency[total] if total else b"null" for total in totals]
    prices = (
        b'{"amount":%b,"currency":%b}' % (currency[total], currency.code) if total else b"null"
        for total in totals
    )
    return (
        [b'],"converted_total":%b}' % total for total in written],
        [b'],"converted_price":%b' % price for price in prices],
    )


class _KnownPlans(dict[bytes, _Known]):
    """By the message that tells a plan's terms, encoded."""

    def __missing__(self, encoded: bytes) -> _Known:
        if len(self) >= MAX_KEPT:
            self.clear()
        terms = rate_pb2.Terms.FromString(encoded)
        prices = amounts(terms.currency)
        plan = msgspec.json.encode(
            Terms(
                code=terms.code,
                room_type=RoomType(code=terms.room_code, name=terms.room_name),
                max_adults=terms.max_adults,
                currency=terms.currency,
            )
        )
        beginning = plan[:-1] + b',"total_price":'
        known = self[encoded] = _Known(
            prices, b',"currency":%b},"plans":[%b' % (prices.code, beginning), b"," + beginning
        )
        return known


_known = _KnownPlans()
