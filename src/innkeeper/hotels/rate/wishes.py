"""What guests want of a plan: room for all of them, a type of room, a price within limits."""

from collections.abc import Iterable, Iterator, Sequence

from innkeeper.errors import BadInput
from innkeeper.hotels import money
from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.pricing import Priced, Pricing
from innkeeper.pb.rate.v1 import rate_pb2

MOST_ADULTS = 100
MOST_ROOMS = 20

_THOUSANDTHS = 3
_INT64 = 2**63


class Wishes:
    """Prices plans for guests who want something of them."""

    def __init__(self, message: rate_pb2.Wishes, exchange: Exchange, pricing: Pricing) -> None:
        """Take what prices the plans of a hotel for one room.

        Raises:
            BadInput: a number is out of range, or the currency has no known rate.
        """
        if not 0 <= message.adults <= MOST_ADULTS:
            raise BadInput("adults", f"a whole number from 1 to {MOST_ADULTS}")
        if not 0 <= message.rooms <= MOST_ROOMS:
            raise BadInput("rooms", f"a whole number from 1 to {MOST_ROOMS}")
        if message.min_price < 0:
            raise BadInput("min_price", "an amount of at least 0")
        if message.max_price < 0:
            raise BadInput("max_price", "an amount of at least 0")
        if message.currency and not exchange.knows(message.currency):
            raise BadInput("currency", "one that an exchange rate is known of")
        self._exchange = exchange
        self._pricing = pricing
        self._adults = message.adults or 1
        self._rooms = message.rooms or 1
        self._room_type = message.room_type.casefold()
        self.currency = message.currency
        self._min_price, self._max_price = message.min_price, message.max_price

    def price(self, hotels: Iterable[HotelPlans]) -> Iterator[Sequence[Priced]]:
        """Of each hotel the plans that fit, with the totals of all rooms, cheapest first."""
        return map(self._fitting, self._pricing.price(hotels))

    def _fitting(self, priced: Iterable[Priced]) -> Sequence[Priced]:
        rooms = self._rooms
        fitting = [row for row in priced if self._fits(row.offer.plan)]
        if rooms > 1:
            fitting = [row.times(rooms) for row in fitting]
        if self._min_price or self._max_price:
            return [row for row in fitting if self._affordable(row)]
        return fitting

    def convert(self, currency: str, total: int) -> int:
        """A total in the currency wished for; 0 when no rate is known, or it is beyond int64."""
        converter = self._exchange.converter(currency, self.currency)
        converted = 0 if converter is None else converter(total)
        return converted if converted < _INT64 else 0

    def _fits(self, plan: RatePlan) -> bool:
        if plan.max_adults * self._rooms < self._adults:
            return False
        wanted = self._room_type
        return (
            not wanted or wanted == plan.room_code.casefold() or wanted in plan.room_name.casefold()
        )

    def _affordable(self, row: Priced) -> bool:
        total, currency = row.total, row.offer.plan.currency
        if self.currency:
            total = self.convert(currency, total)
            if not total:
                return False
            currency = self.currency
        thousandths = total * 10 ** (_THOUSANDTHS - money.EXPONENTS.get(currency, 2))
        return self._min_price <= thousandths and (
            not self._max_price or thousandths <= self._max_price
        )
