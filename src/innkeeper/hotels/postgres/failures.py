"""What a person is told when a database does not do what is asked."""

import psycopg
from psycopg import errors

from innkeeper.errors import CannotStart
from innkeeper.hotels.postgres.place import Postgres

# Text of the server or of libpq → what to do about it. Before there is a connection errors have no
# codes.
_CURES = {
    "password": "correct user and password in the address, or set PGPASSWORD",
    "does not exist": "correct the address, or make it with `createdb` or `createuser`",
    "pg_hba.conf": "allow this user and host in the server's pg_hba.conf",
    "too many": "raise max_connections of the server, or run fewer instances",
    "ssl": "correct sslmode in the address",
}
_NO_SERVER = "see that the server runs and that host and port are right"


def cannot_connect(place: Postgres, error: psycopg.Error) -> CannotStart:
    """For whoever starts something that needs the database."""
    if isinstance(error, psycopg.ProgrammingError):
        # What it could not read may be a part of the password.
        return unreadable(place)
    text = one_line(error)
    cure = next((cure for part, cure in _CURES.items() if part in text.lower()), _NO_SERVER)
    return CannotStart(f"{place} cannot be reached ({text}): {cure}")


def unreadable(place: Postgres) -> CannotStart:
    """For an address that is none."""
    return CannotStart(
        f"{place} is no address that PostgreSQL understands: write it as"
        " postgresql://USER:PASSWORD@HOST/DATABASE, special characters as %40 and the like"
    )


def cannot_write(place: Postgres, error: psycopg.Error) -> CannotStart:
    """For whoever imports."""
    text = one_line(error)
    if isinstance(error, errors.InsufficientPrivilege):
        text += ": grant the user CREATE on the database, or import as its owner"
    elif isinstance(error, errors.ReadOnlySqlTransaction):
        text += ": import into the primary server, and let services read from this one"
    return CannotStart(f"{place} could not be written, nothing was changed: {text}")


def one_line(error: psycopg.Error) -> str:
    """What went wrong, without position and hints."""
    if error.diag.message_primary:
        return error.diag.message_primary
    lines = (line.strip(" \t-") for line in str(error).splitlines())
    told = [line for line in lines if line and not line.startswith(("Is the server", "Multiple"))]
    return "; ".join(told) or type(error).__name__
