"""Numbers and prices as people write them."""

import re

from innkeeper.hotels import money
from innkeeper.hotels.rate.plan import RatePlan

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{0,20})?([eE][+-]?[0-9]{1,2})?")
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "US$": "USD", "zł": "PLN"}
_DOLLARS = (
    "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD"
    " SRD TTD TWD USD UYU XCD"
)
_SPACES = " \u00a0\u202f'’_"
_AMOUNT = re.compile(rf"[0-9][0-9.,{_SPACES}]*")
# What stands for no cents: 90,- and 90.–
_NO_CENTS = re.compile(r"(?<=[0-9])([.,])[-–—]{1,2}")
_BRACKETED = re.compile(r"[(\[](.*?)[)\]]")
_NO_SPACES = str.maketrans(dict.fromkeys(_SPACES))


def number(text: str) -> float:
    """A number with a decimal point or comma.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip().rstrip("°").replace("−", "-")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{text!r} is not a number")
    return float(plain.replace(",", "."))


def price(text: str, currency: str = "") -> tuple[int, str]:
    """Minor units and currency of `120EUR`, `EUR 1,234.50` or `1.234,50 €`; `currency` is for an
    amount that names none.

    Raises:
        ValueError: the amount or the currency cannot be told.
    """
    plain = _NO_CENTS.sub(r"\g<1>00", text)
    amount = _AMOUNT.search(plain)
    if amount is None or "-" in plain or "−" in plain:
        raise ValueError(f"{text!r} is not a price such as 120EUR")
    beside = (plain[: amount.start()] + plain[amount.end() :]).strip()
    otherwise = currency.strip().upper()
    if beside == "$" and otherwise not in _DOLLARS.split():
        raise ValueError(f"{text!r}: say which dollar with a column of currencies or 120USD")
    code = otherwise if beside in ("", "$") else _SIGNS.get(beside, beside.upper())
    if not code:
        raise ValueError(f"{text!r} names no currency: add --currency EUR")
    return money.to_minor(_decimal(amount[0].strip(f".,{_SPACES}"), code), code), code


def currency_in(column: str) -> str:
    """The currency that the name of a column of prices says: EUR of `Preis (€)` and of
    `Price [EUR]`; else nothing."""
    bracketed = _BRACKETED.search(column)
    said = (bracketed[1] if bracketed else column.strip()[-1:]).strip()
    code = _SIGNS.get(said, said.upper())
    return code if code in money.EXPONENTS else ""


def one_plan(minor: int, currency: str, max_adults: int = 2, room: str = "") -> RatePlan:
    """The same price for every night of every year."""
    return RatePlan(
        code="STANDARD",
        room_code="STD",
        room_name=room or "Standard room",
        max_adults=max_adults,
        currency=currency,
        base_price=minor,
        weekday_prices=[None] * 7,
        seasons=[],
        closed_dates=frozenset(),
    )


def _decimal(amount: str, currency: str) -> str:
    """An amount with a point, and nothing between thousands.

    Raises:
        ValueError: its only mark may part thousands or a fraction.
    """
    plain = amount.translate(_NO_SPACES)
    digits = money.EXPONENTS.get(currency, 2)
    mark = max(plain.rfind("."), plain.rfind(","))
    if mark < 0:
        return plain
    marks = re.sub("[0-9]", "", plain)
    whole, fraction = re.sub("[.,]", "", plain[:mark]), plain[mark + 1 :]
    groups = len(fraction) == 3 and whole.lstrip("0") and len(set(marks)) == 1
    if groups and (len(marks) > 1 or digits == 0):
        return whole + fraction
    if groups and digits < 3:
        raise ValueError(f"{amount!r} may be {whole}{fraction} or {whole}.{fraction}")
    # Zeros that the currency has no place for say nothing: 120.00 yen.
    while len(fraction) > digits and fraction.endswith("0"):
        fraction = fraction[:-1]
    return f"{whole}.{fraction}" if fraction else whole
