"""The Rate service: what a stay costs at each of some hotels."""

from collections.abc import Sequence

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.exchange import NO_EXCHANGE, Exchange
from innkeeper.hotels.rate.pricing import Priced, Pricing, patterns
from innkeeper.hotels.rate.ranking import Hotels, cheapest_first
from innkeeper.hotels.rate.store import RateStore
from innkeeper.hotels.rate.wishes import Wishes
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2


class Rate:
    """Answers what `rate.proto` promises from any store."""

    def __init__(self, store: RateStore, exchange: Exchange = NO_EXCHANGE) -> None:
        self._store = store
        self._exchange = exchange
        self._patterns = patterns()

    async def GetRates(
        self, request: rate_pb2.GetRatesRequest, context: object
    ) -> rate_pb2.GetRatesResponse:
        """The plans that can be booked for the whole stay and are as wished.

        A hotel that is asked for twice is answered once.

        Raises:
            BadInput: the stay is impossible or too long, or the limit or a wish out of range.
        """
        pricing = Pricing(Stay.from_message(request.stay), self._patterns)
        if request.limit < 0:
            raise BadInput("limit", "a whole number of at least 0")
        wishes = None
        if request.HasField("wishes"):
            wishes = Wishes(request.wishes, self._exchange, pricing)
        hotel_ids = request.hotel_ids[:]
        plans = await self._store.plans(hotel_ids)
        # Priced as they are taken: hotels after the last one that is wanted are not.
        hotels: Hotels = zip(plans, (wishes or pricing).price(plans.values()), strict=True)
        limit = request.limit or len(hotel_ids)
        response = rate_pb2.GetRatesResponse()
        if request.order == rate_pb2.CHEAPEST_FIRST:
            after = request.after if request.HasField("after") else None
            hotels, last = cheapest_first(hotels, hotel_ids, self._exchange, limit, after)
            if last is not None:
                response.last.CopyFrom(last)
        told = _write(response, hotels, limit, cheapest_only=request.cheapest_only)
        if wishes is not None and wishes.currency:
            response.plans.converted_totals.extend(
                wishes.convert(row.offer.plan.currency, row.total) for row in told
            )
            response.conversion.currency = wishes.currency
            response.conversion.date = self._exchange.date.isoformat()
        return response


def _write(
    response: rate_pb2.GetRatesResponse, hotels: Hotels, limit: int, *, cheapest_only: bool
) -> Sequence[Priced]:
    """Fill the table with the first hotels that can be booked, of at most `limit`, and tell which
    plans are in it."""
    hotel_ids: list[str] = []
    counts: list[int] = []
    told: list[Priced] = []
    for hotel_id, priced in hotels:
        if not priced:
            continue
        hotel_ids.append(hotel_id)
        if cheapest_only:
            told.append(priced[0])
        else:
            counts.append(len(priced))
            told += priced
        if len(hotel_ids) == limit:
            break
    if hotel_ids:
        # Where it is, as a table of its own would be copied into the response.
        table = response.plans
        table.hotel_ids.extend(hotel_ids)
        table.plan_counts.extend(counts)
        table.plans.extend([row.message for row in told])
    return told
