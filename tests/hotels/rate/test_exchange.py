import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import CannotStart
from innkeeper.hotels.rate.exchange import NO_EXCHANGE, Exchange
from tests.support.town import EXCHANGE

GOOD = {"date": "2015-04-09", "base": "EUR", "rates": {"USD": "1.0837"}}


def test_an_amount_is_rounded_once_to_the_digits_of_its_currency() -> None:
    """Half a cent is rounded up; yen have no cents, and each way has its own rounding."""
    exchange = Exchange(date(2015, 4, 9), {"EUR": Fraction(1), "JPY": Fraction(200)})

    assert [exchange.converter("JPY", "EUR")(yen) for yen in (1, 2, 3)] == [1, 1, 2]
    assert [exchange.converter("EUR", "JPY")(cents) for cents in (1, 24, 25)] == [2, 48, 50]
    assert exchange.converter("EUR", "EUR")(7) == 7


def test_a_currency_without_a_rate_is_not_converted() -> None:
    """Neither into nor from it, except into itself."""
    assert EXCHANGE.converter("CHF", "EUR") is None
    assert EXCHANGE.converter("EUR", "CHF") is None
    assert EXCHANGE.comparable(100, "CHF") is None
    assert not EXCHANGE.knows("CHF")


def test_without_any_rate_amounts_stand_for_themselves() -> None:
    """Hotels of one currency can be ranked by price without exchange rates."""
    assert NO_EXCHANGE.comparable(100, "CHF") == 100


@given(st.integers(1, 10**14), st.integers(1, 10**14))
def test_what_is_dearer_compares_greater(amount: int, other: int) -> None:
    """Two amounts of one currency, a yen or a cent apart, never count as the same."""
    for currency in ("EUR", "USD", "JPY"):
        first, second = (EXCHANGE.comparable(minor, currency) for minor in (amount, other))
        assert (first < second) == (amount < other)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """The date of the rates is kept; the base needs no rate."""
    path = tmp_path / "currencies.json"
    path.write_text(json.dumps(GOOD))

    exchange = Exchange.load(path)

    assert exchange.date == date(2015, 4, 9)
    assert exchange.converter("EUR", "USD")(10000) == 10837


def test_no_file_is_no_rates(tmp_path: Path) -> None:
    """Who has no use for conversions needs no file."""
    assert not Exchange.load(tmp_path / "currencies.json").knows("EUR")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rates": {"XXX": "1"}}, "'XXX' is not a currency code of ISO 4217"),
        ({"rates": {"USD": "0.0"}}, "the rate of USD must be above zero"),
        ({"rates": {"EUR": "1"}}, "EUR is the base"),
        ({"rates": {"USD": "-1"}}, "rates"),
        ({"date": "yesterday"}, "date"),
        ({"more": 1}, "more"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    """What is wrong is told with the file."""
    path = tmp_path / "currencies.json"
    path.write_text(json.dumps({**GOOD, **change}))

    with pytest.raises(CannotStart, match=reason) as raised:
        Exchange.load(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b"{}", b"null"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, the end is one line."""
    path = tmp_path / "currencies.json"
    path.write_bytes(content)

    with pytest.raises(CannotStart):
        Exchange.load(path)
