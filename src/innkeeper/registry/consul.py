"""The few endpoints of Consul's HTTP API that a service needs."""

import asyncio
from types import TracebackType
from typing import Any
from urllib.parse import quote

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.registry import answers
from innkeeper.registry.answers import Passing, Registered
from innkeeper.registry.backoff import Backoff
from innkeeper.registry.check import Check, duration
from innkeeper.registry.instance import Instance
from innkeeper.registry.transport import ANSWER_TIMEOUT, CONNECT_TIMEOUT, Transport, Unreachable
from innkeeper.settings import RegistrySettings

WAIT = 10.0
"""Seconds that a query blocks at most: how long a registry that hangs, or that restarted just while
nothing was asked, goes unnoticed."""


class Consul:
    """A client of one agent. An async context manager that owns its connections.

    One is enough for a process. Every method raises `errors.Unavailable` when it cannot be known
    whether or what the registry did, with a text that names the registry and what to do.
    """

    def __init__(
        self,
        settings: RegistrySettings,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        answer_timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        """Both limits are in seconds; a blocking query adds the time that it may block."""
        self._external = settings.external
        self._transport = Transport(
            settings, connect_timeout=connect_timeout, answer_timeout=answer_timeout
        )

    @property
    def unanswered(self) -> int:
        """How many requests got no answer so far. A rise means that the registry may have lost its
        memory."""
        return self._transport.unanswered

    async def __aenter__(self) -> "Consul":
        """Open the session.

        Raises:
            CannotStart: the file of certificate authorities cannot be read.
        """
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._transport.__aexit__(kind, error, traceback)

    async def check_reachable(self, patience: float = 3.0) -> None:
        """Make sure that a registry the user named answers and has a leader.

        Nothing is asked when nobody named one: the registry that comes along may start later
        than this process.

        Args:
            patience: seconds to keep trying, for an agent that is starting beside us.

        Raises:
            CannotStart: it cannot be reached, refuses us, or is something else.
        """
        if not self._external:
            return None
        reason: Unavailable = Unreachable(
            f"the registry at {self._transport.name} did not answer within {patience:g} s:"
            " check CONSUL_HTTP_ADDR and that Consul runs there"
        )
        backoff = Backoff()
        try:
            async with asyncio.timeout(patience):
                while True:
                    try:
                        return await self._ask_for_leader()
                    except Unavailable as error:
                        reason = error
                    await asyncio.sleep(backoff.delay())
        except TimeoutError:
            raise CannotStart(str(reason)) from reason

    async def register(self, instance: Instance, check: Check | None) -> None:
        """Enter the instance, replacing what stood under its id."""
        definition: dict[str, Any] = {
            "ID": instance.id,
            "Name": instance.service,
            "Address": instance.address,
            "Port": instance.port,
            "Tags": list(instance.tags),
            "Meta": dict(instance.meta),
        }
        if check is not None:
            definition["Check"] = check.definition(instance)
        answer = await self._transport.ask("PUT", "/v1/agent/service/register", body=definition)
        self._transport.expect_ok(answer)

    async def deregister(self, instance_id: str) -> None:
        """Take the instance off the lists at once. One that is not there is no error."""
        path = f"/v1/agent/service/deregister/{quote(instance_id, safe='')}"
        answer = await self._transport.ask("PUT", path)
        if answer.status != 404:
            self._transport.expect_ok(answer)

    async def registered(
        self, instance_id: str, content_hash: str = "", wait: float = WAIT
    ) -> Registered | None:
        """What the agent holds under the id; None when it knows no such instance.

        With the hash of an earlier answer, comes back when the entry changes or goes, or after
        about `wait` seconds.
        """
        path = f"/v1/agent/service/{quote(instance_id, safe='')}"
        query = {"hash": content_hash, "wait": duration(wait)} if content_hash else {}
        answer = await self._transport.ask("GET", path, query, blocks=wait if content_hash else 0)
        if answer.status == 404:
            return None
        body = self._transport.read(answer)
        try:
            return answers.registered(body)
        except ValueError as error:
            raise self._transport.not_consul(answer, str(error)) from None

    async def passing(self, service: str, index: int = 0, wait: float = WAIT) -> Passing:
        """The instances of a service that pass their checks.

        With the index of an earlier answer, comes back when there is something newer, or after
        about `wait` seconds; sometimes with nothing changed.
        """
        path = f"/v1/health/service/{quote(service, safe='')}"
        query = {"passing": "1"}
        if index:
            query |= {"index": str(index), "wait": duration(wait)}
        answer = await self._transport.ask("GET", path, query, blocks=wait if index else 0)
        body = self._transport.read(answer)
        try:
            return answers.passing(answer.index, body)
        except ValueError as error:
            raise self._transport.not_consul(answer, str(error)) from None

    async def _ask_for_leader(self) -> None:
        answer = await self._transport.ask("GET", "/v1/status/leader")
        leader = self._transport.read(answer)
        if not isinstance(leader, str):
            raise self._transport.not_consul(answer, "the leader is no string")
        if not leader:
            raise Unavailable(
                f"the registry at {self._transport.name} has no leader:"
                " wait until its cluster elected one"
            )
