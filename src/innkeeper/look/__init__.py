"""The shared design of every page: the map, the registry's dashboard and the trace viewer."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Holds `look.css`, which lists its classes at the top, and `innkeeper.svg`."""
ICON = FOLDER / "innkeeper.svg"
"""Mark and favicon."""


def links(pages: Mapping[str, str], here: str) -> str:
    """Markup for the masthead that leads to pages, URLs by title; nothing leads to `here`."""
    anchors = "".join(
        f'<a href="{escape(url)}">{escape(title)}</a>'
        for title, url in pages.items()
        if title != here
    )
    return f'<nav class="elsewhere" aria-label="Other pages">{anchors}</nav>' if anchors else ""
