"""The parameters that all reads share, and the headers that go with their answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from innkeeper.embedded.registry import durations
from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.filter import filtered
from innkeeper.embedded.registry.blocking import Reading, Waiters, read
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.changes import Topic

_LARGEST_INDEX = 2**64


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """What a read asked for, beside its subject."""

    index: int
    """Wait until the answer's index is beyond this; 0 means answer at once."""
    wait: float
    """Seconds to wait at most; 0 means nobody said."""
    consistency: str
    filter: str


def query_options(call: Call, datacenter: str) -> QueryOptions:
    """Read the shared parameters.

    Raises:
        ApiError: one of them makes no sense, in Consul's words.
    """
    refuse_other_datacenter(call, datacenter)
    consistency = _consistency(call)
    wait = wait_seconds(call)
    return QueryOptions(
        index=_index(call),
        wait=wait,
        consistency=consistency,
        filter=call.query.get("filter", ""),
    )


def refuse_other_datacenter(call: Call, datacenter: str) -> None:
    """Raise when the call is meant for a datacenter that is not this one."""
    named = call.query.get("datacenter") or call.query.get("dc") or datacenter
    if named != datacenter:
        raise ApiError(500, "No path to datacenter")


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


def flag(call: Call, name: str) -> bool:
    """A parameter that is true when it stands alone.

    Raises:
        ApiError: its value is no boolean of Go's.
    """
    if name not in call.query:
        return False
    value = truth(call.query.get(name, "") or "true")
    if value is None:
        raise ApiError(400, f"Invalid value for ?{name}")
    return value


def truth(text: str) -> bool | None:
    """A boolean as Go's `strconv.ParseBool` reads it; None when it is none."""
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    return None


class Reads:
    """Answers the reads of the catalog, blocking ones included."""

    def __init__(self, catalog: Catalog, waiters: Waiters, datacenter: str) -> None:
        self._catalog = catalog
        self._waiters = waiters
        self.datacenter = datacenter

    async def answer(self, call: Call, query: Callable[[], object], *topics: Topic) -> web.Response:
        """Answer with what `query` gives now, or once one of the topics has changed.

        Raises:
            ApiError: a shared parameter makes no sense.
        """
        options = query_options(call, self.datacenter)

        def reading() -> Reading[object]:
            value = filtered(options.filter, query())
            return Reading(value, self._catalog.index_of(*topics), topics)

        changes = self._catalog.changes
        found = await read(reading, changes, self._waiters, index=options.index, wait=options.wait)
        answer = json_answer(call, found.value)
        answer.headers.update(
            {
                "X-Consul-Index": str(found.index),
                "X-Consul-KnownLeader": "true",
                "X-Consul-LastContact": "0",
                "X-Consul-Effective-Consistency": options.consistency,
                "X-Consul-Query-Backend": "blocking-query",
            }
        )
        return answer


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


def _index(call: Call) -> int:
    text = call.query.get("index", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        raise ApiError(400, "Invalid index")
    index = int(text)
    if index >= _LARGEST_INDEX:
        raise ApiError(400, "Invalid index")
    return index


def node_meta(call: Call) -> Mapping[str, str]:
    """The pairs that a node must have, from `?node-meta=key:value`."""
    pairs = (pair.partition(":") for pair in call.query.getall("node-meta", []))
    return {key: value for key, _, value in pairs}
