"""The kinds of values that options of several commands take."""

import re
from typing import Any

import click

_DURATION = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|s|m|)")
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0}
_LONGEST = 3600.0


class Duration(click.ParamType[float]):
    """`5s`, `500ms`, `1m`; a number alone counts seconds."""

    name = "TIME"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        found = _DURATION.fullmatch(str(value).strip())
        seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if not 0 < seconds <= _LONGEST:
            self.fail(f"{value!r} is not a time like 5s, 500ms or 1m, up to an hour", param, ctx)
        return seconds
