"""The parameters that all reads share, and the headers that go with their answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.api.call import Call, encoded_answer
from innkeeper.embedded.registry.api.query_values import unsigned
from innkeeper.embedded.registry.api.shared import SharedAnswers
from innkeeper.embedded.registry.blocking import Reading, Waiters, read, wait_beyond
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.changes import Changes, Topic
from innkeeper.embedded.registry.state.model import Node

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """What a read asked for, beside its subject."""

    index: int
    """Wait until the answer's index is beyond this; 0 means answer at once."""
    wait: float
    """Seconds to wait at most; 0 means nobody said."""
    consistency: str


class Reads:
    """Answers the reads of this registry, blocking ones included."""

    def __init__(self, changes: Changes, waiters: Waiters, own: Node) -> None:
        """`own` is the node of this registry's agent."""
        self._own = own.name
        self._changes = changes
        self._waiters = waiters
        self._shared = SharedAnswers(changes)
        self.datacenter = own.datacenter

    async def answer(self, call: Call, query: Callable[[], object], *topics: Topic) -> web.Response:
        """Answer with what `query` gives now, or once one of the topics has changed.

        Raises:
            ApiError: a shared parameter makes no sense.
        """

        options = query_options(call, self.datacenter)
        await wait_beyond(
            topics, self._changes, self._waiters, index=options.index, wait=options.wait
        )
        body = self._shared.body(call, query)
        answer = fresh(encoded_answer(body), self._changes.index_of(*topics))
        answer.headers["X-Consul-Effective-Consistency"] = options.consistency
        return answer

    def nearest_first(
        self, call: Call, rows: Iterable[_Value], node_of: Callable[[_Value], str]
    ) -> list[_Value]:
        """The rows in the order that `?near` asks for.

        Of the agent's own node alone is known where it is: the rest is equally far from it, and
        nothing is known to be near anything else.
        """
        if call.query.get("near") not in ("_agent", self._own):
            return list(rows)
        return sorted(rows, key=lambda row: node_of(row) != self._own)

    async def read(self, call: Call, query: Callable[[], Reading[_Value]]) -> Reading[_Value]:
        """Read now, or once the index has moved, as the call asks for."""
        options = query_options(call, self.datacenter)
        return await read(
            query, self._changes, self._waiters, index=options.index, wait=options.wait
        )


def fresh(answer: web.Response, index: int) -> web.Response:
    """The answer, with the headers that tell how fresh it is."""
    answer.headers.update(
        {
            "X-Consul-Index": str(index),
            "X-Consul-KnownLeader": "true",
            "X-Consul-LastContact": "0",
            "X-Consul-Query-Backend": "blocking-query",
        }
    )
    return answer


def query_options(call: Call, datacenter: str) -> QueryOptions:
    """Read the shared parameters.

    Raises:
        ApiError: one of them makes no sense, in Consul's words.
    """
    named = call.query.get("datacenter") or call.query.get("dc") or datacenter
    consistency = _consistency(call)
    wait = wait_seconds(call)
    text = call.query.get("index", "")
    index = unsigned(text) if text else 0
    if index is None:
        raise ApiError(400, "Invalid index")
    if named != datacenter:
        raise ApiError(500, "No path to datacenter")
    return QueryOptions(index, wait, consistency)


def wait_seconds(call: Call) -> float:
    """How long the call is ready to wait; 0 when it does not say.

    Raises:
        ApiError: `wait` is no duration.
    """
    text = call.query.get("wait", "")
    if not text:
        return 0.0
    try:
        return durations.parse(text) / durations.SECOND
    except ValueError as error:
        raise ApiError(400, "Invalid wait time") from error


def node_meta(call: Call) -> Mapping[str, str]:
    """The pairs that a node must have, from `?node-meta=key:value`."""
    pairs = (pair.partition(":") for pair in call.query.getall("node-meta", []))
    return {key: value for key, _, value in pairs}


def _consistency(call: Call) -> str:
    stale = "stale" in call.query
    max_stale = call.query.get("max_stale", "")
    if max_stale:
        try:
            stale = stale or durations.parse(max_stale) > 0
        except ValueError as error:
            raise ApiError(400, f'Invalid max_stale value "{max_stale}"') from error
    if "consistent" not in call.query:
        return "stale" if stale else "leader"
    for name, given in (("stale", stale), ("cached", "cached" in call.query)):
        if given:
            raise ApiError(400, f"Cannot specify ?{name} with ?consistent, conflicting semantics.")
    return "consistent"
