"""The service of somebody's own, built as its page says in a copy of the sources."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.documents import ROOT, Document
from tests.support.system import command, eventually

PAGE = Document.read(ROOT / "docs" / "own-service.md")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with everything done that the page asks for."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("src", "protos", "data", "scripts"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for name, text in PAGE.files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    functions, row = (block.text for block in PAGE.blocks("python", "4. The row"))
    wiring = root / "src" / "innkeeper" / "wiring.py"
    table = "SERVICES: Final = (\n"
    assert table in wiring.read_text()
    wiring.write_text(wiring.read_text().replace(table, f"{functions}\n\n{table}{row}"))
    generated = subprocess.run(
        [sys.executable, "scripts/proto.py"], cwd=root, capture_output=True, text=True
    )
    assert generated.returncode == 0, generated.stderr
    return root


def test_checks(copy: Path) -> None:
    """What the page says to write is as clean as the rest: style, format and types."""
    own = ["src/innkeeper/hotels/reviews", "src/innkeeper/wiring.py"]
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *tool, *own], cwd=copy, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_runs(copy: Path) -> None:
    """The service starts by its name, is in the registry, and answers as the page shows."""
    environ = {"PYTHONPATH": str(copy / "src")}
    ports = ("--port=reviews=0", "--port=registry=0")
    with command("serve", "registry", "reviews", *ports, env=environ) as running:

        def serving() -> dict[str, str] | None:
            for line in list(running.lines):
                said = str(line.get("message", "")).partition("serving ")[2]
                if said:
                    return dict(part.split(" at ") for part in said.split(", "))
            assert running.process.poll() is None, running.said()
            return None

        address = eventually(serving, 30)["reviews"]
        (client,) = PAGE.blocks("python", "5. Ask it")
        asked = subprocess.run(
            [sys.executable, "-c", client.text.replace("localhost:8085", address)],
            env=environ,
            capture_output=True,
            text=True,
        )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == "The pool is smaller than on the pictures, the nights are longer.\n"
