"""Fits an expression to the rows that it filters, and applies it."""

from collections.abc import Callable, Mapping

from innkeeper.embedded.registry.api.filter.errors import unusable
from innkeeper.embedded.registry.api.filter.grammar import Both, Either, Match, Not, Tree, parse
from innkeeper.embedded.registry.api.filter.regular import Malformed, Search, Unsupported
from innkeeper.embedded.registry.api.filter.schema import ListOf, MapOf, Scalar, Shape, Struct
from innkeeper.embedded.registry.api.query_values import truth
from innkeeper.embedded.registry.errors import NotOffered

Filter = Callable[[object], bool]

_OPERATOR_NAMES = {
    ("Equal", False): "Equal",
    ("Equal", True): "Not Equal",
    ("In", False): "In",
    ("In", True): "Not In",
    ("IsEmpty", False): "Is Empty",
    ("IsEmpty", True): "Is Not Empty",
    ("Matches", False): "Matches",
    ("Matches", True): "Not Matches",
}


def compile_filter(expression: str, shape: Shape) -> Filter:
    """A function that tells which rows of this shape the expression is true of.

    Raises:
        ApiError: the expression is malformed, or asks for what the rows do not have.
    """
    if not expression:
        return lambda row: True
    return _compiled(parse(expression), shape)


def _compiled(tree: Tree, shape: Shape) -> Filter:
    if isinstance(tree, Match):
        return _match(tree, shape)
    if isinstance(tree, Not):
        inner = _compiled(tree.inner, shape)
        return lambda row: not inner(row)
    left, right = _compiled(tree.left, shape), _compiled(tree.right, shape)
    if isinstance(tree, Both):
        return lambda row: left(row) and right(row)
    assert isinstance(tree, Either)
    return lambda row: left(row) or right(row)


def _match(match: Match, shape: Shape) -> Filter:
    return _walk(match, 0, shape)


def _walk(match: Match, depth: int, shape: Shape) -> Filter:
    """Follow the selector: a list is true when any item is, a missing key when negated."""
    at_end = depth == len(match.selector)
    if isinstance(shape, ListOf) and not at_end:
        each = _walk(match, depth, shape.item)
        return lambda value: any(each(item) for item in _items(value))
    if at_end:
        return _test(match, shape)
    name = match.selector[depth]
    inner = _walk(match, depth + 1, _below(match, depth, shape))
    # Only an empty thing is what a missing one equals. That it matches whatever is asked of it,
    # and does not either, is Consul's.
    when_missing = match.operator == "Matches" or match.negated != (match.operator == "IsEmpty")

    def step(value: object) -> bool:
        held = value if isinstance(value, Mapping) else {}
        if name not in held and isinstance(shape, MapOf):
            return when_missing
        return inner(held.get(name))

    return step


def _below(match: Match, depth: int, shape: Shape) -> Shape:
    name = match.selector[depth]
    if isinstance(shape, MapOf):
        return shape.item
    if isinstance(shape, Struct) and name in shape.fields:
        return shape.fields[name]
    wrong = ".".join(match.selector[: depth + 1])
    raise unusable(f'Selector "{wrong}" is not valid')


def _test(match: Match, shape: Shape) -> Filter:
    positive = _positive_test(match, shape)
    return (lambda value: not positive(value)) if match.negated else positive


def _positive_test(match: Match, shape: Shape) -> Filter:
    if match.operator == "Equal" and isinstance(shape, Scalar):
        wanted = _coerced(match, shape)
        zero = type(wanted)()
        return lambda value: (zero if value is None else value) == wanted
    if match.operator == "Matches" and isinstance(shape, Scalar) and shape.kind == "text":
        found = _search(match.value)
        return lambda value: found(str(value or ""))
    if match.operator == "IsEmpty" and isinstance(shape, ListOf | MapOf):
        return lambda value: not value
    if match.operator == "In":
        if isinstance(shape, MapOf):
            return lambda value: match.value in _keys(value)
        if isinstance(shape, ListOf) and isinstance(shape.item, Scalar):
            item = _coerced(match, shape.item)
            return lambda value: item in _items(value)
        if isinstance(shape, Scalar) and shape.kind == "text":
            return lambda value: match.value in str(value or "")
    selector = ".".join(match.selector)
    operator = _OPERATOR_NAMES[match.operator, match.negated]
    raise unusable(f'Invalid match operator "{operator}" for selector "{selector}"')


def _search(pattern: str) -> Search:
    try:
        return Search(pattern)
    except Unsupported as error:
        raise NotOffered(str(error)) from error
    except Malformed as error:
        raise unusable(
            f'Failed to compile regular expression "{pattern}": error parsing regexp: {error}'
        ) from error


def _coerced(match: Match, shape: Scalar) -> str | int | bool:
    text = match.value
    if shape.kind == "text":
        return text
    selector = ".".join(match.selector)
    flag = truth(text)
    if shape.kind == "flag" and flag is not None:
        return flag
    if shape.kind == "number" and text.removeprefix("-").isdecimal() and len(text) < 20:
        return int(text)
    kind = "ParseBool" if shape.kind == "flag" else "ParseInt"
    raise unusable(
        f'Failed to coerce value "{text}" for selector "{selector}":'
        f' strconv.{kind}: parsing "{text}": invalid syntax'
    )


def _items(value: object) -> list[object] | tuple[object, ...]:
    return value if isinstance(value, list | tuple) else []


def _keys(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
