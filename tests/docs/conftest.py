"""What the documents talk about, running."""

from collections.abc import Iterator

import pytest

from tests.support.system import System, eventually, single_process


@pytest.fixture(scope="session")
def running() -> Iterator[System]:
    """All roles in one process: for documents it makes no difference."""
    with single_process() as system:
        eventually(lambda: system.get("/readyz").status_code == 200)
        yield system
