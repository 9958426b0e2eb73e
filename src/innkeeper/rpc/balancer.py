"""Which endpoint of a service takes the next call.

One balancer follows one service. Calls go round robin over the connected endpoints; one that lost
its connection is passed over until it is back, and is asked only when there is no other.

Calls that are made in one pass of the event loop go to one endpoint, so that they can share a
message; the next pass takes the endpoint that got the fewest. So lone calls alternate, and bursts
stay whole while the sums stay even.

An endpoint that the registry no longer names gets no further call. Only when the registry's answer
is not complete (it is empty, or the registry lost its memory) do endpoints that it leaves out stay,
for as long as they stay connected.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import randrange

from grpc.aio import Channel

from innkeeper import errors
from innkeeper.rpc.endpoint import Endpoint, connect

MOST_IN_TURN = 64
"""Calls that one endpoint gets in one pass of the loop, at most."""


@dataclass(frozen=True)
class EndpointStatistics:
    """What a balancer knows of one endpoint."""

    address: str
    state: str
    """Of the connection, as grpc names it."""
    listed: bool
    """Whether the registry named it in its last answer."""
    calls: int
    """Begun on it so far."""
    in_flight: int


class Balancer:
    """Holds the endpoints of one service and picks one per call.

    Used from one event loop. `close()` cancels what is under way.
    """

    def __init__(
        self,
        service: str,
        *,
        connect: Callable[[str], Channel] = connect,
        first: Callable[[int], int] = randrange,
        sent: Callable[[int], None] | None = None,
    ) -> None:
        """`first(n)` below n says where the rotation starts, so that many callers that start
        together do not all begin with the same endpoint. `sent` is told how many calls each message
        to an endpoint carries.
        """
        self.service = service
        self._connect = connect
        self._sent = sent
        self._endpoints: dict[str, Endpoint] = {}
        self._choice: list[Endpoint] = []
        self._first = first
        self._current: Endpoint | None = None
        """Takes the calls of this pass of the loop."""
        self._burst = 0
        self._given: dict[Endpoint, int] = {}
        """Calls that each of the choice got since it last changed."""
        self._told = asyncio.Event()
        self._changed = asyncio.Event()
        self._leaving: set[Endpoint] = set()

    def update(self, addresses: Collection[str], *, complete: bool = True) -> None:
        """Take over what the registry says: the host:port of every passing instance.

        Calls under way on an endpoint that leaves go on to their end.
        """
        for address in addresses:
            if address not in self._endpoints:
                self._endpoints[address] = Endpoint(
                    address, self._connect(address), self._reconsider, self._sent
                )
        for address, endpoint in self._endpoints.items():
            endpoint.listed = address in addresses
        self._told.set()
        self._reconsider(keep_connected=not complete)

    def pick(self, asked: Collection[Endpoint] = ()) -> Endpoint:
        """The endpoint for the next call; one that was `asked` already only if there is no other.

        Raises:
            errors.Unavailable: the service has no endpoint.
        """
        if asked:
            return self._pick_another(asked)
        endpoint = self._current
        if endpoint is None:
            endpoint = self._next_turn()
        self._burst += 1
        if self._burst >= MOST_IN_TURN:
            self._end_turn()
        self._given[endpoint] += 1
        return endpoint

    def _pick_another(self, asked: Collection[Endpoint]) -> Endpoint:
        given = self._given
        fresh = [endpoint for endpoint in self._choice if endpoint not in asked]
        if fresh:
            endpoint = min(fresh, key=given.__getitem__)
            given[endpoint] += 1
            return endpoint
        for endpoint in self._endpoints.values():
            if endpoint.listed and endpoint not in asked:
                return endpoint
        return self._next_turn()

    def _next_turn(self) -> Endpoint:
        if not self._choice:
            raise errors.Unavailable(f"no instance of {self.service} can be reached")
        if len(self._choice) == 1:
            return self._choice[0]
        endpoint = self._current = min(self._choice, key=self._given.__getitem__)
        asyncio.get_running_loop().call_soon(self._end_turn)
        return endpoint

    def _end_turn(self) -> None:
        self._current = None
        self._burst = 0

    @property
    def told(self) -> bool:
        """Whether the registry has answered at all."""
        return self._told.is_set()

    async def wait_told(self) -> None:
        """Wait for the first answer of the registry."""
        await self._told.wait()

    async def wait_changed(self) -> None:
        """Wait until endpoints or their states are others than now."""
        await self._changed.wait()

    async def wait_idle(self) -> None:
        """Wait until no call is under way."""
        await asyncio.gather(*(endpoint.wait_idle() for endpoint in self._endpoints.values()))

    @property
    def endpoints(self) -> Collection[Endpoint]:
        """Those that take calls, in no order."""
        return self._endpoints.values()

    def statistics(self) -> list[EndpointStatistics]:
        """What is known of every endpoint, those included that only finish their calls."""
        self._leaving = {leaving for leaving in self._leaving if leaving.in_flight}
        return [
            EndpointStatistics(
                endpoint.address,
                endpoint.state.name,
                endpoint.listed,
                endpoint.calls,
                endpoint.in_flight,
            )
            for endpoint in (*self._endpoints.values(), *self._leaving)
        ]

    async def close(self) -> None:
        """Close every connection."""
        endpoints = [*self._endpoints.values(), *self._leaving]
        self._endpoints.clear()
        self._leaving.clear()
        self._choice = []
        await asyncio.gather(*(endpoint.close() for endpoint in endpoints))

    def _reconsider(self, *, keep_connected: bool = True) -> None:
        """Drop what has to leave, and list anew what may be picked."""
        for address, endpoint in list(self._endpoints.items()):
            if not endpoint.listed and not (keep_connected and endpoint.ready):
                del self._endpoints[address]
                self._retire(endpoint)
        everyone = list(self._endpoints.values())
        self._choice = (
            [endpoint for endpoint in everyone if endpoint.ready]
            or [endpoint for endpoint in everyone if not endpoint.failing]
            or everyone
        )
        # Counting starts anew, or a newcomer would get every call until it has caught up. The order
        # is another one for each caller: not all of them begin with the same endpoint.
        start = self._first(len(self._choice)) if self._choice else 0
        self._choice = self._choice[start:] + self._choice[:start]
        self._given = dict.fromkeys(self._choice, 0)
        self._end_turn()
        self._changed.set()
        self._changed = asyncio.Event()

    def _retire(self, endpoint: Endpoint) -> None:
        self._leaving = {leaving for leaving in self._leaving if leaving.in_flight}
        if endpoint.in_flight:
            self._leaving.add(endpoint)
        endpoint.retire()
