"""/v1/kv: keys and values."""

from base64 import b64encode

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.query import Reads, fresh, query_options
from innkeeper.embedded.registry.api.query_values import subject, unsigned
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import Json
from innkeeper.embedded.registry.blocking import Reading
from innkeeper.embedded.registry.errors import ApiError, NotOffered
from innkeeper.embedded.registry.limits import (
    LARGEST_VALUE,
    LONGEST_KEY,
    MOST_KEYS,
    MOST_VALUE_BYTES,
    overflow,
)
from innkeeper.embedded.registry.state.key_values import ALL_KEYS, Entry, KeyValues, key_topic

_HELP = "https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size"


class KeyValueEndpoints:
    """Reads, lists, writes and deletes keys."""

    def __init__(self, key_values: KeyValues, reads: Reads) -> None:
        self._key_values = key_values
        self._reads = reads

    def routes(self) -> list[Route]:
        return [Route("/v1/kv/{key}", ("GET", "PUT", "DELETE"), self.serve)]

    async def serve(self, call: Call) -> web.Response:
        query_options(call, self._reads.datacenter)
        method = call.request.method
        if method == "PUT":
            return await self._put(call)
        if method == "DELETE":
            return self._delete(call)
        if "keys" in call.query:
            return await self._keys(call)
        return await self._get(call)

    async def _get(self, call: Call) -> web.Response:
        if "recurse" in call.query:
            return await self._tree(call)
        key = subject(call, "key name")

        def query() -> Reading[Entry | None]:
            key_values = self._key_values
            topics = (ALL_KEYS, key_topic(key))
            return Reading(key_values.get(key), key_values.index_of(key), topics)

        found = await self._reads.read(call, query)
        entry = found.value
        if entry is None:
            answer = _nothing()
        elif "raw" in call.query:
            answer = web.Response(body=entry.value, content_type="text/plain")
            answer.headers["Content-Security-Policy"] = "sandbox"
        else:
            answer = json_answer(call, [_view(entry)])
        return fresh(answer, found.index)

    async def _tree(self, call: Call) -> web.Response:
        found = await self._reads.read(call, lambda: self._below(call.rest))
        views = [_view(entry) for entry in found.value]
        answer = json_answer(call, views) if views else _nothing()
        return fresh(answer, found.index)

    async def _keys(self, call: Call) -> web.Response:
        prefix = call.rest
        # Consul once misspelt the parameter and still takes both.
        separator = call.query.get("separator", call.query.get("seperator", ""))
        found = await self._reads.read(call, lambda: self._below(prefix))
        keys = _folded([entry.key for entry in found.value], len(prefix), separator)
        answer = json_answer(call, keys) if keys or not prefix else _nothing()
        return fresh(answer, found.index)

    def _below(self, prefix: str) -> Reading[list[Entry]]:
        key_values = self._key_values
        topics = (ALL_KEYS, key_topic(prefix))
        return Reading(key_values.below(prefix), key_values.index_below(prefix), topics)

    async def _put(self, call: Call) -> web.Response:
        key = subject(call, "key name")
        _refuse_conflict(call, "cas", "acquire", "release")
        if "acquire" in call.query or "release" in call.query:
            raise NotOffered("Locking a key with a session is")
        flags = _number(call, "flags")
        expected = _number(call, "cas")
        value = await self._value(call)
        self._refuse_overflow(key, value)
        if expected is not None and not self._is_at(key, expected):
            return json_answer(call, False)
        self._key_values.put(key, value, flags or 0)
        return json_answer(call, True)

    def _delete(self, call: Call) -> web.Response:
        _refuse_conflict(call, "recurse", "cas")
        if "recurse" in call.query:
            self._key_values.delete_below(call.rest)
            return json_answer(call, True)
        key = subject(call, "key name")
        expected = _number(call, "cas")
        entry = self._key_values.get(key)
        if entry is not None and expected is not None and expected != entry.indexes.modify:
            return json_answer(call, False)
        # Deleting what is not there succeeds, whatever was expected of it.
        self._key_values.delete(key)
        return json_answer(call, True)

    def _is_at(self, key: str, index: int) -> bool:
        """Whether the key was last written at this index; 0 means that it is not there."""
        entry = self._key_values.get(key)
        return index == (entry.indexes.modify if entry else 0)

    async def _value(self, call: Call) -> bytes:
        length = call.request.content_length or 0
        if length > LARGEST_VALUE:
            raise _too_large(length)
        value = await call.request.read()
        if len(value) > LARGEST_VALUE:
            raise _too_large(len(value))
        return value

    def _refuse_overflow(self, key: str, value: bytes) -> None:
        if len(key.encode()) > LONGEST_KEY:
            raise overflow(f"{LONGEST_KEY} bytes in a key")
        old = self._key_values.get(key)
        if old is None and len(self._key_values) >= MOST_KEYS:
            raise overflow(f"{MOST_KEYS} keys")
        grown = self._key_values.size + len(value) - (len(old.value) if old else 0)
        if grown > MOST_VALUE_BYTES:
            raise overflow(f"{MOST_VALUE_BYTES} bytes of values")


def _view(entry: Entry) -> Json:
    return {
        "LockIndex": 0,
        "Key": entry.key,
        "Flags": entry.flags,
        "Value": b64encode(entry.value).decode() if entry.value else None,
        "CreateIndex": entry.indexes.create,
        "ModifyIndex": entry.indexes.modify,
    }


def _nothing() -> web.Response:
    return web.Response(status=404)


def _folded(keys: list[str], prefix: int, separator: str) -> list[str]:
    """The keys, each cut after the first separator that follows the prefix."""
    if not separator:
        return keys
    cut = (
        key[: at + len(separator)] if (at := key.find(separator, prefix)) >= 0 else key
        for key in keys
    )
    return list(dict.fromkeys(cut))


def _number(call: Call, name: str) -> int | None:
    """A whole number from the query; None when it is not there."""
    if name not in call.query:
        return None
    text = call.query.get(name, "")
    value = unsigned(text)
    if value is None:
        raise ApiError(500, f'strconv.ParseUint: parsing "{text}": invalid syntax')
    return value


def _refuse_conflict(call: Call, *names: str) -> None:
    if sum(name in call.query for name in names) > 1:
        given = "&".join(f"{key}={value}" for key, value in sorted(call.query.items()))
        raise ApiError(400, f"Conflicting flags: {given}\n")


def _too_large(size: int) -> ApiError:
    return ApiError(
        413,
        f"Request body({size} bytes) too large, max size: {LARGEST_VALUE} bytes. See {_HELP}.",
    )
