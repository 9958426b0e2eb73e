"""The ids of traces and spans, as headers have them: lower-case hexadecimal text."""

from random import Random

# Of its own: a program that seeds the common generator must not repeat ids.
_random_bits = Random().getrandbits


def new_trace_id() -> str:
    """32 digits, not all of them zero."""
    return (_random_bits(128) or 1).to_bytes(16, "big").hex()


def new_span_id() -> str:
    """16 digits, not all of them zero."""
    return (_random_bits(64) or 1).to_bytes(8, "big").hex()
