import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innkeeper.errors import CannotStart
from innkeeper.hotels import flatfile
from innkeeper.hotels.flatfile import BadData, load
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel

GOOD = {"hotel_id": "1", "lat": 1.0, "lon": 2.0}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "geo.json"


def write(path: Path, *hotels: object) -> None:
    lines = ",\n".join(json.dumps(hotel) for hotel in hotels)
    path.write_text(f'{{"hotels": [\n{lines}\n]}}')


def faults(path: Path) -> list[tuple[int, int | None, str | None]]:
    with pytest.raises(BadData) as raised:
        load(path, Place)
    return [(fault.line, fault.index, fault.hotel_id) for fault in raised.value.faults]


def test_records_keep_their_order(path: Path) -> None:
    """Good records come as they stand in the file."""
    write(path, {**GOOD, "hotel_id": "b"}, {**GOOD, "hotel_id": "a"})

    assert [place.hotel_id for place in load(path, Place)] == ["b", "a"]


def test_every_bad_record_is_reported_with_its_place(path: Path) -> None:
    """Line, index and id of all bad records come in one report; good ones between them do not."""
    write(
        path,
        {**GOOD, "lat": 91},
        {**GOOD, "hotel_id": "2"},
        {"hotel_id": "3", "lat": 0},
        {**GOOD, "hotel_id": "4", "lng": 0},
        "hotel",
    )

    assert faults(path) == [(2, 0, "1"), (4, 2, "3"), (5, 3, "4"), (6, 4, None)]


def test_every_fault_of_a_record_is_reported(path: Path) -> None:
    """A record that is wrong in several places is reported once for each of them."""
    write(path, {"hotel_id": 7, "lat": 91, "lng": 2})

    with pytest.raises(BadData) as raised:
        load(path, Place)

    reasons = [fault.reason for fault in raised.value.faults]
    assert reasons == [
        "Object contains unknown field `lng` - at `$`",
        "Expected `str`, got `int` - at `$.hotel_id`",
        "Expected `float` <= 90.0 - at `$.lat`",
        "Object missing required field `lon` - at `$`",
    ]


def test_the_report_is_readable(path: Path) -> None:
    """The text names the file, then a line for each fault with its reason."""
    write(path, {**GOOD, "lat": 91})

    with pytest.raises(CannotStart) as raised:
        load(path, Place)

    assert str(raised.value) == (
        f"{path} has one fault to correct:\n"
        "  line 2, hotels[0], id '1': Expected `float` <= 90.0 - at `$.lat`"
    )


def test_a_long_report_is_cut(path: Path) -> None:
    """The first twenty faults are shown, the others counted."""
    write(path, *({**GOOD, "hotel_id": str(n), "lat": "north"} for n in range(25)))

    with pytest.raises(BadData) as raised:
        load(path, Place)

    assert len(raised.value.faults) == 25
    lines = str(raised.value).splitlines()
    assert lines[0].endswith("has 25 faults to correct:")
    assert lines[-1] == "  and 5 more"
    assert len(lines) == 22


def test_an_id_is_taken_once(path: Path) -> None:
    """The second record of an id is a fault, and says where the first one is."""
    write(path, GOOD, {**GOOD, "hotel_id": "2"}, GOOD)

    with pytest.raises(BadData, match=r"line 4, hotels\[2\], id '1': hotels\[0\] has the same id"):
        load(path, Place)


def test_equal_records_are_told_apart(path: Path) -> None:
    """Records with the same text are reported in their own lines."""
    write(path, *[{"hotel_id": "1", "lat": 0}] * 3)

    assert faults(path) == [(2, 0, "1"), (3, 1, "1"), (4, 2, "1")]


def test_broken_json_is_reported_where_it_breaks(path: Path) -> None:
    """The line of the character that does not fit is named."""
    path.write_text('{"hotels": [\n{"hotel_id": "1"},\n{"hotel_id": oops}\n]}')
    assert faults(path) == [(3, None, None)]

    path.write_text('{"hotels": [\n{"hotel_id": "1"},\n')
    assert faults(path) == [(3, None, None)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`"),
        (b"{}", "missing required field `hotels`"),
        (b'{"hotels": {}}', "Expected `array`"),
        (b'{"hotels": [], "hotel": []}', "unknown field `hotel`"),
        (b'{"hotels": []} {}', "trailing characters"),
        (b'{"hotels": ["\xff"]}', "byte 13 is not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'\xef\xbb\xbf{"hotels": []}', "byte order mark"),
        (b'{"hotels":' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_none_says_why(path: Path, content: bytes, reason: str) -> None:
    """What is wrong with the file as a whole is its one fault."""
    path.write_bytes(content)

    with pytest.raises(BadData, match=reason):
        load(path, Place)


def test_a_missing_file_is_named(path: Path) -> None:
    """A file that is not there is named, with the setting that says where files are."""
    with pytest.raises(CannotStart, match=r"geo\.json is missing: name .* --data"):
        load(path, Place)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """What cannot be read says why."""
    with pytest.raises(CannotStart, match="cannot be read: Is a directory"):
        load(tmp_path, Place)


def test_ten_thousand_hotels_are_enough(path: Path) -> None:
    """A flat file is taken up to its limit and refused beyond it, with the way out."""
    records = [{**GOOD, "hotel_id": str(n)} for n in range(flatfile.MAX_HOTELS)]
    write(path, *records)
    assert len(load(path, Place)) == flatfile.MAX_HOTELS

    write(path, *records, GOOD)
    with pytest.raises(CannotStart, match=r"10,001 hotels; .* data import .* --to sqlite:"):
        load(path, Place)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("record", [Place, PricedHotel, DescribedHotel])
@given(content=st.binary() | _JSON.map(lambda value: json.dumps(value).encode()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_ends_in_a_report(
    path: Path, record: type[flatfile.Record], content: bytes
) -> None:
    """However broken, a file is refused with a report or has no hotels."""
    path.write_bytes(content)

    report = _report(path, record)

    assert report is None or str(report).startswith(f"{path} has ")


@pytest.mark.parametrize(
    ("file", "record"),
    [("geo", Place), ("rate", PricedHotel), ("profile", DescribedHotel)],
)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_change_of_a_record_is_taken_or_reported(
    path: Path, file: str, record: type[flatfile.Record], data: st.DataObject
) -> None:
    """A record with any one value replaced is read, or reported at its place."""
    hotels = msgspec.json.decode(Path(f"data/{file}.json").read_bytes())["hotels"][:2]
    parent, key = data.draw(st.sampled_from(_places(hotels[1])))
    parent[key] = data.draw(_JSON)
    path.write_text(json.dumps({"hotels": hotels}))

    report = _report(path, record)

    # JSON has no NaN: then the file as a whole is broken.
    assert report is None or {fault.index for fault in report.faults} in ({1}, {None})


def _report(path: Path, record: type[flatfile.Record]) -> BadData | None:
    try:
        load(path, record)
    except BadData as report:
        return report
    return None


def _places(value: object) -> list[tuple[object, object]]:
    """Every place in a JSON value that something else can be put in."""
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    else:
        return []
    return [place for key, child in children for place in [(value, key), *_places(child)]]
