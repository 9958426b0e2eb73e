import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import BadInput
from innkeeper.hotels.stay import MAX_NIGHTS, Stay
from innkeeper.pb.rate.v1 import rate_pb2


def read(in_date: str, out_date: str) -> Stay:
    return Stay.from_message(rate_pb2.Stay(in_date=in_date, out_date=out_date))


def test_nights_end_before_the_last_day() -> None:
    """A guest does not sleep on the day of departure."""
    nights = list(read("2015-02-27", "2015-03-02").nights)

    assert [night.isoformat() for night in nights] == ["2015-02-27", "2015-02-28", "2015-03-01"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2015-02-30",
        "2015-99-99",
        "20150409",
        "2015-W15-4",
        "2015-4-9",
        "now",
        "٢٠١٥-٠٤-٠٩",
    ],
)
def test_an_impossible_date_is_named(text: str) -> None:
    """A date that is not YYYY-MM-DD, or not in the calendar, is refused under its name."""
    with pytest.raises(BadInput) as raised:
        read(text, "2015-04-10")
    assert raised.value.field == "stay.in_date"

    with pytest.raises(BadInput) as raised:
        read("2015-04-09", text)
    assert raised.value.field == "stay.out_date"


@pytest.mark.parametrize("out_date", ["2015-04-08", "2015-04-09", "2015-05-10"])
def test_a_stay_has_one_to_thirty_nights(out_date: str) -> None:
    """No night, a negative number and more than thirty are refused under the departure."""
    with pytest.raises(BadInput) as raised:
        read("2015-04-09", out_date)

    assert raised.value.field == "stay.out_date"


def test_the_end_of_time_can_be_booked() -> None:
    """The last date that there is may be a departure."""
    assert len(list(read("9999-12-30", "9999-12-31").nights)) == 1


@given(st.dates(max_value=datetime.date(9999, 11, 30)), st.integers(1, MAX_NIGHTS))
def test_any_stay_of_any_year_is_read(in_date: datetime.date, nights: int) -> None:
    """A stay of one to thirty nights is taken whatever its year."""
    out_date = in_date + datetime.timedelta(nights)

    assert len(list(read(in_date.isoformat(), out_date.isoformat()).nights)) == nights
