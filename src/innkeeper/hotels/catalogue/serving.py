"""The stores of services that run: they follow their data, and are closed at the end."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar, cast

from innkeeper.hotels.catalogue.address import Folder, parse
from innkeeper.hotels.reload import following

StoreT = TypeVar("StoreT")


class _Closable(Protocol):
    def close(self) -> None: ...


@asynccontextmanager
async def serving(
    open_store: Callable[[str], StoreT], data: str, file: str
) -> AsyncIterator[StoreT]:
    """What `open_store` opens at an address, while the block runs.

    Of a folder it is made again whenever its `file` changes; a database shows what is new itself.

    Raises:
        CannotStart: the address or what is there cannot be used; the text says why.
    """
    place = parse(data)
    if isinstance(place, Folder):
        with following(place.path / file, lambda: open_store(data)) as newest:
            yield newest
        return
    store = open_store(data)
    try:
        yield store
    finally:
        cast(_Closable, store).close()
