import msgspec
import pytest

from innkeeper.hotels.profile.records import HotelRecord

HOTEL = {
    "hotel_id": "1",
    "name": "Inn",
    "phone_number": "1",
    "address": {"street": "1 Main St", "city": "Town", "country": "Country"},
    "default_locale": "en",
    "description": {"en": "An inn."},
}
IMAGE = {"url": "/static/inn.svg", "alt": {"en": "The inn"}}


def read(**changes: object) -> HotelRecord:
    return msgspec.convert({**HOTEL, **changes}, HotelRecord)


def test_what_a_hotel_has_not_is_empty() -> None:
    """State, postal code, images and rating may be missing."""
    hotel = read().hotel()

    assert hotel.address == ("1 Main St", "Town", "", "", "Country")
    assert hotel.images == ()
    assert hotel.rating is None


@pytest.mark.parametrize("url", ["/static/inn.svg", "https://example.org/inn.jpg"])
def test_an_image_is_a_path_or_absolute(url: str) -> None:
    """Both kinds of address are taken."""
    assert read(images=[{**IMAGE, "url": url}]).hotel().images[0].url == url


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, r"\$\.name"),
        ({"rating": 5.5}, "<= 5"),
        ({"rating": 0}, ">= 1"),
        ({"default_locale": "de"}, "description: no text is in the default locale 'de'"),
        ({"default_locale": "d_e"}, "regex"),
        ({"description": {}}, "description|length"),
        ({"description": {"e": "x"}}, "regex"),
        ({"description": {"en": "x", "EN": "y"}}, "description: two locales"),
        ({"images": [{**IMAGE, "alt": {"de": "x"}}]}, r"images\[0\]\.alt: no text"),
        ({"images": [{**IMAGE, "url": "javascript:alert(1)"}]}, "regex"),
        ({"images": [{**IMAGE, "url": "//elsewhere.example/x"}]}, "regex"),
        ({"address": {"street": "1"}}, "missing required field"),
        ({"stars": 5}, "unknown field `stars`"),
    ],
)
def test_a_bad_hotel_says_why(changes: dict[str, object], reason: str) -> None:
    """Everything that cannot be meant is refused with a reason."""
    with pytest.raises(msgspec.ValidationError, match=reason):
        read(**changes)
