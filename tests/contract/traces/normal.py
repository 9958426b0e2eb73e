"""Answers with what Jaeger leaves to chance taken out, so that two can be compared."""

from itertools import groupby
from typing import Any


def normal(answer: Any) -> Any:
    """Sort what is a set, put each process where its number stands, and cut Go's parser's words."""
    data = answer["data"]
    if isinstance(data, list):
        answer["data"] = sorted(map(_element, data), key=str)
    for error in answer["errors"] or ():
        error["msg"] = error["msg"].partition("cannot unmarshal JSON: ")[0]
    return answer


def _element(element: Any) -> Any:
    if isinstance(element, dict) and "spans" in element:
        processes = element.pop("processes")
        for span in element["spans"]:
            span["process"] = processes[span.pop("processID")]
        element["spans"].sort(key=lambda span: (span["spanID"], span["operationName"]))
        element["processCount"] = len(processes)
        _deal_warnings(element["spans"])
    return element


def _deal_warnings(spans: list[Any]) -> None:
    """Sort the warnings of spans with one id among them.

    Jaeger takes the first of them in the order of a Go map and calls the others duplicates, so
    that two answers to one question can say it of different spans.
    """
    for _, same in groupby(spans, key=lambda span: span["spanID"]):
        group = list(same)
        warnings = sorted((span["warnings"] for span in group), key=str)
        for span, dealt in zip(group, warnings, strict=True):
            span["warnings"] = dealt
