"""The page about data: its import works as it stands there."""

import subprocess
import sys
from pathlib import Path

from innkeeper.hotels import flatfile
from innkeeper.hotels.geo.store import Place
from tests.support.documents import ROOT, Document

PAGE = Document.read(ROOT / "docs" / "data.md")


def test_import(tmp_path: Path) -> None:
    """The spreadsheet that is shown becomes flat files that pass the check."""
    (sheet,) = PAGE.blocks("csv")
    (tmp_path / "hotels.csv").write_text(sheet.text)
    lines = [line for line in PAGE.commands() if line.startswith(".venv/bin/innkeeper data ")]
    assert len(lines) == 2
    for line in lines:
        words = line.split()[1:]
        done = subprocess.run(
            [sys.executable, "-m", "innkeeper", *words], cwd=tmp_path, capture_output=True
        )
        assert done.returncode == 0, done.stderr
    assert len(flatfile.load(tmp_path / "my-data" / "geo.json", Place)) == 2


def test_limit() -> None:
    """The most hotels of a flat file are those that it may hold."""
    assert f"at most {flatfile.MAX_HOTELS:,} hotels" in PAGE.text
