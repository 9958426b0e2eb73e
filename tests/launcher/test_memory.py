"""The memory of a process."""

from pathlib import Path

from innkeeper.launcher.memory import memory


def test_memory_is_told_in_megabytes(tmp_path: Path) -> None:
    """The proportional set size counts."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "smaps_rollup").write_text("Rss:  90000 kB\nPss:   40000 kB\n")
    assert memory(7, tmp_path) == 41.0


def test_memory_is_not_known_everywhere(tmp_path: Path) -> None:
    """Where the system does not tell, nothing is made up."""
    assert memory(7, tmp_path) is None
