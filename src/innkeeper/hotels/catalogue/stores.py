"""The stores that the services read, chosen by the address of the catalogue."""

from innkeeper.hotels.catalogue.address import Database, parse
from innkeeper.hotels.geo.store import GeoStore, JsonGeoStore
from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.profile.store import JsonProfileStore, ProfileStore
from innkeeper.hotels.rate.store import JsonRateStore, RateStore


def open_geo(data: str) -> GeoStore:
    """Open what Geo reads.

    Raises:
        CannotStart: the address or what is there cannot be used; the text says why.
    """
    place = parse(data)
    if isinstance(place, Database):
        from innkeeper.hotels.geo.sqlite_store import SqliteGeoStore

        return SqliteGeoStore.open(place.path)
    if isinstance(place, Postgres):
        from innkeeper.hotels.geo.postgres_store import PostgresGeoStore

        return PostgresGeoStore.open(place)
    return JsonGeoStore.load(place.path / "geo.json")


def open_rate(data: str) -> RateStore:
    """Open what Rate reads.

    Raises:
        CannotStart: the address or what is there cannot be used; the text says why.
    """
    place = parse(data)
    if isinstance(place, Database):
        from innkeeper.hotels.rate.sqlite_store import SqliteRateStore

        return SqliteRateStore.open(place.path)
    if isinstance(place, Postgres):
        from innkeeper.hotels.rate.postgres_store import PostgresRateStore

        return PostgresRateStore.open(place)
    return JsonRateStore.load(place.path / "rate.json")


def open_profile(data: str) -> ProfileStore:
    """Open what Profile reads.

    Raises:
        CannotStart: the address or what is there cannot be used; the text says why.
    """
    place = parse(data)
    if isinstance(place, Database):
        from innkeeper.hotels.profile.sqlite_store import SqliteProfileStore

        return SqliteProfileStore.open(place.path)
    if isinstance(place, Postgres):
        from innkeeper.hotels.profile.postgres_store import PostgresProfileStore

        return PostgresProfileStore.open(place)
    return JsonProfileStore.load(place.path / "profile.json")
