"""The pages of a running system, as somebody clicks through them."""

import re

from tests.support.system import System, system


def links(running: System, page: str) -> set[str]:
    """Where a page leads to that is not of its own server."""
    return set(re.findall(r'href="(http[^"]*)"', running.http.get(page).text))


def test_pages_lead_to_each_other() -> None:
    """From the map to the registry and the traces, from there to each other and back."""
    with system("--together") as running:
        pages = running.command.event("ready")["pages"]
        assert links(running, pages["Registry"]) == {pages["Map"], pages["Traces"]}
        assert links(running, pages["Traces"]) == {pages["Map"], pages["Registry"]}
        away = sorted(running.http.get(link).text for link in links(running, pages["Map"]))
        assert away == sorted(
            running.http.get(pages[title]).text for title in ("Registry", "Traces")
        )
