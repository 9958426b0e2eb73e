from innkeeper.hotels.frontend.amounts import MAX_KEPT, Amounts, amounts


def test_amounts_are_quoted_decimals_of_their_currency() -> None:
    """The same minor units are different decimals in currencies that differ in digits."""
    found = {code: amounts(code)[18950] for code in ("USD", "JPY", "KWD")}

    assert found == {"USD": b'"189.50"', "JPY": b'"18950"', "KWD": b'"18.950"'}


def test_a_currency_is_quoted_whatever_it_is() -> None:
    """The code is JSON even when no currency looks like that."""
    assert amounts('U"D').code == b'"U\\"D"'


def test_no_more_amounts_are_kept_than_that() -> None:
    """However many prices come by, memory stays bounded and the amounts right."""
    kept = Amounts("USD")

    assert all(kept[minor].endswith(b'.00"') for minor in range(0, 100 * MAX_KEPT + 200, 100))
    assert len(kept) <= MAX_KEPT
