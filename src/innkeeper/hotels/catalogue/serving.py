"""The stores of services that run: they follow their data, and are closed at the end."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar, cast

from innkeeper.hotels.catalogue.address import Address, Database, Folder, parse
from innkeeper.hotels.rate import exchange
from innkeeper.hotels.rate.exchange import Exchange
from innkeeper.hotels.reload import following

StoreT = TypeVar("StoreT")


class _Closable(Protocol):
    def close(self) -> None: ...


@asynccontextmanager
async def serving(
    open_store: Callable[[str], StoreT], data: str, file: str
) -> AsyncIterator[StoreT]:
    """What `open_store` opens at an address, while the block runs.

    Of a folder it is made again whenever its `file` changes. A database shows by itself what is
    new, and is opened again when its file changes.

    Raises:
        CannotStart: the address or what is there cannot be used; the text says why.
    """
    place = parse(data)
    if isinstance(place, Folder):
        with following(place.path / file, lambda: open_store(data)) as newest:
            yield newest
        return
    if isinstance(place, Database):
        # For when another file takes its place: whoever has the old one open goes on reading that.
        with following(place.path, lambda: open_store(data)) as newest:
            try:
                yield newest
            finally:
                cast(_Closable, newest).close()
        return
    # In a thread, as a server far away may take its time to answer.
    store = await to_thread(open_store, data)
    try:
        yield store
    finally:
        cast(_Closable, store).close()


@contextmanager
def serving_exchange(data: str, otherwise: Path) -> Iterator[Exchange]:
    """The exchange rates beside the flat files or the database file, read again when they change.

    A database without such a file beside it takes those of the folder `otherwise`. Where there is
    no file, no amount can be converted.

    Raises:
        CannotStart: the address or the file cannot be used; the text says why.
    """
    path = _exchange_file(parse(data), otherwise)
    with following(path, lambda: Exchange.load(path)) as newest:
        yield newest


def _exchange_file(place: Address, otherwise: Path) -> Path:
    if isinstance(place, Folder):
        return place.path / exchange.FILE
    if isinstance(place, Database):
        beside = place.path.with_name(exchange.FILE)
        if beside.exists():
            return beside
    return otherwise / exchange.FILE
