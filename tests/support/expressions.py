"""The queries in deploy/, and the names in them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACES = re.compile(r"\{[^}]*\}")
_RANGE = re.compile(r"\[[^\]]*\]")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_NAME = re.compile(r"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")
_WORDS = {"and", "or", "unless", "bool", "offset"}


def metrics_in(expression: str) -> set[str]:
    """The names of the series that an expression asks for."""
    bare = _STRING.sub("", expression)
    for part in (_BRACES, _RANGE, _GROUPING):
        bare = part.sub("", bare)
    # What is left are names, functions (before a parenthesis) and aggregations (before `by`).
    bare = re.sub(r"\b(?:sum|max|min|avg|count)\b", "", bare)
    return set(_NAME.findall(bare)) - _WORDS


def dashboard_expressions(deploy: Path) -> Iterator[str]:
    """The queries of all panels."""
    board = json.loads((deploy / "grafana" / "innkeeper.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]


def alert_expressions(deploy: Path) -> Iterator[str]:
    """The conditions of all alerts."""
    for group in yaml.safe_load((deploy / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]
