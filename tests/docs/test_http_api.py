"""The page about the HTTP API: its examples are asked and answered as it shows."""

import json
import re

import pytest

from innkeeper.hotels.frontend import query
from innkeeper.hotels.frontend.openapi import document
from innkeeper.hotels.frontend.parameters import PARAMETERS
from innkeeper.hotels.frontend.problems import KINDS
from tests.support.documents import ROOT, Document, part_of
from tests.support.system import System

PAGE = Document.read(ROOT / "docs" / "http-api.md")


def test_examples(running: System) -> None:
    """Each request is followed by its answer, of which parts may be left out."""
    requests, answers = PAGE.blocks("sh"), PAGE.blocks("json")
    assert len(requests) == len(answers) > 0
    for request, answer in zip(requests, answers, strict=True):
        match = re.fullmatch(r'curl "http://localhost:5000(/\S+)"\n', request.text)
        assert match is not None, request.text
        real = running.http.get(running.addresses["frontend"] + match[1]).json()
        assert part_of(json.loads(answer.text), real), match[1]


@pytest.mark.parametrize(
    ("text", "same"),
    [("{}", True), ('{"a": [1]}', True), ('{"a": [2]}', False), ('{"b": 1}', False)],
)
def test_part_of(text: str, same: bool) -> None:
    """What is left out of an answer is no difference; what is changed is one."""
    assert part_of(json.loads(text), {"a": [1, 2], "c": None}) is same


@pytest.mark.parametrize("name", list(PARAMETERS))
def test_parameters(name: str) -> None:
    """Every parameter is in the table, with its default."""
    (row,) = [line for line in PAGE.text.splitlines() if line.startswith(f"| `{name}` |")]
    field = PARAMETERS[name]
    if field.required:
        assert "required" in row
    elif field.default:
        default = row.split("|")[-2].strip(" `")
        assert default == field.default or float(default) == field.default


def test_statuses() -> None:
    """The errors are those that the API has."""
    listed = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE.text, re.MULTILINE)}
    assert listed == set(KINDS)
    assert f"longer than {query.MAX_BYTES} bytes" in PAGE.text


def test_paths() -> None:
    """Every path of the OpenAPI document is in the table."""
    for path in document()["paths"]:
        assert f"| `{path}` |" in PAGE.text
