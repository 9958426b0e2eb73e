"""Texts in several languages, and the choice among them: the lookup of RFC 4647, section 3.4."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

TAG = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
"""The shape of a BCP 47 tag, such as de or zh-Hant-TW; whether it is registered is not checked."""


class Text(NamedTuple):
    """A text in one language."""

    locale: str
    content: str


class Texts:
    """The same text in several languages, one of which is the default."""

    def __init__(self, by_locale: Mapping[str, str], default: str) -> None:
        """Take the texts by BCP 47 tag; case does not matter in tags.

        Raises:
            ValueError: the default language has no text, or a language has two.
        """
        self._by_locale = {tag.lower(): Text(tag, text) for tag, text in by_locale.items()}
        if len(self._by_locale) < len(by_locale):
            raise ValueError("two locales differ in nothing but case")
        if default.lower() not in self._by_locale:
            raise ValueError(f"no text is in the default locale {default!r}")
        self._default = self._by_locale[default.lower()]

    def best(self, locale: str) -> Text:
        """The text in that locale, else in less and less specific ones, else the default."""
        for tag in _ever_shorter(locale.lower()):
            if text := self._by_locale.get(tag):
                return text
        return self._default


def _ever_shorter(tag: str) -> Iterator[str]:
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
        # A single letter introduces what was just cut off, and means nothing alone.
        if tag[-2:-1] == "-":
            tag = tag[:-2]
