import contextlib
import datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import BadInput
from innkeeper.hotels.frontend.parameters import PARAMETERS, HotelsQuery
from innkeeper.hotels.frontend.query import ANYWHERE, MAX_BYTES, QueryTooLong, parse

STAY = b"inDate=2015-04-09&outDate=2015-04-10"


def refused(query: bytes) -> BadInput:
    with pytest.raises(BadInput) as raised:
        parse(query)
    return raised.value


def test_a_stay_is_enough() -> None:
    """Without a place the search is around the middle of San Francisco."""
    assert parse(STAY) == HotelsQuery(
        in_date=datetime.date(2015, 4, 9),
        out_date=datetime.date(2015, 4, 10),
        lat=37.7749,
        lon=-122.4194,
        radius=10_000,
        limit=20,
        locale="",
    )


def test_everything_can_be_said() -> None:
    """Every parameter is read, percent-encoding included; empty segments mean nothing."""
    query = parse(b"&" + STAY + b"&lat=-1.5&lon=1e1&radius=50000&limit=%31&locale=de%2DAT&")

    assert (query.lat, query.lon, query.radius) == (-1.5, 10, 50_000)
    assert (query.limit, query.locale) == (1, "de-AT")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (b"", "inDate"),
        (b"outDate=2015-04-10", "inDate"),
        (b"inDate=2015-04-09", "outDate"),
        (b"inDate=2015-04-09&outDate=", "outDate"),
    ],
)
def test_a_missing_date_is_named(query: bytes, parameter: str) -> None:
    """The stay has both dates, or the one that is missing is named."""
    assert refused(query).field == parameter


@pytest.mark.parametrize(
    "value",
    ["2015-02-30", "2015-99-99", "20150409", "2015-4-9", "today", "2015-04-09T00:00", "0", "null"],
)
def test_an_impossible_date_is_named(value: str) -> None:
    """A date that is not in the calendar, or not written as one, is refused with an example."""
    for name in ("inDate", "outDate"):
        dates = {"inDate": "2015-04-09", "outDate": "2015-04-10", name: value}
        error = refused(urlencode(dates).encode())
        assert (error.field, error.allowed) == (name, "a date like 2015-04-09")


@pytest.mark.parametrize("out_date", [b"2015-04-08", b"2015-04-09", b"2015-05-10"])
def test_a_stay_has_one_to_thirty_nights(out_date: bytes) -> None:
    """A departure too early or too late is refused under its own name."""
    error = refused(b"inDate=2015-04-09&outDate=" + out_date)

    assert error.field == "outDate"
    assert "30 nights" in error.allowed


def test_thirty_nights_are_not_too_many() -> None:
    """The longest stay is taken."""
    assert parse(b"inDate=2015-04-09&outDate=2015-05-09").out_date.month == 5


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lat", ["90.1", "-91", "x"]),
        ("lon", ["180.1", "-181", "1,5"]),
        ("radius", ["0", "-1", "50000.1", "10km"]),
        ("limit", ["0", "-1", "101", "1.0", "1e1", "+1", "1" * 5000, "٣"]),
        ("locale", ["d", "de_AT", "de-", "a" * 9, "de" + "-abcdefgh" * 4, "<script>", "日本"]),
    ],
)
def test_a_value_out_of_range_is_named(name: str, values: list[str]) -> None:
    """What is not a number, not finite, or too small or large is refused with what is allowed."""
    for value in [*values, "", " ", "nan", "-inf", "1e999", "1_0", " 1", "true"]:
        if (name, value) in {("locale", "nan"), ("locale", "true")}:
            continue
        error = refused(STAY + b"&" + urlencode({name: value}).encode())
        assert error.field == name, value
        assert error.allowed.startswith("a "), value


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"indate=2015-04-09", "indate"),
        (b"page=2", "page"),
        (b"%3Cscript%3E=1", "<script>"),
        (b"=1", "=1"),
        (b"%ff=1", "\N{REPLACEMENT CHARACTER}"),
        (b"x" * 1000, "x" * 64),
    ],
)
def test_an_unknown_parameter_is_named(query: bytes, name: str) -> None:
    """A parameter that means nothing is refused, not ignored, and those that exist are listed."""
    error = refused(STAY + b"&" + query)

    assert error.field == name
    assert all(known in error.allowed for known in PARAMETERS)


@pytest.mark.parametrize("repeated", [b"inDate=2015-04-09", b"in%44ate=2015-04-09"])
def test_a_repeated_parameter_is_named(repeated: bytes) -> None:
    """A parameter is given once, however it is written."""
    error = refused(STAY + b"&" + repeated)

    assert (error.field, error.allowed) == ("inDate", "given only once")


