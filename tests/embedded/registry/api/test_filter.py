"""Filter expressions beyond what the contract compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import INSTANCE, SERVICE
from innkeeper.embedded.registry.errors import ApiError

ROW = {"Service": "geo", "Port": 80, "Tags": ["a"], "Meta": None, "EnableTagOverride": False}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("", True),
        ("Service == geo", True),
        ("Service == rate or Port == 80 and Tags is empty", False),
        ("(Service == rate or Port == 80) and not Tags is empty", True),
        ("not not Service == geo", True),
        ("Meta is empty", True),
        ("x not in Meta", True),
        ("Weights.Passing == 0", True),
        ("Service matches `^g.o$`", True),
        ("Service not matches `^g.o$`", False),
    ],
)
def test_holds(expression: str, holds: bool) -> None:
    """`and` binds tighter than `or`, and what is missing has its zero value."""
    assert compile_filter(expression, SERVICE)(ROW) is holds


@pytest.mark.parametrize("expression", ["(" * 10_000, "not " * 2_000 + "Port == 1", "x" * 5_000])
def test_deep_and_long_expressions_are_refused(expression: str) -> None:
    """An expression cannot be nested or long enough to hurt."""
    with pytest.raises(ApiError) as refused:
        compile_filter(expression, SERVICE)
    assert refused.value.status == 500


WORDS = st.sampled_from(
    (
        *("Service", "Service.Port", "Service.Tags", "Service.Meta.x", "Node", "Checks.Status"),
        *("==", "!=", "in", "not", "and", "or", "is", "empty", "contains", "matches"),
        *("(", ")", '"', "`", ".", "1"),
    )
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_expression(expression: str) -> None:
    """Any words give a filter that answers, or a refusal in words."""
    assert answer(expression) in (True, False) or "expression" in str(answer(expression))


def answer(expression: str) -> bool | str:
    """What the filter says of an empty row, or why there is none."""
    try:
        return compile_filter(expression, INSTANCE)({})
    except ApiError as error:
        return error.text
