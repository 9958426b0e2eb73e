"""Where a catalogue is: a folder of flat files, a database file as `sqlite:///FILE`, or a database
of PostgreSQL as `postgresql://USER:PASSWORD@HOST/DATABASE`."""

from dataclasses import dataclass
from pathlib import Path

from innkeeper.errors import CannotStart
from innkeeper.hotels.postgres.place import Postgres

_SQLITE = "sqlite:///"
_SUFFIXES = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True)
class Folder:
    """Flat files: `geo.json`, `rate.json` and `profile.json`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Database:
    """One SQLite file."""

    path: Path

    def __str__(self) -> str:
        return f"{_SQLITE}{self.path}"


Address = Folder | Database | Postgres


def parse(text: str) -> Address:
    """Read what people write: `data`, `sqlite:///hotels.db`, `sqlite:////srv/hotels.db`,
    `postgresql://keeper@db/hotels`.

    Raises:
        CannotStart: it is no such address; the text says what one looks like.
    """
    scheme, separator, _ = text.partition("://")
    if not separator and text:
        return Folder(_no_file(Path(text)))
    if text.startswith(_SQLITE) and text != _SQLITE:
        return Database(Path(text.removeprefix(_SQLITE)))
    if scheme in ("postgresql", "postgres"):
        return Postgres(text)
    raise CannotStart(
        f"{text!r} is no place for hotels: name a folder, a file as sqlite:///hotels.db"
        " (sqlite:////srv/hotels.db for one with an absolute path), or a database as"
        " postgresql://USER@HOST/DATABASE"
    )


def _no_file(path: Path) -> Path:
    """A path that is that of a folder, or may become one.

    Raises:
        CannotStart: it is that of a file, or reads like that of a database file.
    """
    is_database = path.suffix in _SUFFIXES
    if path.is_file() or (is_database and not path.is_dir()):
        database = path if is_database else path.with_suffix(_SUFFIXES[0])
        raise CannotStart(
            f"{path} is no folder: name one, or write a database file as {_SQLITE}{database}"
        )
    return path
