"""What the documents talk about, running."""

from collections.abc import Iterator

import pytest

from tests.support.system import System, eventually, system


@pytest.fixture(scope="session")
def running() -> Iterator[System]:
    """The system as `make run` starts it, on free ports."""
    with system() as started:
        eventually(lambda: started.get("/readyz").status_code == 200)
        yield started
