"""The Rate service: what a stay costs at each of some hotels."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.exchange import NO_EXCHANGE, Exchange
from innkeeper.hotels.rate.pricing import Priced, Pricing
from innkeeper.hotels.rate.ranking import cheapest_first
from innkeeper.hotels.rate.store import RateStore
from innkeeper.hotels.rate.wishes import Wishes
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2


class Rate:
    """Answers what `rate.proto` promises from any store."""

    def __init__(self, store: RateStore, exchange: Exchange = NO_EXCHANGE) -> None:
        self._store = store
        self._exchange = exchange

    async def GetRates(
        self, request: rate_pb2.GetRatesRequest, context: object
    ) -> rate_pb2.GetRatesResponse:
        """The plans that can be booked for the whole stay and are as wished.

        A hotel that is asked for twice is answered once.

        Raises:
            BadInput: the stay is impossible or too long, or the limit or a wish out of range.
        """
        stay = Stay.from_message(request.stay)
        if request.limit < 0:
            raise BadInput("limit", "a whole number of at least 0")
        pricing = Pricing(stay)
        wishes = None
        if request.HasField("wishes"):
            wishes = Wishes(request.wishes, self._exchange, pricing)
        hotel_ids = list(dict.fromkeys(request.hotel_ids[:]))
        plans = await self._store.plans(hotel_ids)
        response = rate_pb2.GetRatesResponse()
        limit = request.limit or len(hotel_ids)
        offers = wishes or pricing
        price = offers.cheapest if request.cheapest_only else offers.price
        if request.order == rate_pb2.CHEAPEST_FIRST:
            hotels = _price(hotel_ids, plans, price, len(hotel_ids))
            after = request.after if request.HasField("after") else None
            hotels, last = cheapest_first(hotels, hotel_ids, self._exchange, limit, after)
            if last is not None:
                response.last.CopyFrom(last)
        else:
            hotels = _price(hotel_ids, plans, price, limit)
        if hotels:
            _write(response.plans, hotels)
        if wishes is not None and wishes.currency:
            _convert(response, wishes, hotels)
            response.conversion.date = self._exchange.date.isoformat()
        return response


def _price(
    hotel_ids: Sequence[str],
    plans: Mapping[str, HotelPlans],
    price: Callable[[HotelPlans], Sequence[Priced]],
    limit: int,
) -> Mapping[str, Sequence[Priced]]:
    """The plans of the first hotels that can be booked, of at most `limit`."""
    bookable: dict[str, Sequence[Priced]] = {}
    for hotel_id in hotel_ids:
        of_hotel = plans.get(hotel_id)
        if of_hotel and (priced := price(of_hotel)):
            bookable[hotel_id] = priced
            if len(bookable) == limit:
                break
    return bookable


def _write(table: rate_pb2.PlanTable, hotels: Mapping[str, Sequence[Priced]]) -> None:
    """Fill the columns where they are: a table of its own would be copied into the response."""
    rows = list(hotels.values())
    totals, nights, offers = zip(*chain.from_iterable(rows), strict=True)
    table.hotel_ids.extend(hotels)
    table.plan_counts.extend([len(row) for row in rows])
    table.terms.extend([offer.terms for offer in offers])
    table.total_prices.extend(totals)
    table.nightly_prices.extend(list(chain.from_iterable(nights)))


def _convert(
    response: rate_pb2.GetRatesResponse, wishes: Wishes, hotels: Mapping[str, Sequence[Priced]]
) -> None:
    response.conversion.currency = wishes.currency
    response.plans.converted_totals.extend(
        wishes.convert(offer.plan.currency, total)
        for total, _, offer in chain.from_iterable(hotels.values())
    )
