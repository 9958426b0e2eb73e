"""What tests of stores share: a private PostgreSQL, started when a test asks for it."""

from collections.abc import Iterator

import pytest

from tests.support.catalogues import PostgresCatalogue
from tests.support.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of a session; none may stop it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_catalogue(postgres: Postgres) -> Iterator[PostgresCatalogue]:
    """A database that is filled anew again and again."""
    catalogue = PostgresCatalogue(postgres.create("postgis"))
    yield catalogue
    catalogue.close()
