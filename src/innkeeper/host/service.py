"""The rows of the table that says what each role is made of."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from innkeeper.settings import Settings

if TYPE_CHECKING:
    # The launcher reads the table, too, and is the lighter without it.
    from grpc import aio

Channels = Mapping[str, "aio.Channel"]
"""Service name → channel, for the services that a role calls."""

Readiness = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Asks every service that a role depends on: name → None when it can answer, else the reason."""


@dataclass(frozen=True)
class Service:
    """A gRPC service: what it calls and how it is made."""

    name: str
    port: int
    """Where its first instance listens by default."""
    calls: tuple[str, ...]
    """The services that it asks."""
    build: Callable[[Settings, Channels, AsyncExitStack], Awaitable[object]]
    """Makes the servicer from its data and its channels; raises CannotStart on bad data. What it
    opens it enters on the stack, which is left when the server has stopped."""
    add: Callable[[Any, Any], None]
    """The generated `add_XServicer_to_server`."""


@dataclass(frozen=True)
class Edge:
    """The role that speaks HTTP to the outside."""

    name: str
    port: int
    calls: tuple[str, ...]
    build: Callable[[Settings, Channels, Readiness], Any]
    """Makes the ASGI application."""
    routes: tuple[str, ...]
    """The paths whose requests are traced and whose figures are shown from the start."""


Role = Service | Edge
