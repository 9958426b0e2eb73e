"""References of a span to others: its parent and its links."""

from typing import NamedTuple

from innkeeper.embedded.traces import wire

CHILD_OF = "CHILD_OF"
FOLLOWS_FROM = "FOLLOWS_FROM"


class Reference(NamedTuple):
    """One span that another refers to."""

    type: str
    trace_id: int
    span_id: int


def references(span: wire.Message) -> list[Reference]:
    """The parent first, then the links; a link to the parent only changes the parent's type."""
    trace_id = int.from_bytes(span.trace_id, "big")
    parent = int.from_bytes(span.parent_span_id, "big")
    found = [Reference(CHILD_OF, trace_id, parent)] if parent else []
    for link in span.links:
        reference = Reference(
            _type(link),
            int.from_bytes(link.trace_id[:16], "big"),
            int.from_bytes(link.span_id[:8], "big"),
        )
        if parent and (reference.trace_id, reference.span_id) == (trace_id, parent):
            found[0] = reference
        else:
            found.append(reference)
    return found


def parent_first(found: list[Reference], trace_id: int) -> list[Reference]:
    """Put in front what a timeline nests the span under: a CHILD_OF into the trace, or any."""
    inside = [place for place, item in enumerate(found) if item.trace_id == trace_id]
    if inside:
        children = [place for place in inside if found[place].type == CHILD_OF]
        place = (children or inside)[0]
        found[0], found[place] = found[place], found[0]
    return found


def _type(link: wire.Message) -> str:
    for attribute in link.attributes:
        if attribute.key == b"opentracing.ref_type":
            return CHILD_OF if attribute.value.string_value == b"child_of" else FOLLOWS_FROM
    return FOLLOWS_FROM
