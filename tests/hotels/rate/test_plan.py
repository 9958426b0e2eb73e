import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.plan import RatePlan, Season
from innkeeper.hotels.rate.pricing import Pricing, patterns
from innkeeper.hotels.stay import Stay


def plan(**changes: object) -> RatePlan:
    """A plan at 100, weekends 150."""
    fields = {
        "code": "FLEX",
        "room_code": "KNG",
        "room_name": "King room",
        "max_adults": 2,
        "currency": "USD",
        "base_price": 100,
        "weekday_prices": (None, None, None, None, 150, 150, None),
        "seasons": (),
        "closed_dates": frozenset(),
    }
    return RatePlan(**{**fields, **changes})


def prices(plan: RatePlan, in_date: str, out_date: str) -> list[int] | None:
    stay = Stay(datetime.date.fromisoformat(in_date), datetime.date.fromisoformat(out_date))
    return nightly(plan, stay)


def nightly(plan: RatePlan, stay: Stay) -> list[int] | None:
    (priced,) = Pricing(stay, patterns()).price([HotelPlans([plan])])
    for row in priced:
        assert row.total == sum(row.nights)
        return list(row.nights)
    return None


def test_each_night_has_its_own_price() -> None:
    """Thursday costs the base price, Friday and Saturday their own."""
    assert prices(plan(), "2015-04-09", "2015-04-13") == [100, 150, 150, 100]


def test_a_season_comes_before_the_day_of_the_week() -> None:
    """A season's price holds for all of its nights, weekends too."""
    summer = Season((4, 10), (4, 11), 200)

    assert prices(plan(seasons=(summer,)), "2015-04-09", "2015-04-13") == [100, 200, 200, 100]


def test_the_first_season_that_covers_a_night_decides() -> None:
    """Of seasons that overlap the one written first wins."""
    seasons = (Season((4, 9), (4, 9), 300), Season((4, 1), (4, 30), 200))

    assert prices(plan(seasons=seasons), "2015-04-08", "2015-04-10") == [200, 300]


def test_a_season_may_go_over_new_year() -> None:
    """A season that begins after it ends covers the days on both sides of New Year."""
    seasons = (Season((12, 30), (1, 2), 400),)

    found = prices(plan(seasons=seasons, weekday_prices=(None,) * 7), "2015-12-29", "2016-01-04")

    assert found == [100, 400, 400, 400, 400, 100]


@pytest.mark.parametrize(("year", "expected"), [(2015, [100]), (2016, [100, 400])])
def test_a_season_may_begin_on_a_leap_day(year: int, expected: list[int]) -> None:
    """A leap day in a season counts in years that have it."""
    seasons = (Season((2, 29), (2, 29), 400),)

    found = prices(
        plan(seasons=seasons, weekday_prices=(None,) * 7), f"{year}-02-28", f"{year}-03-01"
    )

    assert found == expected


def test_a_closed_night_takes_the_plan_out() -> None:
    """A stay with a closed night cannot be booked; leaving on a closed day is no matter."""
    closed = plan(closed_dates=frozenset([datetime.date(2015, 4, 10)]))

    assert prices(closed, "2015-04-09", "2015-04-11") is None
    assert prices(closed, "2015-04-10", "2015-04-11") is None
    assert prices(closed, "2015-04-09", "2015-04-10") == [100]
    assert prices(closed, "2016-04-10", "2016-04-11") == [100]


def test_a_stay_over_new_year_has_the_prices_of_both_ends() -> None:
    """A stay that ends on the day of the year that it began before is not all of one season."""
    seasons = (Season((12, 31), (12, 31), 400), Season((1, 1), (1, 1), 500))

    found = prices(plan(seasons=seasons, weekday_prices=(None,) * 7), "2015-12-30", "2016-01-03")

    assert found == [100, 400, 500, 100]


NUMBERS = st.integers(1, 10_000)
MONTH_DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2000, 12, 31)).map(
    lambda day: (day.month, day.day)
)
SEASONS = st.lists(st.builds(Season, MONTH_DAYS, MONTH_DAYS, NUMBERS), max_size=5)


@given(
    SEASONS,
    st.lists(st.none() | NUMBERS, min_size=7, max_size=7),
    st.dates(datetime.date(2014, 1, 1), datetime.date(2017, 12, 31)),
    st.integers(1, 30),
)
def test_any_night_of_any_stay_costs_what_the_rules_say(
    seasons: list[Season], weekdays: list[int | None], in_date: datetime.date, nights: int
) -> None:
    """First the first season that covers the night, then the day of the week, then the base."""
    expected = []
    for night in (in_date + datetime.timedelta(number) for number in range(nights)):
        covering = [season.price for season in seasons if season.covers((night.month, night.day))]
        expected.append((covering or [weekdays[night.weekday()] or 100])[0])

    stay = Stay(in_date, in_date + datetime.timedelta(nights))
    found = nightly(plan(seasons=seasons, weekday_prices=weekdays), stay)

    assert found == expected


DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2000, 12, 31))


@given(DAYS, DAYS, DAYS, st.sampled_from([1900, 2015, 2024, 2200]))
def test_a_season_covers_the_days_from_its_first_to_its_last(
    first: datetime.date, last: datetime.date, day: datetime.date, year: int
) -> None:
    """Seen from the season's start, a night is covered that comes no later than its end."""
    assume((day.month, day.day) != (2, 29) or year == 2024)
    season = Season((first.month, first.day), (last.month, last.day), 1)

    covered = (day - first).days % 366 <= (last - first).days % 366

    assert season.covers((day.month, day.day)) == covered
