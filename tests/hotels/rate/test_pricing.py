"""The plans of a hotel priced together, held to each of them priced night by night."""

import datetime
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.plan import RatePlan, Season
from innkeeper.hotels.rate.pricing import Priced, Pricing, patterns
from innkeeper.hotels.stay import Stay

# Few prices, days and codes, so that plans often cost the same and stays meet what changes.
PRICES = st.integers(1, 3)
MONTH_DAYS = st.tuples(st.sampled_from([1, 2, 12]), st.integers(1, 28))
DATES = st.dates(datetime.date(2015, 12, 1), datetime.date(2016, 3, 10))
PLANS = st.lists(
    st.builds(
        RatePlan,
        code=st.sampled_from("ABCDE"),
        room_code=st.just("KNG"),
        room_name=st.just("King room"),
        max_adults=st.just(2),
        currency=st.just("USD"),
        base_price=PRICES,
        weekday_prices=st.lists(st.none() | PRICES, min_size=7, max_size=7),
        seasons=st.lists(st.builds(Season, MONTH_DAYS, MONTH_DAYS, PRICES), max_size=2),
        closed_dates=st.frozensets(DATES, max_size=2),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda plan: plan.code,
)


def priced(plan: RatePlan, stay: Stay) -> tuple[int, list[int], RatePlan] | None:
    """What a stay costs, straight from what a plan promises."""
    if plan.closed_dates & set(stay.nights):
        return None
    nights = []
    for night in stay.nights:
        covering = [
            season.price for season in plan.seasons if season.covers((night.month, night.day))
        ]
        weekday = plan.weekday_prices[night.weekday()]
        nights.append(covering[0] if covering else weekday or plan.base_price)
    return sum(nights), nights, plan


def plain(rows: Sequence[Priced]) -> list[tuple[int, list[int], RatePlan]]:
    return [(row.total, list(row.nights), row.offer.plan) for row in rows]


@given(PLANS, DATES, st.integers(1, 30))
def test_the_cheapest_plan_comes_first_then_the_first_by_code(
    plans: list[RatePlan], in_date: datetime.date, nights: int
) -> None:
    """Whatever the seasons and closed nights of the plans, each is priced for itself."""
    stay = Stay(in_date, in_date + datetime.timedelta(nights))
    expected = [row for plan in plans if (row := priced(plan, stay))]
    expected.sort(key=lambda row: (row[0], row[2].code))
    pricing, hotels = Pricing(stay, patterns()), [HotelPlans(plans)]

    assert [plain(rows) for rows in pricing.price(hotels)] == [expected]


@given(PLANS, st.lists(st.tuples(DATES, st.integers(1, 30)), min_size=2, max_size=6))
def test_what_was_worked_out_for_one_stay_is_right_for_the_next(
    plans: list[RatePlan], stays: list[tuple[datetime.date, int]]
) -> None:
    """Stays of other years, days and lengths are priced from what is kept as if they came first."""
    kept, hotels = patterns(), [HotelPlans(plans), HotelPlans(plans[:1])]

    for in_date, nights in stays:
        stay = Stay(in_date, in_date + datetime.timedelta(nights))
        assert [plain(rows) for rows in Pricing(stay, kept).price(hotels)] == [
            plain(rows) for rows in Pricing(stay, patterns()).price(hotels)
        ]
