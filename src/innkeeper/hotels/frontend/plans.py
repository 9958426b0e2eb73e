"""Writes what the answer says about plans and prices."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice, repeat
from operator import itemgetter

import msgspec

from innkeeper.hotels.frontend.amounts import amounts
from innkeeper.hotels.frontend.geojson import RoomType, Terms
from innkeeper.pb.rate.v1 import rate_pb2

MAX_KEPT = 10_000

_Words = tuple[str, str, str, int]
"""A plan's code, the code and name of its type of room, and how many adults a room holds."""


NOT_BOOKABLE = b'"bookable":false,"price":null,"plans":[]'
"""The members of a hotel without an offer."""


def offers(table: rate_pb2.PlanTable, into: str = "") -> Iterator[bytes]:
    """Encode what each hotel of the table offers: the members `bookable`, `price` and `plans`.

    With `into`, the currency of the converted totals, these are told, too.
    """
    codes, nightly = table.codes[:], table.nightly_prices[:]
    nights = len(nightly) // len(codes) if codes else 0
    words = zip(codes, table.room_codes[:], table.room_names[:], table.max_adults[:], strict=True)
    totals, prices = iter(table.total_prices[:]), iter(nightly)
    converted = map(_converted(into), table.converted_totals[:]) if into else repeat(b"")
    hotels = zip(table.currencies[:], table.plan_counts[:], strict=True)
    # Hotels of one place mostly have one currency, so that all of them are written in one go.
    for code, run in groupby(hotels, itemgetter(0)):
        currency = amounts(code)
        counts = [count for _, count in run]
        count = sum(counts)
        total = [*map(currency.__getitem__, islice(totals, count))]
        besides = [*islice(converted, count)]
        plans = _plans(
            map(_terms(code).__getitem__, islice(words, count)),
            total,
            # The same iterator for every night: each plan takes its own nights from it.
            zip(*[map(currency.__getitem__, islice(prices, count * nights))] * nights, strict=True),
            besides,
        )
        first = 0
        for count in counts:
            yield b'"bookable":true,"price":{"amount":%b,"currency":%b},"plans":[%b]%b' % (
                total[first],
                currency.code,
                b",".join(plans[first : first + count]),
                _converted_price(besides[first], into) if into else b"",
            )
            first += count


def _plans(
    terms: Iterable[bytes],
    totals: Iterable[bytes],
    nightly: Iterable[Iterable[bytes]],
    besides: Iterable[bytes],
) -> Sequence[bytes]:
    return [
        b'%b"total_price":%b,"nightly_prices":[%b]%b}' % plan
        for plan in zip(terms, totals, map(b",".join, nightly), besides, strict=True)
    ]


def _converted(into: str) -> Callable[[int], bytes]:
    currency = amounts(into)
    return lambda total: b',"converted_total":%b' % (currency[total] if total else b"null")


def _converted_price(total: bytes, into: str) -> bytes:
    """The member of the hotel that says what that of its cheapest plan does."""
    amount = total.partition(b":")[2]
    if amount == b"null":
        return b',"converted_price":null'
    return b',"converted_price":{"amount":%b,"currency":%b}' % (amount, amounts(into).code)


class _Terms(dict[_Words, bytes]):
    """The beginnings of plans in a currency, which tell what is the same for every stay."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        self._currency = currency

    def __missing__(self, words: _Words) -> bytes:
        if len(self) >= MAX_KEPT:
            self.clear()
        code, room_code, room_name, max_adults = words
        terms = Terms(
            code=code,
            room_type=RoomType(code=room_code, name=room_name),
            max_adults=max_adults,
            currency=self._currency,
        )
        encoded = self[words] = msgspec.json.encode(terms)[:-1] + b","
        return encoded


# More than there are currencies.
@lru_cache(256)
def _terms(currency: str) -> _Terms:
    return _Terms(currency)
