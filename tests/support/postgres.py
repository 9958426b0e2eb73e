"""A private PostgreSQL with PostGIS for the tests marked `real`: in a folder of its own, gone with
the block. No cluster of the system is touched."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.support.child import free_ports

USER, PASSWORD = "keeper", "s3cr:t/word"
_ENCODED_PASSWORD = "s3cr%3At%2Fword"
_DEBIAN = Path("/usr/lib/postgresql")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "logging_collector": "off",
}


def postgres_folder() -> Path:
    """Where `initdb` and `postgres` are: INNKEEPER_POSTGRES_BIN, else PATH, else Debian's newest.

    Raises:
        FileNotFoundError: nowhere; a test marked `real` fails then, it does not skip.
    """
    if named := os.environ.get("INNKEEPER_POSTGRES_BIN"):
        return Path(named)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise FileNotFoundError(
            "no PostgreSQL with PostGIS: on Debian `apt install postgresql-15-postgis-3`,"
            " or set INNKEEPER_POSTGRES_BIN to the folder of initdb"
        )
    return versions[-1].parent


@dataclass
class Postgres:
    """A server that can be stopped, killed and started again on its port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    _databases: int = 0

    def url(self, database: str, user: str = USER, password: str = _ENCODED_PASSWORD) -> str:
        """The address of a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def create(self, *extensions: str) -> str:
        """Make a new database with some extensions; returns its address."""
        self._databases += 1
        name = f"hotels_{self._databases}"
        self.administer("postgres", f"CREATE DATABASE {name} OWNER {USER}")
        for extension in extensions:
            self.administer(name, f"CREATE EXTENSION {extension}")
        return self.url(name)

    def administer(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser; returns its rows."""
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="root", dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        log = (self.folder / "log").open("ab")
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        options += [f"-cport={self.port}", f"-cunix_socket_directories={self.folder}"]
        with log:
            self.process = subprocess.Popen(
                [postgres_folder() / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                user=_user(),
                cwd=self.folder,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self.administer("postgres", "SELECT 1")
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    text = (self.folder / "log").read_text()[-2000:]
                    raise RuntimeError(f"PostgreSQL does not answer: {text}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once, as in a crash but orderly: connections are cut, nothing is written."""
        if self.process is not None:
            # SIGQUIT: every process of the server ends; SIGKILL would leave children behind.
            self.process.send_signal(3)
            self.process.wait(30)
            self.process = None


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server on a free loopback port until the block ends.

    Raises:
        FileNotFoundError: there is no PostgreSQL.
        RuntimeError: it does not start; the text holds what it said.
    """
    binaries = postgres_folder()
    with tempfile.TemporaryDirectory(prefix="innkeeper-pg-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        if _user() is not None:
            shutil.chown(root, _user())
        password = root / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        _run(
            *(binaries / "initdb", "-D", root / "data", "-U", "root", "--no-sync"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", "--locale=C"),
            cwd=root,
        )
        (port,) = free_ports(1)
        server = Postgres(root, port)
        server.start()
        try:
            server.administer("postgres", f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            server.stop()


def _run(*command: object, cwd: Path) -> None:
    arguments: Sequence[str] = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, user=_user(), cwd=cwd)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} failed: {done.stderr or done.stdout}")


def _user() -> str | None:
    """Whom to run as: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
