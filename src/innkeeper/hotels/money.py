"""Amounts of money: decimal strings in files and over HTTP, minor units in between.

The currencies are those of ISO 4217 that people pay with (funds and metals are not among them).
"""

import re

_WITHOUT_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_WITH_HUNDREDTHS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
    RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
    TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""

EXPONENTS = {
    **dict.fromkeys(_WITHOUT_MINOR_UNIT.split(), 0),
    **dict.fromkeys(_WITH_HUNDREDTHS.split(), 2),
    **dict.fromkeys(_WITH_THOUSANDTHS.split(), 3),
}
"""How many digits a currency has behind the point."""

DECIMAL = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"
"""What an amount looks like, such as 189 or 189.50; short enough for thirty nights in an int64."""

_DECIMAL = re.compile(DECIMAL)


def to_minor(amount: str, currency: str) -> int:
    """Turn a decimal string into minor units: `("189.5", "USD")` into 18950.

    Raises:
        ValueError: the amount is not a decimal number above zero, the currency is unknown, or the
            currency has fewer digits behind the point; the text says which.
    """
    exponent = EXPONENTS.get(currency)
    if exponent is None:
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217")
    if not _DECIMAL.fullmatch(amount):
        raise ValueError(f"{amount!r} is not an amount such as 189.50")
    whole, _, fraction = amount.partition(".")
    if len(fraction) > exponent:
        raise ValueError(f"{amount!r}: {currency} has {exponent} digits behind the point")
    minor = int(whole + fraction.ljust(exponent, "0"))
    if minor == 0:
        raise ValueError(f"{amount!r}: a price is above zero")
    return minor


def to_decimal(minor: int, currency: str) -> str:
    """Turn minor units into a decimal string: `(18950, "USD")` into 189.50.

    A currency that is not known here is taken to have two digits behind the point.
    """
    exponent = EXPONENTS.get(currency, 2)
    if exponent == 0:
        return str(minor)
    whole, fraction = divmod(minor, 10**exponent)
    return f"{whole}.{fraction:0{exponent}d}"
