import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.money import EXPONENTS, to_decimal, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "shown"),
    [
        ("189", "USD", 18900, "189.00"),
        ("189.5", "USD", 18950, "189.50"),
        ("0.05", "EUR", 5, "0.05"),
        ("12000", "JPY", 12000, "12000"),
        ("1.234", "KWD", 1234, "1.234"),
    ],
)
def test_minor_units_follow_the_currency(
    amount: str, currency: str, minor: int, shown: str
) -> None:
    """Yen have no digits behind the point, dollars two and Kuwaiti dinars three."""
    assert to_minor(amount, currency) == minor
    assert to_decimal(minor, currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("189.5", "JPY"),
        ("1.234", "USD"),
        ("1.2345", "KWD"),
        ("0", "USD"),
        ("0.00", "USD"),
        ("-1", "USD"),
        ("1,50", "USD"),
        ("1.", "USD"),
        ("1e3", "USD"),
        ("12\n", "USD"),
        ("", "USD"),
        ("9" * 13, "USD"),
        ("1", "XYZ"),
        ("1", "usd"),
    ],
)
def test_an_impossible_amount_is_refused(amount: str, currency: str) -> None:
    """What is no price above zero, or finer than the currency, is refused."""
    with pytest.raises(ValueError, match=r"amount|currency|digits|zero"):
        to_minor(amount, currency)


@given(st.integers(1, 10**14), st.sampled_from(sorted(EXPONENTS)))
def test_decimal_strings_lose_nothing(minor: int, currency: str) -> None:
    """An amount survives being written and read."""
    minor = min(minor, 10 ** (12 + EXPONENTS[currency]) - 1)

    assert to_minor(to_decimal(minor, currency), currency) == minor
