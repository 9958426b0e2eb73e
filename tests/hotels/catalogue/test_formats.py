"""What sources may look like."""

import json

import pytest

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.columns import mapping
from innkeeper.hotels.catalogue.numbers import currency_in, number, price
from innkeeper.hotels.catalogue.stores import open_geo, open_profile, open_rate
from tests.hotels.catalogue.conftest import Import

MUNICH = {"id": "1", "name": "Zum Löwen", "lat": 48.1371, "lon": 11.5754}
SHEET = 'Nr;Hotel;Breite;Länge;Preis\n1;"Zum Löwen";48,1371;11,5754;"1.234,50 €"\n'


async def check(tmp_path: object) -> None:
    """Whether the hotel in Munich is there."""
    to = f"sqlite:///{tmp_path}/hotels.db"
    (place,) = await open_geo(to).nearby(48, 11, 100_000, 5)
    assert place[1:] == ("1", 48.1371, 11.5754)
    assert (await open_profile(to).hotels(["1"]))["1"].name == "Zum Löwen"


@pytest.mark.parametrize(
    "content",
    [
        SHEET.encode(),
        SHEET.encode("utf-8-sig"),
        SHEET.encode("utf-16"),
        SHEET.encode("cp1252"),
        SHEET.replace("€", "EUR").encode("latin-1"),
        SHEET.replace("\n", "\r\n").encode("utf-8-sig"),
        b"sep=;\r\n" + SHEET.encode("cp1252"),
        SHEET.replace(";", "\t").encode(),
        SHEET.replace(";", "|").encode(),
        SHEET.replace("Preis\n", "Preis;;\n").replace('"\n', '";;\n').encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16",
        "windows",
        "latin-1",
        "crlf",
        "sep",
        "tabs",
        "bars",
        "empty-columns",
    ],
)
async def test_spreadsheets_are_read(bring: Import, tmp_path: object, content: bytes) -> None:
    """Marks, encodings, delimiters and decimal commas are told from the file."""
    outcome, rejected = bring(content)

    assert (outcome.changes.new, rejected) == (1, [])
    await check(tmp_path)
    plans = await open_rate(f"sqlite:///{tmp_path}/hotels.db").plans(["1"])
    assert (plans["1"][0].base_price, plans["1"][0].currency) == (123450, "EUR")


async def test_quoted_newlines_belong_to_the_field(bring: Import, tmp_path: object) -> None:
    """Lines are counted as the file has them."""
    content = 'id,name,lat,lon,description\n1,A,1,2,"two\nlines"\n2,B,x,2,\n'
    _, rejected = bring(content)

    assert rejected == [(4, "lat: 'x' is not a number")]
    hotels = await open_profile(f"sqlite:///{tmp_path}/hotels.db").hotels(["1"])
    assert hotels["1"].description.best("en").content == "two\nlines"


def test_a_quote_that_is_not_closed_is_told(bring: Import) -> None:
    """The rows before it are imported, and the reject says where the file breaks."""
    outcome, rejected = bring('id,name,lat,lon\n1,A,1,2\n2,"B,1,2\n' + "3,C,1,2\n" * 20_000)

    assert outcome.changes.new == 1
    ((line, reason),) = rejected
    assert line == 3
    assert "a quote not closed?" in reason


async def test_languages_are_named_as_programs_name_them(bring: Import, tmp_path: object) -> None:
    """de_AT is taken for de-AT, and what is no language is told in words."""
    outcome, rejected = bring("id,name,lat,lon,locale\n1,A,1,2,de_AT\n2,B,1,2,German!\n")

    assert outcome.changes.new == 1
    hotels = await open_profile(f"sqlite:///{tmp_path}/hotels.db").hotels(["1"])
    assert hotels["1"].description.best("fr").locale == "de-AT"
    ((_, reason),) = rejected
    assert reason.startswith("default_locale is no language tag such as de-AT")


def test_the_rest_of_a_short_file_is_not_taken_for_a_name(bring: Import) -> None:
    """A quote still open at the end of the file is told too, and closed at the end is none."""
    outcome, rejected = bring('id,name,lat,lon\n1,A,1,2\n2,"B,1,2\n3,C,1,2\n')
    assert outcome.changes.new == 1
    assert rejected == [(3, "the rest of the file is in a quote that is not closed")]

    outcome, rejected = bring('id,lat,lon,name\n2,1,2,"B, at the sea"')
    assert (outcome.changes.new, rejected) == (1, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("h.json", [MUNICH]),
        ("h.json", {"total": 1, "hotels": [MUNICH]}),
        ("h.json", [{"id": 1, "name": "Zum Löwen", "geo": {"lat": "48.1371", "lng": 11.5754}}]),
        (
            "h.geojson",
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "id": 1,
                        "properties": {"name": "Zum Löwen", "lat": "x"},
                        "geometry": {"type": "Point", "coordinates": [11.5754, 48.1371, 520]},
                    }
                ],
            },
        ),
        ("h.jsonl", MUNICH),
    ],
    ids=["list", "object", "nested", "geojson", "lines"],
)
async def test_json_is_read(bring: Import, tmp_path: object, name: str, content: object) -> None:
    """Lists, objects around lists, inner objects, GeoJSON and JSON Lines."""
    outcome, rejected = bring(json.dumps(content), name)

    assert (outcome.changes.new, rejected) == (1, [])
    await check(tmp_path)


