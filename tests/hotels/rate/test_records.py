import msgspec
import pytest

from innkeeper.hotels.rate.plan import Season
from innkeeper.hotels.rate.records import HotelRecord

PLAN = {
    "code": "FLEX",
    "room_type": {"code": "KNG", "name": "King room"},
    "currency": "USD",
    "max_adults": 2,
    "base_price": "189.00",
}


def read(*plans: dict[str, object]) -> HotelRecord:
    return msgspec.convert({"hotel_id": "1", "plans": list(plans)}, HotelRecord)


def test_a_plan_is_made_of_its_record() -> None:
    """Prices become minor units, days of the year pairs, missing days of the week None."""
    record = read(
        {
            **PLAN,
            "weekday_prices": {"saturday": "209.5"},
            "seasons": [{"first": "12-20", "last": "02-29", "price": "300"}],
            "closed_dates": ["2026-12-24"],
        }
    )

    plan = record.plans[0].plan()

    assert plan.base_price == 18900
    assert plan.weekday_prices == (None, None, None, None, None, 20950, None)
    assert plan.seasons == (Season((12, 20), (2, 29), 30000),)
    assert [date.isoformat() for date in plan.closed_dates] == ["2026-12-24"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"base_price": 189}, "Expected `str`"),
        ({"base_price": "189,00"}, "regex"),
        ({"base_price": "0"}, "above zero"),
        ({"base_price": "1.005"}, "digits behind the point"),
        ({"currency": "JPY", "base_price": "100.5"}, "JPY has 0 digits"),
        ({"currency": "usd"}, "regex"),
        ({"currency": "XYZ"}, "not a currency code"),
        ({"max_adults": 0}, ">= 1"),
        ({"max_adults": 2.5}, "Expected `int`"),
        ({"code": ""}, "length >= 1"),
        ({"room_type": {"code": "KNG"}}, "missing required field `name`"),
        ({"weekday_prices": {"sunnday": "1"}}, "unknown field `sunnday`"),
        ({"weekday_prices": {"sunday": "0.00"}}, "above zero"),
        ({"seasons": [{"first": "02-30", "last": "03-01", "price": "1"}]}, "02-30"),
        ({"seasons": [{"first": "13-01", "last": "03-01", "price": "1"}]}, "13-01"),
        ({"seasons": [{"first": "3-1", "last": "03-01", "price": "1"}]}, "regex"),
        ({"closed_dates": ["2015-02-30"]}, "date"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_a_bad_plan_says_why(changes: dict[str, object], reason: str) -> None:
    """Everything that cannot be meant is refused with a reason and where it is."""
    with pytest.raises(msgspec.ValidationError, match=reason) as raised:
        read({**PLAN, **changes})

    assert "$.plans[0]" in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "2 plans have the code 'FLEX'"),
        ({"code": "B", "currency": "EUR"}, "several currencies: EUR, USD"),
        ({"code": "B", "room_type": {"code": "KNG", "name": "Kingsize"}}, "'KNG' has two names"),
    ],
)
def test_plans_of_a_hotel_fit_together(changes: dict[str, object], reason: str) -> None:
    """Codes are unique, the currency is one, and a room type has one name."""
    with pytest.raises(msgspec.ValidationError, match=reason):
        read(PLAN, {**PLAN, **changes})


def test_a_hotel_has_a_plan() -> None:
    """A hotel without any plan does not belong in the file."""
    with pytest.raises(msgspec.ValidationError, match="length >= 1"):
        read()
