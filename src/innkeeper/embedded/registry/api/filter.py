"""Filters answers by an expression."""

from typing import TypeVar

from innkeeper.embedded.registry.errors import NotOffered

_Rows = TypeVar("_Rows")


def filtered(expression: str, rows: _Rows) -> _Rows:
    """The rows that the expression is true of.

    Raises:
        NotOffered: there is an expression.
    """
    if expression:
        raise NotOffered("The filter parameter is")
    return rows
