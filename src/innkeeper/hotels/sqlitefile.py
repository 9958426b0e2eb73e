"""Database files: one SQLite file that holds what geo, rate and profile know, each in its tables.

A file says in its header that it is ours (`application_id`) and in which form (`user_version`). An
older form is brought forward when the file is opened; a newer one is refused. Readers see the last
finished import whatever happens meanwhile (write-ahead log), and look again with every statement.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.hotels.sqliteschema import MIGRATIONS, Step

APPLICATION_ID = 0x494E4E4B
"""`INNK`, so that `file` and we can tell our databases from others."""

_BUSY_SECONDS = 5.0
# While another process does the same to a file of a million hotels.
_MIGRATING_SECONDS = 300.0
_CACHE_KIB = 16 * 1024
# Old builds of SQLite take no more in a statement.
_MOST_PARAMETERS = 999


def open_reading(path: Path, migrations: Sequence[Step] = MIGRATIONS) -> sqlite3.Connection:
    """Open a file that exists, to read from it; one on a read-only disk too.

    Raises:
        CannotStart: the file is missing, is no such database, or is of a newer version.
    """
    if not path.exists():
        raise CannotStart(
            f"{path} is missing: make it with `innkeeper data import SOURCE --to sqlite:///{path}`"
        )
    connection = _connect_to_read(path)
    try:
        if _version(connection, path, migrations) < len(migrations):
            with closing(_connect(path, "rw", _MIGRATING_SECONDS)) as writer:
                migrate(writer, path, migrations)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CannotStart(f"{path} cannot be used: {error}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def open_writing(path: Path, migrations: Sequence[Step] = MIGRATIONS) -> sqlite3.Connection:
    """Open a file to write to it; made when missing. Transactions are the caller's.

    Raises:
        CannotStart: the file cannot be written, is no such database, or is of a newer version.
    """
    try:
        connection = _connect(path, "rwc")
    except sqlite3.DatabaseError as error:
        raise CannotStart(f"{path} cannot be used: {error}") from None
    try:
        migrate(connection, path, migrations)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CannotStart(f"{path} cannot be used: {error}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Step]) -> None:
    """Bring the file to the newest version, all steps or none.

    Raises:
        CannotStart: the file is no such database, or is of a newer version already.
        sqlite3.DatabaseError: it cannot be written.
    """
    if _version(connection, path, migrations) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Somebody else may have done it while this one waited.
        version = _version(connection, path, migrations)
        for step in migrations[version:]:
            _take(connection, step)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _take(connection: sqlite3.Connection, step: Step) -> None:
    if callable(step):
        step(connection)
        return
    for statement in filter(str.strip, step.split(";")):
        connection.execute(statement)


def fetch(
    connection: sqlite3.Connection, statement: str, parameters: Sequence[object]
) -> list[tuple[Any, ...]]:
    """The rows that a statement finds.

    Raises:
        Unavailable: the file cannot be read now.
    """
    try:
        return connection.execute(statement, parameters).fetchall()
    except sqlite3.DatabaseError as error:
        raise Unavailable(f"the database cannot be read: {error}") from error


def fetch_hotels(
    connection: sqlite3.Connection, select: str, hotel_ids: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a `SELECT … FROM …` whose `hotel_id` is one of those.

    Raises:
        Unavailable: the file cannot be read now.
    """
    for start in range(0, len(hotel_ids), _MOST_PARAMETERS):
        some = hotel_ids[start : start + _MOST_PARAMETERS]
        marks = ",".join("?" * len(some))
        yield from fetch(connection, f"{select} WHERE hotel_id IN ({marks})", some)


def _version(connection: sqlite3.Connection, path: Path, migrations: Sequence[Step]) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (tables or version or application):
        raise CannotStart(f"{path} is a database of something else: name another file")
    if version > len(migrations):
        raise CannotStart(
            f"{path} is of version {version}, this innkeeper knows versions up to"
            f" {len(migrations)}: use a newer innkeeper, or import into a new file"
        )
    return int(version)


def _connect_to_read(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    # Where the log's index cannot be made, the file can be read only as one that never changes.
    for mode in ("ro", "ro&immutable=1"):
        if "immutable" in mode and _log_has_content(path):
            break
        try:
            connection = _connect(path, mode)
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            return connection
        except sqlite3.DatabaseError as error:
            reason = str(error)
            if connection is not None:
                connection.close()
    raise CannotStart(f"{path} cannot be used: {reason}")


def _log_has_content(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _connect(path: Path, mode: str, patience: float = _BUSY_SECONDS) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        # Opened where the process starts, used on its event loop; never by two at once.
        check_same_thread=False,
    )
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