def test_a_query_has_a_length_that_is_read() -> None:
    """Up to the limit a query is read, beyond it not even looked at."""
    assert refused(b"x" * MAX_BYTES).field == "x" * 64
    with pytest.raises(QueryTooLong, match="8192"):
        parse(b"x" * (MAX_BYTES + 1))


@given(
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(list(PARAMETERS)), st.text() | st.floats().map(str) | st.integers().map(str)
    ).map(lambda values: urlencode({"inDate": "2015-04-09", **values}).encode(errors="replace"))
)
def test_any_query_is_read_or_refused(query: bytes) -> None:
    """Whatever is sent, it is understood or refused as bad input."""
    with contextlib.suppress(BadInput):
        assert isinstance(parse(query), HotelsQuery)


def outcome(query: bytes) -> HotelsQuery | tuple[str, str]:
    """What is read, or the parameter that is refused and why."""
    try:
        return parse(query)
    except BadInput as error:
        return error.field, error.allowed


VALUES = st.sampled_from(
    ["2015-04-09", "2015-04-10", "2015-05-30", "1", "1.0", "-90.5", "nan", "de", "all", "=", ""]
)


@given(
    st.lists(
        st.tuples(st.sampled_from([*PARAMETERS, "page"]), VALUES),
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
def test_a_query_means_the_same_when_it_is_escaped(pairs: list[tuple[str, str]]) -> None:
    """Plain queries are read in a way of their own, and no differently from others."""
    stay = [("inDate", "2015-04-09"), ("outDate", "2015-04-10")]
    for said in (pairs, [*stay, *(pair for pair in pairs if pair not in stay)]):
        plain = "&".join(f"{name}={value}" for name, value in said).encode()
        escaped = "&".join(f"%{ord(name[0]):x}{name[1:]}={value}" for name, value in said).encode()

        assert outcome(plain) == outcome(escaped)


def test_every_wish_can_be_said() -> None:
    """Words, guests, limits and order are read as they stand."""
    query = parse(
        STAY + b"&bbox=179,-20.5,-179,-15&q=grand+h%C3%B4tel&adults=3&rooms=2&minPrice=99.5"
        b"&maxPrice=450&minRating=4&roomType=suite&currency=EUR&sort=rating&bookable=any"
        b"&plans=all"
    )

    assert query.box() == (179, -20.5, -179, -15)
    assert query.q == "grand hôtel"
    assert (query.adults, query.rooms, query.min_rating) == (3, 2, 4)
    assert query.thousandths() == (99_500, 450_000)
    assert (query.room_type, query.currency) == ("suite", "EUR")
    assert (query.sort, query.bookable, query.plans) == ("rating", "any", "all")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"bbox=1,2,3", "bbox"),
        (b"bbox=", "bbox"),
        (b"bbox=1,2,3,4,5", "bbox"),
        (b"bbox=a,b,c,d", "bbox"),
        (b"bbox=nan,0,1,1", "bbox"),
        (b"bbox=0,10,1,9", "bbox"),
        (b"bbox=0,-91,1,9", "bbox"),
        (b"bbox=181,0,1,9", "bbox"),
        (b"bbox=0,0,1,1&lat=0", "bbox"),
        (b"bbox=0,0,1,1&radius=5", "bbox"),
        (b"q=", "q"),
        (b"q=" + b"x" * 201, "q"),
        (b"adults=0", "adults"),
        (b"adults=1.0", "adults"),
        (b"adults=101", "adults"),
        (b"rooms=21", "rooms"),
        (b"minPrice=-1", "minPrice"),
        (b"minPrice=1e3", "minPrice"),
        (b"maxPrice=1.2345", "maxPrice"),
        (b"maxPrice=0", "maxPrice"),
        (b"minPrice=2&maxPrice=1.99", "maxPrice"),
        (b"minRating=0.5", "minRating"),
        (b"minRating=6", "minRating"),
        (b"roomType=", "roomType"),
        (b"currency=eur", "currency"),
        (b"sort=name", "sort"),
        (b"bookable=yes", "bookable"),
        (b"plans=some", "plans"),
        (b"bookable=any&sort=price", "bookable"),
        (b"cursor=", "cursor"),
        (b"cursor=a%20b", "cursor"),
    ],
)
def test_an_impossible_wish_is_named(query: bytes, field: str) -> None:
    """What cannot be, alone or together, is refused under its name."""
    assert refused(STAY + b"&" + query).field == field


@pytest.mark.parametrize(
    ("query", "radius"), [(b"q=inn", ANYWHERE), (b"q=inn&lat=1", 10_000), (b"q=inn&radius=5", 5)]
)
def test_words_without_a_place_mean_anywhere(query: bytes, radius: float) -> None:
    """As soon as a part of a place is named, the rest of it is the default."""
    assert parse(STAY + b"&" + query).radius == radius
