"""The Rate service: what a stay costs at each of some hotels."""

from collections.abc import Iterable
from operator import itemgetter

from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.store import RateStore
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2

_Priced = tuple[int, str, list[int], RatePlan]
"""Total and code of a plan, to be ordered by, its nightly prices, and the plan."""

_price_and_code = itemgetter(0, 1)


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
            BadInput: the stay is impossible or too long.
        """
        stay = Stay.from_message(request.stay)
        hotel_ids = list(dict.fromkeys(request.hotel_ids))
        plans = await self._store.plans(hotel_ids)
        response = rate_pb2.GetRatesResponse()
        for hotel_id in hotel_ids:
            if priced := _priced(plans.get(hotel_id, ()), stay):
                _write(priced, response.hotels.add(hotel_id=hotel_id))
        return response


def _priced(plans: Iterable[RatePlan], stay: Stay) -> list[_Priced]:
    """The plans that can be booked for the stay, cheapest first."""
    priced = [
        (sum(prices), plan.code, prices, plan)
        for plan in plans
        if (prices := plan.nightly_prices(stay)) is not None
    ]
    priced.sort(key=_price_and_code)
    return priced


def _write(priced: Iterable[_Priced], hotel: rate_pb2.HotelRates) -> None:
    for total, _, prices, plan in priced:
        message = hotel.plans.add()
        message.MergeFromString(plan.message)
        message.nightly_prices.extend(prices)
        message.total_price = total
