"""Writes what the answer says about plans and prices."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice, repeat
from operator import attrgetter
from typing import NamedTuple

import msgspec

from innkeeper.hotels.frontend.amounts import amounts
from innkeeper.hotels.frontend.geojson import RoomType, Terms
from innkeeper.pb.rate.v1 import rate_pb2

MAX_KEPT = 10_000

NOT_BOOKABLE = b'"bookable":false,"price":null,"plans":[]'
"""The members of a hotel without an offer."""


def offers(table: rate_pb2.PlanTable, into: str = "") -> Iterator[bytes]:
    """Encode what each hotel of the table offers: the members `bookable`, `price` and `plans`.

    With `into`, the currency of the converted totals, these are told, too.
    """
    terms = [*map(_terms.__getitem__, table.terms[:])]
    totals, nightly = _amounts(table, terms)
    nights = len(nightly) // len(terms) if terms else 0
    besides = [*map(_converted(into), table.converted_totals[:])] if into else []
    plans = [
        b'%b"total_price":%b,"nightly_prices":[%b]%b}' % plan
        for plan in zip(
            map(_beginning, terms),
            totals,
            # The same iterator for every night: each plan takes its own nights from it.
            map(b",".join, zip(*[iter(nightly)] * nights, strict=True)),
            besides or repeat(b"", len(terms)),
            strict=True,
        )
    ]
    first = 0
    for count in table.plan_counts[:]:
        yield b'"bookable":true,"price":{"amount":%b,"currency":%b},"plans":[%b]%b' % (
            totals[first],
            terms[first].quoted_currency,
            plans[first] if count == 1 else b",".join(plans[first : first + count]),
            _converted_price(besides[first], into) if into else b"",
        )
        first += count


def _amounts(
    table: rate_pb2.PlanTable, terms: Sequence["_Written"]
) -> tuple[list[bytes], list[bytes]]:
    """The totals of the plans and the prices of their nights as they are written."""
    totals, nightly = table.total_prices[:], table.nightly_prices[:]
    nights = len(nightly) // len(terms) if terms else 0
    total, price = iter(totals), iter(nightly)
    written_totals: list[bytes] = []
    written_prices: list[bytes] = []
    # Hotels of one place mostly have one currency, so that all of them are written in one go.
    for currency, run in groupby(map(_currency, terms)):
        write = amounts(currency).__getitem__
        count = len([*run])
        written_totals += map(write, islice(total, count))
        written_prices += map(write, islice(price, count * nights))
    return written_totals, written_prices


def _converted(into: str) -> Callable[[int], bytes]:
    currency = amounts(into)
    return lambda total: b',"converted_total":%b' % (currency[total] if total else b"null")


def _converted_price(total: bytes, into: str) -> bytes:
    """The member of the hotel that says what that of its cheapest plan does."""
    amount = total.partition(b":")[2]
    if amount == b"null":
        return b',"converted_price":null'
    return b',"converted_price":{"amount":%b,"currency":%b}' % (amount, amounts(into).code)


class _Written(NamedTuple):
    """What is written of a plan for every stay."""

    currency: str
    quoted_currency: bytes
    beginning: bytes
    """Of the plan, up to its prices."""


class _Terms(dict[bytes, _Written]):
    """Plans that were written before, by the message that tells their terms."""

    def __missing__(self, encoded: bytes) -> _Written:
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
        written = self[encoded] = _Written(
            terms.currency, amounts(terms.currency).code, beginning[:-1] + b","
        )
        return written


_terms = _Terms()
_currency = attrgetter("currency")
_beginning = attrgetter("beginning")