def test_broken_lines_are_rejected_alone(bring: Import) -> None:
    """A line that is no object is told; those around it are imported."""
    outcome, rejected = bring(f"{json.dumps(MUNICH)}\n{{oops\n\n[1]\n", "h.jsonl")

    assert outcome.changes.new == 1
    assert [line for line, _ in rejected] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("h.csv", b"", "is empty"),
        ("h.csv", b"PK\x03\x04...", "save the sheet as CSV"),
        ("h.csv", b"a,b\n1,2\n", "no column for name and lat and lon among 'a', 'b'"),
        ("h.json", b"[{]", "h.json:1: JSON is malformed"),
        ("h.json", b'[{"name": "A"},\n{"name": \n\n', "h.json:2: Input data was truncated"),
        ("h.json", b'"hotels"', "Expected `object`"),
        ("h.json", b'{"a": [], "b": []}', "must be a list of objects"),
        ("h.json", b'["\xff"]', "byte 2 is not UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why(
    bring: Import, name: str, content: bytes, reason: str
) -> None:
    """A file that no hotel can be made of is refused with what to do."""
    with pytest.raises(CannotStart, match=reason):
        bring(content, name)


async def test_a_hotel_without_an_id_gets_one_of_its_own(bring: Import) -> None:
    """The id is the same whenever the hotel is imported."""
    content = "name,lat,lon\nA,1,2\nB,1,2\n"

    assert bring(content)[0].changes.new == 2
    assert bring(content)[0].changes.same == 2


def test_columns_are_guessed_and_told() -> None:
    """Names in several languages are known; what is told counts more; each is used once."""
    columns = ["Hotel-Name", "GEO.Latitude", "geo.lng", "PLZ", "Ort", "owner.phone", "Téléphone"]
    columns += ["price.amount", "priceCurrency"]
    assert mapping(columns, {"city": "Hotel-Name", "name": "Ort"}) == {
        "name": "Ort",
        "lat": "GEO.Latitude",
        "lon": "geo.lng",
        "phone": "owner.phone",
        "city": "Hotel-Name",
        "postal_code": "PLZ",
        "price": "price.amount",
        "currency": "priceCurrency",
    }


def test_words_of_a_name_may_be_parted_or_not() -> None:
    """Spreadsheets say Hotelname, programs hotelName."""
    assert mapping(["Hotelname", "LAT", "geoLng"], {}) == {
        "name": "Hotelname",
        "lat": "LAT",
        "lon": "geoLng",
    }


def test_wrong_mappings_are_refused() -> None:
    """Unknown fields and columns are named with those that there are."""
    with pytest.raises(CannotStart, match="the fields are id, name"):
        mapping(["a"], {"nane": "a"})
    with pytest.raises(CannotStart, match="no such column among 'a'"):
        mapping(["a"], {"name": "b"})


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-7.5", -7.5), (" 48,1371° ", 48.1371), ("−0,5", -0.5), ("1e-3", 0.001)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    """Points, commas, signs and degrees are known."""
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1,2,3", "N 48", "1" * 30, "0x1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="is not a number"):
        number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120EUR", (12000, "EUR")),
        ("eur 99.5", (9950, "EUR")),
        ("1.234,50 €", (123450, "EUR")),
        ("£1,234.50", (123450, "GBP")),
        ("1 234,50 PLN", (123450, "PLN")),
        ("12,000 JPY", (12000, "JPY")),
        ("12000.00 JPY", (12000, "JPY")),
        ("1'234.00 CHF", (123400, "CHF")),
        ("35.500 KWD", (35500, "KWD")),
        ("1,234,567 IDR", (123456700, "IDR")),
        ("0.500 EUR", (50, "EUR")),
        ("CHF 90.-", (9000, "CHF")),
        ("1.290,– €", (129000, "EUR")),
    ],
)
def test_prices_are_read_as_people_write_them(text: str, expected: tuple[int, str]) -> None:
    """Signs and codes of currencies, decimal commas and marks between thousands are known."""
    assert price(text) == expected


@pytest.mark.parametrize(
    ("column", "currency"),
    [
        ("Preis (€)", "EUR"),
        ("Price [usd]", "USD"),
        ("Preis in £", "GBP"),
        ("Price ($)", ""),
        ("Price (per night)", ""),
        ("Price all", ""),
        ("", ""),
    ],
)
def test_a_column_may_name_its_currency(column: str, currency: str) -> None:
    """In brackets or as a sign at the end, where nothing else can be meant."""
    assert currency_in(column) == currency


async def test_prices_are_in_the_currency_of_their_column(bring: Import, tmp_path: object) -> None:
    """A spreadsheet says it once, above; a price with a currency of its own keeps that."""
    outcome, rejected = bring("id,name,lat,lon,Preis (€)\n1,A,1,2,99.50\n2,B,1,2,80 CHF\n")

    assert (outcome.changes.new, rejected) == (2, [])
    plans = await open_rate(f"sqlite:///{tmp_path}/hotels.db").plans(["1", "2"])
    assert [plans[hotel][0].currency for hotel in ("1", "2")] == ["EUR", "CHF"]


def test_a_dollar_is_the_one_that_a_column_names() -> None:
    """The sign alone says too little, and beside a currency without dollars it is a mistake."""
    assert price("$1,259.00", "cad") == (125900, "CAD")
    with pytest.raises(ValueError, match="which dollar"):
        price("$5", "EUR")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("120", "names no currency"),
        ("-5 EUR", "is not a price"),
        ("free", "is not a price"),
        ("0 EUR", "above zero"),
        ("5 XXX", "not a currency code"),
        ("$5", "which dollar"),
        ("1,234 EUR", "may be 1234 or 1.234"),
    ],
)
def test_what_is_no_price_is_refused(text: str, reason: str) -> None:
    """What could be meant in two ways is not guessed."""
    with pytest.raises(ValueError, match=reason):
        price(text)
