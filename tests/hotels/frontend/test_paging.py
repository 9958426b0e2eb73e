from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import BadInput
from innkeeper.hotels.frontend.paging import next_page, read_cursor, write_cursor
from innkeeper.hotels.frontend.query import parse
from innkeeper.pb.search.v1 import search_pb2

STAY = b"inDate=2015-04-09&outDate=2015-04-10"
CURSOR = search_pb2.Cursor(distance=123.456, hotel_id="Löwe/7", total=-1, rating=4.5)


def written(query: bytes = STAY) -> bytes:
    return write_cursor(parse(query), CURSOR).encode()


@given(st.floats(0, 2.1e7), st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(0, 5))
def test_a_cursor_comes_back_as_it_was(
    distance: float, hotel_id: str, total: int, rating: float
) -> None:
    """Distances to the last bit and ids of any letters survive the way through an address."""
    cursor = search_pb2.Cursor(distance=distance, hotel_id=hotel_id, total=total, rating=rating)
    text = write_cursor(parse(STAY), cursor)

    assert read_cursor(parse(STAY + b"&cursor=" + text.encode())) == cursor


def test_what_is_told_of_hotels_and_of_how_many_may_change() -> None:
    """Language, plans and limit say nothing about which hotels come, nor in which order."""
    query = parse(b"locale=de&limit=7&plans=all&" + STAY + b"&cursor=" + written())

    assert read_cursor(query) == CURSOR


@pytest.mark.parametrize(
    "change", [b"&lat=1", b"&sort=price", b"&q=inn", b"&currency=EUR", b"&bookable=any"]
)
def test_a_cursor_of_another_query_is_refused(change: bytes) -> None:
    """What it would begin with has no place in that answer."""
    with pytest.raises(BadInput, match="same query") as raised:
        read_cursor(parse(STAY + change + b"&cursor=" + written()))
    assert raised.value.field == "cursor"


@pytest.mark.parametrize("text", ["A", "AAAA", "AAAAAA", "-_-_-_-_-_-_", "A" * 1024])
def test_a_cursor_that_was_made_up_is_refused(text: str) -> None:
    """Whatever its length, it is named."""
    with pytest.raises(BadInput) as raised:
        read_cursor(parse(STAY + b"&cursor=" + text.encode()))
    assert raised.value.field == "cursor"


@given(st.integers(0), st.integers(1, 255))
def test_a_cursor_that_was_changed_is_refused(position: int, bits: int) -> None:
    """A single wrong letter is noticed."""
    encoded = bytearray(urlsafe_b64decode(written() + b"=="))
    encoded[position % len(encoded)] ^= bits
    text = urlsafe_b64encode(bytes(encoded)).rstrip(b"=")

    with pytest.raises(BadInput):
        read_cursor(parse(STAY + b"&cursor=" + text))


def test_the_next_page_is_the_same_query_with_another_cursor() -> None:
    """The order and the writing of parameters stay; what could end a header is escaped."""
    raw = STAY + b"&q=a%20b+c>d\xff&cursor=old&limit=2&&cur%73or=old"

    address = next_page("/hotels", raw, "new")

    assert address == f"/hotels?{STAY.decode()}&q=a%20b+c%3Ed%FF&limit=2&cursor=new"
    assert dict(parse_qsl(urlsplit(address).query, errors="replace"))["q"] == "a b c>d�"
