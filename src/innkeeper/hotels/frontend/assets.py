"""The files that the page is made of, read once and answered from memory.

A file is found by its whole path in a dictionary, so no request can name anything else on the disk.
"""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from litestar.response.base import ASGIResponse

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_PACKED = frozenset(_MEDIA_TYPES) - {".png"}


@dataclass(frozen=True)
class Asset:
    """What one address answers."""

    body: bytes
    media_type: str
    etag: str
    """Quoted, as it stands in the header."""
    packed: bytes | None = None
    """The body in gzip, where that is worth it."""

    def response(
        self, request_headers: Mapping[str, str], extra: Mapping[str, str], *, head: bool = False
    ) -> ASGIResponse:
        """The answer to a GET, or a HEAD, with `extra` headers; 304 when the reader has it."""
        headers = {
            "etag": self.etag,
            # Asked again each time, so that a page never mixes files of two versions.
            "cache-control": "no-cache",
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
            **extra,
        }
        if _matches(request_headers.get("if-none-match", ""), self.etag):
            return ASGIResponse(headers=headers, status_code=304)
        body = self.body
        if self.packed is not None and _accepts_gzip(request_headers.get("accept-encoding", "")):
            body = self.packed
            headers["content-encoding"] = "gzip"
        headers["content-type"] = self.media_type
        headers["content-length"] = str(len(body))
        return ASGIResponse(
            body=b"" if head else body, headers=headers, is_head_response=head, status_code=200
        )


def asset(body: bytes, suffix: str) -> Asset:
    """An asset of the type that a file name's suffix, such as ".css", stands for."""
    packed = gzip.compress(body, mtime=0) if suffix in _PACKED else None
    return Asset(
        body=body,
        media_type=_MEDIA_TYPES[suffix],
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:24]}"',
        packed=packed,
    )


def read_folder(folder: Path, prefix: str, names: Iterable[str] | None = None) -> dict[str, Asset]:
    """The files below a folder by their address, `prefix` + path within the folder.

    Files whose type the page does not use are left out. With `names`, only these are read.
    """
    paths = (
        sorted(path for path in folder.rglob("*") if path.suffix in _MEDIA_TYPES)
        if names is None
        else [folder / name for name in names]
    )
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": asset(path.read_bytes(), path.suffix)
        for path in paths
    }


def _matches(if_none_match: str, etag: str) -> bool:
    known = {value.strip() for value in if_none_match.split(",")}
    return "*" in known or etag in known


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is named and not refused by a weight of 0."""
    for offer in accept_encoding.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() == "gzip":
            return weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
