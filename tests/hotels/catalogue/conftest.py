from collections.abc import Callable
from pathlib import Path

import pytest

from innkeeper.hotels.catalogue.address import parse
from innkeeper.hotels.catalogue.load import Outcome, load
from innkeeper.hotels.catalogue.rejects import Rejects
from innkeeper.hotels.catalogue.source import Options, open_source

Import = Callable[..., tuple[Outcome, list[tuple[int, str]]]]


@pytest.fixture
def bring(tmp_path: Path) -> Import:
    """Imports a file's content into a catalogue; answers what came of it, and the first rejects."""

    def run(
        content: str | bytes, name: str = "hotels.csv", to: str | None = None, **options: object
    ) -> tuple[Outcome, list[tuple[int, str]]]:
        source = tmp_path / name
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        opened = open_source(source, Options(**options))
        with Rejects(tmp_path / "rejects.csv", opened.rejected) as rejects:
            outcome = load(opened.items, parse(to or f"sqlite:///{tmp_path}/hotels.db"), rejects)
        return outcome, [(reject.line, reject.reason) for reject in rejects.first]

    return run
