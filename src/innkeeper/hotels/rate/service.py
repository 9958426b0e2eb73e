"""The Rate service: what a stay costs at each of some hotels."""

from collections.abc import Mapping, Sequence
from itertools import chain

from innkeeper.errors import BadInput
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.pricing import Priced, Pricing
from innkeeper.hotels.rate.store import RateStore
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2


class Rate:
    """Answers what `rate.proto` promises from any store."""

    def __init__(self, store: RateStore) -> None:
        self._store = store

    async def GetRates(
        self, request: rate_pb2.GetRatesRequest, context: object
    ) -> rate_pb2.GetRatesResponse:
        """The plans that can be booked for the whole stay, hotels in the order asked for.

        A hotel that is asked for twice is answered once.

        Raises:
            BadInput: the stay is impossible or too long, or the limit is below zero.
        """
        stay = Stay.from_message(request.stay)
        if request.limit < 0:
            raise BadInput("limit", "a whole number of at least 0")
        hotel_ids = list(dict.fromkeys(request.hotel_ids))
        plans = await self._store.plans(hotel_ids)
        response = rate_pb2.GetRatesResponse()
        if priced := _price(hotel_ids, plans, stay, request.limit or len(hotel_ids)):
            _write(response.plans, priced)
        return response


def _price(
    hotel_ids: Sequence[str], plans: Mapping[str, Sequence[RatePlan]], stay: Stay, limit: int
) -> Mapping[str, Sequence[Priced]]:
    """The plans of the first hotels that can be booked, of at most `limit`."""
    pricing = Pricing(stay)
    bookable: dict[str, Sequence[Priced]] = {}
    for hotel_id in hotel_ids:
        if priced := pricing.price(plans.get(hotel_id, ())):
            bookable[hotel_id] = priced
            if len(bookable) == limit:
                break
    return bookable


def _write(table: rate_pb2.PlanTable, hotels: Mapping[str, Sequence[Priced]]) -> None:
    """Fill the columns where they are: a table of its own would be copied into the response."""
    rows = list(hotels.values())
    totals, codes, nights, plans = zip(*chain.from_iterable(rows), strict=True)
    table.hotel_ids.extend(hotels)
    table.plan_counts.extend([len(row) for row in rows])
    table.currencies.extend([row[0][3].currency for row in rows])
    table.codes.extend(codes)
    table.room_codes.extend([plan.room_code for plan in plans])
    table.room_names.extend([plan.room_name for plan in plans])
    table.max_adults.extend([plan.max_adults for plan in plans])
    table.total_prices.extend(totals)
    table.nightly_prices.extend(list(chain.from_iterable(nights)))
