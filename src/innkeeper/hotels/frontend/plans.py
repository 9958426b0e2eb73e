"""Writes what the answer says about plans and prices."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from typing import NamedTuple

import msgspec

from innkeeper.hotels.frontend.amounts import Amounts, amounts
from innkeeper.hotels.frontend.geojson import RoomType, Terms
from innkeeper.pb.rate.v1 import rate_pb2

MAX_KEPT = 10_000

NOT_BOOKABLE = b'"bookable":false,"price":null,"plans":[]'
"""The members of a hotel without an offer."""

_PLAN = b'%b"total_price":%b,"nightly_prices":[%b]%b}'
# With its cheapest plan, as most hotels tell no other: one text is written faster than two.
_HOTEL = b'"bookable":true,"price":{"amount":%b,"currency":%b},"plans":[' + _PLAN + b"%b]%b"


class _Known(NamedTuple):
    """What is written of a plan for every stay."""

    amounts: Amounts
    beginning: bytes
    """Of the plan, up to its prices."""


_Plan = tuple[_Known, bytes, bytes, tuple[bytes, bytes]]
"""With its total, its nightly prices, and what the total is in another currency."""


def offers(table: rate_pb2.PlanTable, into: str = "") -> Iterator[bytes]:
    """Encode what each hotel of the table offers: the members `bookable`, `price` and `plans`.

    With `into`, the currency of the converted totals, these are told, too.
    """
    plans = _plans(table, into)
    for count in table.plan_counts[:]:
        known, total, nightly, (converted, converted_price) = next(plans)
        yield _HOTEL % (
            total,
            known.amounts.code,
            known.beginning,
            total,
            nightly,
            converted,
            _others(islice(plans, count - 1)) if count > 1 else b"",
            converted_price,
        )


def _others(plans: Iterable[_Plan]) -> bytes:
    """The plans of a hotel that come after its cheapest."""
    return b"".join(
        [
            b"," + _PLAN % (known.beginning, total, nightly, converted)
            for known, total, nightly, (converted, _) in plans
        ]
    )


def _plans(table: rate_pb2.PlanTable, into: str) -> Iterator[_Plan]:
    """The plans of a table, column by column as far as it goes: that is all in C."""
    plans = [*map(_known.__getitem__, table.terms[:])]
    totals, prices = table.total_prices[:], table.nightly_prices[:]
    nights = len(prices) // len(plans) if plans else 0
    written_totals: Iterable[bytes]
    written_prices: Iterable[bytes]
    if len({known.amounts.code for known in plans}) == 1:
        # As in most places.
        write = plans[0].amounts.__getitem__
        written_totals, written_prices = map(write, totals), map(write, prices)
    else:
        written_totals = _written(plans, totals)
        by_night = chain.from_iterable(zip(*[plans] * nights, strict=True))
        written_prices = _written(by_night, prices)
    return zip(
        plans,
        written_totals,
        # The same iterator for every night: each plan takes its own nights from it.
        map(b",".join, zip(*[written_prices] * nights, strict=True)),
        map(_converted(into), table.converted_totals[:]) if into else repeat((b"", b"")),
        # What is repeated has no end.
        strict=False,
    )


def _written(plans: Iterable[_Known], prices: Iterable[int]) -> Iterator[bytes]:
    return (known.amounts[price] for known, price in zip(plans, prices, strict=True))


def _converted(into: str) -> Callable[[int], tuple[bytes, bytes]]:
    """Writes a total as the plan says it, and as the hotel does of its cheapest one."""
    currency = amounts(into)

    def write(total: int) -> tuple[bytes, bytes]:
        if not total:
            return b',"converted_total":null', b',"converted_price":null'
        amount = currency[total]
        return (
            b',"converted_total":%b' % amount,
            b',"converted_price":{"amount":%b,"currency":%b}' % (amount, currency.code),
        )

    return write


class _KnownPlans(dict[bytes, _Known]):
    """By the message that tells a plan's terms, encoded."""

    def __missing__(self, encoded: bytes) -> _Known:
        if len(self) >= MAX_KEPT:
            self.clear()
        terms = rate_pb2.Terms.FromString(encoded)
        beginning = msgspec.json.encode(
            Terms(
                code=terms.code,
                room_type=RoomType(code=terms.room_code, name=terms.room_name),
                max_adults=terms.max_adults,
                currency=terms.currency,
            )
        )
        known = self[encoded] = _Known(amounts(terms.currency), beginning[:-1] + b",")
        return known


_known = _KnownPlans()
