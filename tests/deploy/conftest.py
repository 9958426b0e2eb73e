"""Where the files are that these tests hold to what the system does."""

from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture(scope="session")
def deploy() -> Path:
    """The folder with everything for running the system elsewhere."""
    return DEPLOY
