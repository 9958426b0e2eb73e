"""What the frontend asks Search, made of the query of `/hotels`."""

from innkeeper.hotels.frontend.paging import read_cursor
from innkeeper.hotels.frontend.parameters import HotelsQuery
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

_ORDERS = {
    "distance": search_pb2.NEAREST_FIRST,
    "price": search_pb2.CHEAPEST_FIRST,
    "rating": search_pb2.BEST_RATED_FIRST,
}


def question(query: HotelsQuery) -> search_pb2.NearbyRequest:
    """The request of a query.

    Raises:
        BadInput: the cursor is none, or one of another query.
    """
    cheapest_only = query.plans == "cheapest"
    if query.bbox:
        west, south, east, north = query.box()
        box = geo_pb2.Box(west=west, south=south, east=east, north=north)
        request = search_pb2.NearbyRequest(box=box, limit=query.limit, cheapest_only=cheapest_only)
    else:
        request = search_pb2.NearbyRequest(
            lat=query.lat,
            lon=query.lon,
            radius=query.radius,
            limit=query.limit,
            cheapest_only=cheapest_only,
        )
    # Where it is, as a stay of its own would be copied.
    stay = request.stay
    stay.in_date, stay.out_date = query.in_date.isoformat(), query.out_date.isoformat()
    if query.cursor:
        request.after.CopyFrom(read_cursor(query))
    if query.q or query.min_rating:
        request.q, request.min_rating = query.q, query.min_rating
    if query.sort != "distance":
        request.order = _ORDERS[query.sort]
    if query.bookable == "any":
        request.unbookable_too = True
    if _has_wishes(query):
        least, most = query.thousandths()
        request.wishes.CopyFrom(
            rate_pb2.Wishes(
                adults=query.adults,
                rooms=query.rooms,
                room_type=query.room_type,
                currency=query.currency,
                min_price=least,
                max_price=most,
            )
        )
    return request


def _has_wishes(query: HotelsQuery) -> bool:
    return (
        query.adults > 1
        or query.rooms > 1
        or bool(query.room_type or query.currency or query.min_price or query.max_price)
    )
