"""The tables in a database, in a schema of their own, and the steps from one version to the next.

The version stands in the table `version`. An older form is brought forward when a database is
opened; a newer one is refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import errors, sql

from innkeeper.errors import CannotStart
from innkeeper.hotels.postgres.failures import cannot_connect, cannot_write, one_line, unreadable
from innkeeper.hotels.postgres.place import Postgres

SCHEMA = "innkeeper"
CONNECT_SECONDS = 5
_MIGRATING = 0x494E4E01
"""Key of the advisory lock that whoever brings the tables forward holds."""

TABLES: LiteralString = """
    CREATE TABLE place (
        hotel_id text COLLATE "C" NOT NULL,
        lat double precision NOT NULL,
        lon double precision NOT NULL,
        geog geography(Point, 4326) NOT NULL
            GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography) STORED
    );
    CREATE TABLE rate (hotel_id text COLLATE "C" NOT NULL, plans text NOT NULL);
    CREATE TABLE profile (hotel_id text COLLATE "C" NOT NULL, record text NOT NULL);
    CREATE TABLE listing (
        hotel_id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        city text NOT NULL,
        rating double precision
    );
    CREATE TABLE word (id integer NOT NULL, word text COLLATE "C" NOT NULL);
    CREATE TABLE mistyping (spelling text COLLATE "C" NOT NULL, word text COLLATE "C" NOT NULL);
    CREATE TABLE hotel_word (word_id integer NOT NULL, hotel_id text COLLATE "C" NOT NULL);
"""
INDEXES: LiteralString = """
    ALTER TABLE place ADD PRIMARY KEY (hotel_id);
    -- Yields places by their distance, those in a box alone where that is asked for.
    CREATE INDEX place_position ON place USING gist (geog, point(lon, lat));
    ALTER TABLE rate ADD PRIMARY KEY (hotel_id);
    ALTER TABLE profile ADD PRIMARY KEY (hotel_id);
    ALTER TABLE listing ADD PRIMARY KEY (hotel_id);
    ALTER TABLE word ADD PRIMARY KEY (id);
    ALTER TABLE word ADD UNIQUE (word);
    ALTER TABLE mistyping ADD PRIMARY KEY (spelling, word);
    ALTER TABLE hotel_word ADD PRIMARY KEY (word_id, hotel_id);
"""
MIGRATIONS: tuple[LiteralString, ...] = (TABLES + INDEXES,)
"""Each brings the tables to the next version; a published one never changes. The first makes them.
"""


@contextmanager
def connected(place: Postgres, **options: Any) -> Iterator[psycopg.Connection]:
    """A connection that sees our schema, whether it is there or not, and PostGIS.

    Raises:
        CannotStart: the database cannot be reached; the text says why, without the password.
    """
    if place.is_ambiguous:
        raise unreadable(place)
    try:
        connection = psycopg.connect(
            place.url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            fallback_application_name="innkeeper",
            **options,
        )
    except psycopg.Error as error:
        raise cannot_connect(place, error) from None
    with connection:
        connection.execute("SELECT set_config('search_path', %s, false)", [search_path(connection)])
        yield connection


def search_path(connection: psycopg.Connection) -> str:
    """Our schema, and that of PostGIS, which may be any."""
    row = connection.execute(
        "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE extname = 'postgis'"
    ).fetchone()
    return f"{SCHEMA}, {row[0]}" if row else f"{SCHEMA}, public"


def prepare_reading(place: Postgres, migrations: Sequence[LiteralString] = MIGRATIONS) -> str:
    """See that a database can be read from, brought forward where need be; its search path.

    Raises:
        CannotStart: it cannot be reached, holds no hotels, or is of a newer version.
    """
    with connected(place) as connection:
        known = version(connection, place, migrations)
        if known == 0:
            raise CannotStart(
                f"{place} holds no hotels yet: fill it with `innkeeper data import SOURCE --to"
                " postgresql://…`"
            )
        if known < len(migrations):
            with _told(place), connection.transaction():
                migrate(connection, place, migrations)
        return search_path(connection)


def migrate(
    connection: psycopg.Connection,
    place: Postgres,
    migrations: Sequence[LiteralString] = MIGRATIONS,
) -> None:
    """Bring the tables to the newest version, within a transaction.

    Raises:
        CannotStart: the database is of a newer version, or PostGIS is missing.
        psycopg.Error: it cannot be written.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATING])
    # Somebody else may have done it while this one waited.
    known = version(connection, place, migrations)
    if known == 0:
        make_schema(connection, place)
    for step in migrations[known:]:
        connection.execute(step)
    set_version(connection, len(migrations))


def make_schema(connection: psycopg.Connection, place: Postgres) -> None:
    """Make the schema without its tables, and PostGIS where that is allowed.

    Raises:
        CannotStart: PostGIS is missing and cannot be made.
        psycopg.Error: the schema cannot be made.
    """
    try:
        with connection.transaction():
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except errors.InsufficientPrivilege:
        raise CannotStart(
            f"{place} lacks PostGIS: let a superuser run `CREATE EXTENSION postgis` in it"
        ) from None
    except psycopg.Error as error:
        raise CannotStart(
            f"{place} lacks PostGIS ({one_line(error)}): install it on the server, on Debian"
            " `apt install postgresql-15-postgis-3`, and run `CREATE EXTENSION postgis`"
        ) from None
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    connection.execute("SELECT set_config('search_path', %s, false)", [search_path(connection)])
    connection.execute("CREATE TABLE version (version integer NOT NULL)")
    connection.execute("INSERT INTO version VALUES (0)")


def set_version(connection: psycopg.Connection, version: int) -> None:
    """Write down what version the tables are of."""
    connection.execute("UPDATE version SET version = %s", [version])


def version(
    connection: psycopg.Connection,
    place: Postgres,
    migrations: Sequence[LiteralString] = MIGRATIONS,
) -> int:
    """The version of the tables, 0 when there are none.

    Raises:
        CannotStart: it is newer than any that is known, or the schema is somebody else's.
    """
    there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [SCHEMA])
    if there.fetchone() is None:
        return 0
    try:
        with connection.transaction():
            row = connection.execute(
                sql.SQL("SELECT version FROM {}.version").format(sql.Identifier(SCHEMA))
            ).fetchone()
    except errors.InsufficientPrivilege:
        raise CannotStart(
            f"{place} has hotels that this user may not read: grant the user USAGE on the schema"
            f" {SCHEMA} and SELECT on its tables"
        ) from None
    except errors.UndefinedTable:
        row = None
    if row is None:
        raise CannotStart(f"{place} has a schema {SCHEMA} of something else: name another database")
    if row[0] > len(migrations):
        raise CannotStart(
            f"{place} is of version {row[0]}, this innkeeper knows versions up to"
            f" {len(migrations)}: use a newer innkeeper, or import into another database"
        )
    return int(row[0])


@contextmanager
def _told(place: Postgres) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise cannot_write(place, error) from None
