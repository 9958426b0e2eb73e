import pytest

from innkeeper.hotels.profile.texts import Texts

TEXTS = Texts({"en": "Hello", "de": "Hallo", "de-AT": "Servus", "zh-Hant": "你好"}, "en")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de", "de"),
        ("de-AT", "de-AT"),
        ("DE-at", "de-AT"),
        ("de-AT-1996", "de-AT"),
        ("de-CH", "de"),
        ("de-x-private", "de"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hans", "en"),
        ("zh", "en"),
        ("", "en"),
        ("fr", "en"),
        ("-", "en"),
        ("a-b-c-d", "en"),
        ("nonsense!", "en"),
    ],
)
def test_a_locale_falls_back(locale: str, expected: str) -> None:
    """The exact locale comes first, then less and less specific ones, then the default."""
    assert TEXTS.best(locale).locale == expected


def test_the_default_must_be_there() -> None:
    """Texts without one in the default locale cannot be made."""
    with pytest.raises(ValueError, match="default locale 'fr'"):
        Texts({"en": "Hello"}, "fr")


def test_a_locale_has_one_text() -> None:
    """Tags that differ in case are the same."""
    with pytest.raises(ValueError, match="differ in nothing but case"):
        Texts({"en": "Hello", "EN": "HELLO"}, "en")
