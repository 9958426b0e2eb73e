"""The Rate service: what a stay costs at each of some hotels."""

from collections.abc import Iterable
from operator import attrgetter

from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.store import RateStore
from innkeeper.hotels.stay import Stay
from innkeeper.pb.rate.v1 import rate_pb2

_cheapest_first = attrgetter("total_price", "code")


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
        return rate_pb2.GetRatesResponse(
            hotels=[
                rate_pb2.HotelRates(hotel_id=hotel_id, plans=priced)
                for hotel_id in hotel_ids
                if (priced := _priced(plans.get(hotel_id, ()), stay))
            ]
        )


def _priced(plans: Iterable[RatePlan], stay: Stay) -> list[rate_pb2.PricedPlan]:
    priced = [
        rate_pb2.PricedPlan(
            code=plan.code,
            room_type=rate_pb2.RoomType(code=plan.room_code, name=plan.room_name),
            max_adults=plan.max_adults,
            currency=plan.currency,
            nightly_prices=prices,
            total_price=sum(prices),
        )
        for plan in plans
        if (prices := plan.nightly_prices(stay)) is not None
    ]
    priced.sort(key=_cheapest_first)
    return priced
