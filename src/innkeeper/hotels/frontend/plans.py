"""Writes what the answer says about plans and prices.

What a stay costs under a plan comes as bytes that are the same whenever the price is. So what is
written of them is kept: few are seen for the first time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, repeat

import msgspec

from innkeeper.hotels.frontend.amounts import Amounts, amounts
from innkeeper.hotels.frontend.geojson import RoomType, Terms
from innkeeper.hotels.memo import Memo
from innkeeper.pb.rate.v1 import rate_pb2

MAX_KEPT = 20_000

NOT_BOOKABLE = b',"bookable":false,"price":null,"plans":[]'
"""The members of a hotel without an offer, and the comma before them."""


def offers(table: rate_pb2.PlanTable, into: str = "") -> Iterable[bytes]:
    """Encode what each hotel of the table offers: the members `bookable`, `price` and `plans`, and
    the comma before them.

    With `into`, the currency of the converted totals, these are told, too.
    """
    if into:
        return _converted(table, into)
    if not table.plan_counts:
        return map(_alone.__getitem__, table.plans[:])
    plans = map(_known.__getitem__, table.plans[:])
    return (_hotel(islice(plans, count)) for count in table.plan_counts[:])


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is written of a plan at a price."""

    price: bytes
    """The members of a hotel whose cheapest it is, up to its first plan."""
    plan: bytes
    """The plan, but for its closing brace."""


def _hotel(
    plans: Iterable[_Known], ends: Iterable[bytes] = repeat(b"}"), end: bytes = b"]"
) -> bytes:
    """What a hotel offers, its cheapest plan first. `ends` come behind each plan, `end` behind
    all."""
    pieces: list[bytes] = []
    for known, end_of_plan in zip(plans, ends, strict=False):
        pieces += (b"," if pieces else known.price, known.plan, end_of_plan)
    pieces.append(end)
    return b"".join(pieces)


def _converted(table: rate_pb2.PlanTable, into: str) -> Iterable[bytes]:
    """As `offers` says, with totals in another currency."""
    currency = amounts(into)
    plans = map(_known.__getitem__, table.plans[:])
    totals = iter(table.converted_totals[:])
    for count in table.plan_counts[:] or [1] * len(table.hotel_ids):
        written = [currency[total] if total else b"null" for total in islice(totals, count)]
        ends = [b',"converted_total":%b}' % total for total in written]
        price = written[0]
        if price != b"null":
            price = b'{"amount":%b,"currency":%b}' % (price, currency.code)
        yield _hotel(islice(plans, count), ends, b'],"converted_price":%b' % price)


def _write_alone(encoded: bytes) -> bytes:
    """What a hotel offers whose only plan is this one."""
    return _hotel([_known[encoded]])


def _write_plan(encoded: bytes) -> _Known:
    plan = rate_pb2.PricedPlan.FromString(encoded)
    money, terms = _terms[plan.terms]
    total = money[plan.total_price]
    nights = b",".join([money[price] for price in plan.nightly_prices])
    return _Known(
        b',"bookable":true,"price":{"amount":%b,"currency":%b},"plans":[' % (total, money.code),
        b'%b,"total_price":%b,"nightly_prices":[%b]' % (terms, total, nights),
    )


def _write_terms(encoded: bytes) -> tuple[Amounts, bytes]:
    """The amounts of a plan and its beginning, up to its total."""
    terms = rate_pb2.Terms.FromString(encoded)
    plan = msgspec.json.encode(
        Terms(
            code=terms.code,
            room_type=RoomType(code=terms.room_code, name=terms.room_name),
            max_adults=terms.max_adults,
            currency=terms.currency,
        )
    )
    return amounts(terms.currency), plan[:-1]


# By the encoded `PricedPlan`, and by the encoded `Terms`.
_alone = Memo(_write_alone, MAX_KEPT)
_known = Memo(_write_plan, MAX_KEPT)
_terms = Memo(_write_terms, MAX_KEPT)
