"""The parameters of Jaeger's query API. What cannot be read raises ValueError in Jaeger's words."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from multidict import MultiMapping

from innkeeper.embedded.traces.gotext import (
    parse_bool,
    parse_duration,
    parse_int,
    parse_trace_id,
    quoted,
)
from innkeeper.embedded.traces.query import Query

MICROSECOND = 10**3
MILLISECOND = 10**6
_DAY = 24 * 3600 * 10**9
_LOOKBACK = re.compile(r"(\d+)(m|h|d|w)")
_LOOKBACK_UNITS = {"m": _DAY // 1440, "h": _DAY // 24, "d": _DAY, "w": 7 * _DAY}
_DEFAULT_LIMIT = 100
_FOREVER = 1 << 64

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Search:
    """A search as it was asked for."""

    query: Query
    limit: int
    """Most traces to answer; 0 or less for all."""
    trace_ids: Sequence[int]
    """When there are any, these traces are answered and the query is not asked."""
    raw: bool


@dataclass(frozen=True)
class Period:
    """A stretch of time, nanoseconds since the epoch."""

    start: int
    end: int


def jaeger_search(parameters: MultiMapping[str], now: int) -> Search:
    """Read the parameters of /api/traces; `now` in nanoseconds since the epoch."""
    found = _search(parameters, now, default_end=now)
    if not found.trace_ids and not found.query.service:
        raise ValueError("parameter 'service' is required")
    return found


def page_search(parameters: MultiMapping[str], now: int) -> Search:
    """The same for a page, where any service will do and a clock that is fast hides nothing."""
    return _search(parameters, now, default_end=_FOREVER)


def _search(parameters: MultiMapping[str], now: int, default_end: int) -> Search:
    end = _value(parameters, "end", _time(MICROSECOND), default_end)
    default_start = _default_start(parameters, min(end, now), now)
    start = _value(parameters, "start", _time(MICROSECOND), default_start)
    tags = _tags(parameters)
    limit = parameters.get("limit")
    query = Query(
        service=parameters.get("service", ""),
        operation=parameters.get("operation", ""),
        start=start,
        end=end,
        tags=tags,
        min_duration=_value(parameters, "minDuration", parse_duration, 0),
        max_duration=_value(parameters, "maxDuration", parse_duration, 0),
    )
    found = Search(
        query=query,
        limit=parse_int(limit, bits=32) if limit else _DEFAULT_LIMIT,
        trace_ids=_trace_ids(parameters),
        raw=raw(parameters),
    )
    if query.min_duration and query.max_duration and query.max_duration < query.min_duration:
        raise ValueError("'maxDuration' should be greater than 'minDuration'")
    return found


def raw(parameters: MultiMapping[str]) -> bool:
    """Whether traces are wanted as stored."""
    return _value(parameters, "raw", parse_bool, False)


def period(parameters: MultiMapping[str], now: int) -> Period:
    """Read `endTs` and `lookback`, both in milliseconds; one day up to now when not given."""
    end = _value(parameters, "endTs", _time(MILLISECOND), now)
    lookback = _value(parameters, "lookback", _time(MILLISECOND), _DAY)
    return Period(end - lookback, end)


def check_metrics(parameters: MultiMapping[str]) -> None:
    """Check what every /api/metrics request needs, before it is told that there are none."""
    if "service" not in parameters:
        raise ValueError(
            "unable to parse param 'service': please provide at least one service name"
        )


def check_quantile(parameters: MultiMapping[str]) -> None:
    """Check the number that latencies are asked for."""
    _value(parameters, "quantile", _float, None, required=True)


def _value(
    parameters: MultiMapping[str],
    name: str,
    parse: Callable[[str], _Value],
    default: _Value,
    *,
    required: bool = False,
) -> _Value:
    text = parameters.get(name, "")
    if not text and not required:
        return default
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"unable to parse param '{name}': {error}") from error


def _time(unit: int) -> Callable[[str], int]:
    return lambda text: parse_int(text) * unit


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"strconv.ParseFloat: parsing {quoted(text)}: invalid syntax") from error


def _default_start(parameters: MultiMapping[str], end: int, now: int) -> int:
    """Jaeger's UI turns its lookback into a start itself; people who use curl do not."""
    lookback = _LOOKBACK.fullmatch(parameters.get("lookback", ""))
    if lookback is None:
        return now - 2 * _DAY
    return end - int(lookback[1]) * _LOOKBACK_UNITS[lookback[2]]


def _trace_ids(parameters: MultiMapping[str]) -> list[int]:
    try:
        return [parse_trace_id(text) for text in parameters.getall("traceID", [])]
    except ValueError as error:
        raise ValueError(f"cannot parse traceID param: {error}") from error


def _tags(parameters: MultiMapping[str]) -> dict[str, str]:
    """Both forms: tag=key:value, and tags={"key":"value"}."""
    tags: dict[str, str] = {}
    for pair in parameters.getall("tag", []):
        key, separator, value = pair.partition(":")
        if not separator:
            raise ValueError(f"malformed 'tag' parameter, expecting key:value, received: {pair}")
        tags[key] = value
    for text in parameters.getall("tags", []):
        tags.update(_json_tags(text))
    return tags


def _json_tags(text: str) -> dict[str, str]:
    malformed = "malformed 'tags' parameter, cannot unmarshal JSON: "
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{malformed}{error}") from error
    if tags is None:
        return {}
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise ValueError(f"{malformed}it must be an object whose values are strings")
    return tags
