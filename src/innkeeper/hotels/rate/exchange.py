"""Exchange rates, from `currencies.json`.

Amounts are converted exactly and rounded once, half up, to the digits that the currency has.
"""

import datetime
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from innkeeper.errors import CannotStart
from innkeeper.hotels import money

FILE = "currencies.json"

_COMPARED = 10**6
# More than there are pairs of currencies that people ask for.
_KEPT = 4096

Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code.")]
ExchangeRate = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$",
        description="How much of the currency one unit of the base buys, such as 1.0837.",
    ),
]


class ExchangeRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """`currencies.json`: what a unit of one currency buys of the others."""

    date: Annotated[datetime.date, Meta(description="The day that the rates are of.")]
    base: Currency
    rates: Annotated[dict[Currency, ExchangeRate], Meta(description="Without the base itself.")]
    schema: Annotated[str | None, Meta(description="For editors that know JSON Schema.")] = (
        msgspec.field(name="$schema", default=None)
    )

    def __post_init__(self) -> None:
        """Find what the types do not say.

        Raises:
            ValueError: a currency is unknown, or a rate is zero.
        """
        for currency in (self.base, *self.rates):
            if currency not in money.EXPONENTS:
                raise ValueError(f"{currency!r} is not a currency code of ISO 4217")
        for currency, rate in self.rates.items():
            if not Fraction(rate):
                raise ValueError(f"the rate of {currency} must be above zero")
        if self.base in self.rates:
            raise ValueError(f"{self.base} is the base: it has no rate")


class Exchange:
    """Converts amounts between currencies at the rates of one day."""

    def __init__(self, date: datetime.date, rates: Mapping[str, Fraction]) -> None:
        """Take for each currency how much of it one unit of a common base buys."""
        self.date = date
        self._rates = rates
        self._factor = lru_cache(_KEPT)(self._find_factor)
        self._millionths = lru_cache(_KEPT)(self._find_millionths)

    @classmethod
    def load(cls, path: Path) -> "Exchange":
        """Read `currencies.json`; where there is none, no currency has a rate.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        try:
            record = msgspec.json.decode(path.read_bytes(), type=ExchangeRecord)
        except FileNotFoundError:
            return cls(datetime.date.min, {})
        except OSError as error:
            raise CannotStart(f"{path} cannot be read: {error.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CannotStart(f"{path}: {error}") from None
        rates = {currency: Fraction(rate) for currency, rate in record.rates.items()}
        return cls(record.date, {record.base: Fraction(1), **rates})

    def knows(self, currency: str) -> bool:
        """Whether amounts can be converted into and from the currency."""
        return currency in self._rates

    def converter(self, currency: str, into: str) -> Callable[[int], int] | None:
        """Turns minor units of one currency into those of another; None when that is unknown."""
        factor = self._factor(currency, into)
        if factor is None:
            return None
        numerator, denominator = factor
        return lambda minor: (2 * minor * numerator + denominator) // (2 * denominator)

    def comparable(self, minor: int, currency: str) -> int | None:
        """Millionths of the base, by which amounts of any currency are compared.

        None where no rate is known; as long as none is known at all, amounts stand for themselves.
        """
        if not self._rates:
            return minor
        factor = self._millionths(currency)
        return None if factor is None else minor * factor.numerator // factor.denominator

    def _find_millionths(self, currency: str) -> Fraction | None:
        if currency not in self._rates:
            return None
        digits = money.EXPONENTS.get(currency, 2)
        return Fraction(_COMPARED, 10**digits) / self._rates[currency]

    def _find_factor(self, currency: str, into: str) -> tuple[int, int] | None:
        if currency == into:
            return (1, 1)
        if currency not in self._rates or into not in self._rates:
            return None
        digits = money.EXPONENTS.get(into, 2) - money.EXPONENTS.get(currency, 2)
        factor = self._rates[into] / self._rates[currency] * Fraction(10) ** digits
        return (factor.numerator, factor.denominator)


NO_EXCHANGE = Exchange(datetime.date.min, {})
"""Knows no rate."""


def schema(title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of `currencies.json`."""
    (record,) = msgspec.json.schema(ExchangeRecord)["$defs"].values()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **record, "title": title}
