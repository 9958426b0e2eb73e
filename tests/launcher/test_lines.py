"""Lines out of chunks."""

from hypothesis import given
from hypothesis import strategies as st

from innkeeper.launcher.lines import LONGEST_LINE, Lines


def split(*chunks: bytes) -> list[bytes]:
    found: list[bytes] = []
    lines = Lines(found.append)
    for chunk in chunks:
        lines.data_received(chunk)
    lines.connection_lost(None)
    return found


@given(st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\n", b"n")), max_size=8))
def test_lines_do_not_depend_on_how_they_arrive(lines: list[bytes]) -> None:
    """The same lines come out whether they arrive at once or byte by byte."""
    text = b"".join(line + b"\n" for line in lines)
    expected = [line for line in (line.rstrip(b"\r") for line in lines) if line]
    assert split(text) == expected
    assert split(*(text[at : at + 1] for at in range(len(text)))) == expected


def test_last_words_need_no_end_of_line() -> None:
    """What was begun counts as a line when the other side is gone."""
    assert split(b"one\ntw", b"o") == [b"one", b"two"]


def test_long_lines_are_cut() -> None:
    """Of a line without end only the beginning is kept, and the next line is whole."""
    found = split(*[b"x" * 10_000] * 100, b"\nnext\n")
    assert found == [b"x" * LONGEST_LINE, b"next"]
