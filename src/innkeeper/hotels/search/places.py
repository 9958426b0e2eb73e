"""Tables of places: parts of them, and two as one."""

from collections.abc import Sequence

from innkeeper.pb.geo.v1 import geo_pb2


def select(places: geo_pb2.Places, hotel_ids: Sequence[str]) -> geo_pb2.Places:
    """The places of some of the hotels, in that order; it may be the same table."""
    known = places.hotel_ids[:]
    if known == hotel_ids:
        return places
    positions = {hotel_id: position for position, hotel_id in enumerate(known)}
    return rows(places, [positions[hotel_id] for hotel_id in hotel_ids])


def rows(places: geo_pb2.Places, positions: Sequence[int]) -> geo_pb2.Places:
    """The places at these positions, in that order."""
    hotel_ids, distances = places.hotel_ids[:], places.distances[:]
    lats, lons = places.lats[:], places.lons[:]
    return geo_pb2.Places(
        hotel_ids=[hotel_ids[position] for position in positions],
        lats=[lats[position] for position in positions],
        lons=[lons[position] for position in positions],
        distances=[distances[position] for position in positions],
    )


def merged(places: geo_pb2.Places, others: geo_pb2.Places) -> geo_pb2.Places:
    """All places of both, each once, nearest first, ties by id."""
    both = geo_pb2.Places()
    both.MergeFrom(places)
    both.MergeFrom(others)
    ranked = zip(both.distances[:], both.hotel_ids[:], range(len(both.hotel_ids)), strict=True)
    first: dict[str, int] = {}
    for _, hotel_id, position in sorted(ranked):
        first.setdefault(hotel_id, position)
    return rows(both, list(first.values()))
