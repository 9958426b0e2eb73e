import pytest

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.address import parse
from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.postgres.schema import prepare_reading


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://keeper:secret@db:5432/hotels", "postgresql://keeper:***@db:5432/hotels"),
        ("postgresql://keeper:se@cr/et@db/hotels", "postgresql://keeper:***@db/hotels"),
        ("postgresql://keeper@db/hotels", "postgresql://keeper@db/hotels"),
        ("postgresql://db/hotels?Password=secret&a=b", "postgresql://db/hotels?Password=***&a=b"),
    ],
)
def test_passwords_are_not_shown(url: str, shown: str) -> None:
    """Neither as text nor in what developers see, however they are written."""
    assert str(Postgres(url)) == repr(Postgres(url)) == shown


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_both_names_of_the_scheme_are_understood(scheme: str) -> None:
    """As libpq does."""
    assert parse(f"{scheme}://db/hotels") == Postgres(f"{scheme}://db/hotels")


def test_a_password_that_could_end_in_two_places_is_refused() -> None:
    """Before anything is asked for a host whose name is part of it."""
    with pytest.raises(CannotStart, match="special characters as %40"):
        prepare_reading(Postgres("postgresql://keeper:se@cret@127.0.0.1:1/hotels"))
