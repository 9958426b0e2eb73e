"""The address of a database, and what may be shown of it."""

import re
from dataclasses import dataclass

_PASSWORDS = (
    # Up to the last at sign, as people forget to encode those in passwords.
    (re.compile(r"(?<=://)([^:/@?]*):.*@"), r"\1:***@"),
    (re.compile(r"(?i)(password=)[^&\s]*"), r"\1***"),
)


@dataclass(frozen=True, repr=False)
class Postgres:
    """A database of PostgreSQL. As text its address without the password."""

    url: str
    """`postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, as libpq reads it."""

    @property
    def is_ambiguous(self) -> bool:
        """Whether nobody can tell where the password ends and the host begins."""
        return self.url.partition("?")[0].count("@") > 1

    def __str__(self) -> str:
        text = self.url
        for password, stars in _PASSWORDS:
            text = password.sub(stars, text)
        return text

    __repr__ = __str__
