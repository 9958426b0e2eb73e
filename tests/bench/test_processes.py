"""What is read under /proc."""

import os
import subprocess
import sys
from pathlib import Path

from innkeeper.bench.processes import System, Usage, between

SERVER = (
    "import socket, subprocess, sys, time\n"
    "server = socket.create_server(('127.0.0.1', 0))\n"
    "child = subprocess.Popen([sys.executable, '-c', 'input()', 'geo'], stdin=subprocess.PIPE)\n"
    "print(server.getsockname()[1], child.pid, flush=True)\n"
    "input()\n"
)


def test_finds_the_system() -> None:
    """The listener and what it started are found from the port, with names and memory."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, "frontend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        port, child = map(int, server.stdout.readline().split())
        found = System(port).usage()
        server.communicate("\n")
    assert found is not None
    assert {usage.pid for usage in found} == {server.pid, child}
    assert [usage.name.split()[-1] for usage in sorted(found, key=lambda one: one.pid)] == [
        "frontend",
        "geo",
    ]
    assert all(usage.pss_mb is not None and usage.pss_mb > 1 for usage in found)


def write(proc: Path, pid: int, parent: int, group: int, words: str, inode: int = 0) -> None:
    """A process as /proc shows it."""
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    fields = f"{pid} (a) b) S {parent} {group} {group} 0 -1 0 0 0 0 0 100 50 0 0"
    (folder / "stat").write_text(fields)
    (folder / "cmdline").write_text("\0".join(words.split()) + "\0")
    (folder / "smaps_rollup").write_text("Rss: 9 kB\nPss:            2000 kB\nPss_Dirty: 1 kB\n")
    if inode:
        (folder / "fd" / "3").symlink_to(f"socket:[{inode}]")


def listen(proc: Path, port: int, inode: int) -> None:
    """A listening socket as /proc shows it, beside a connected one of the same port."""
    (proc / "net").mkdir(parents=True)
    lines = [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout",
        f" 0: 0100007F:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 {inode} 1",
        f" 1: 0100007F:{port:04X} 0100007F:9000 01 00000000:00000000 00:00000000 0 0 0 77 1",
    ]
    (proc / "net" / "tcp").write_text("\n".join(lines) + "\n")


def test_group_and_descendants(tmp_path: Path) -> None:
    """The listener's process group and all descendants are the system; others and we are not."""
    listen(tmp_path, 5000, 42)
    write(tmp_path, 10, 1, 10, "bash run.sh")
    write(tmp_path, 11, 10, 10, "/x/go-micro-services -port=1 geo")
    write(tmp_path, 12, 10, 10, "/x/go-micro-services -port=2 frontend", inode=42)
    write(tmp_path, 13, 12, 13, "/x/bin/python3 -m innkeeper serve rate --port rate=0 --bind ::1")
    write(tmp_path, 20, 1, 20, "other", inode=77)
    write(tmp_path, os.getpid(), 10, 30, "innkeeper bench")
    found = System(5000, tmp_path).usage()
    assert found is not None
    assert [(usage.pid, usage.name) for usage in found] == [
        (10, "bash run.sh"),
        (11, "go-micro-services geo"),
        (12, "go-micro-services frontend"),
        (13, "innkeeper serve rate"),
    ]
    ticks = os.sysconf("SC_CLK_TCK")
    assert found[0] == Usage(10, "bash run.sh", 150 / ticks, 2.048)


def test_own_group_is_not_the_system(tmp_path: Path) -> None:
    """What shares our own process group is told apart by descent alone."""
    listen(tmp_path, 5000, 42)
    write(tmp_path, 12, 1, 30, "frontend", inode=42)
    write(tmp_path, 13, 12, 30, "geo")
    write(tmp_path, 14, 1, 30, "other")
    write(tmp_path, os.getpid(), 1, 30, "innkeeper bench")
    found = System(5000, tmp_path).usage()
    assert found is not None
    assert [usage.pid for usage in found] == [12, 13]


def test_not_known(tmp_path: Path) -> None:
    """Nothing is known without /proc, or about a port whose owner may not be looked into."""
    assert System(5000, tmp_path / "missing").usage() is None
    listen(tmp_path, 5000, 42)
    assert System(5000, tmp_path).usage() is None


def test_unreadable_parts(tmp_path: Path) -> None:
    """Memory that may not be read is None, and a nameless process is called by its number."""
    listen(tmp_path, 5000, 42)
    write(tmp_path, 12, 1, 12, "", inode=42)
    (tmp_path / "12" / "smaps_rollup").unlink()
    found = System(5000, tmp_path).usage()
    assert found is not None
    assert (found[0].name, found[0].pss_mb) == ("process 12", None)


def test_between() -> None:
    """A run's use is the difference; who came meanwhile counts whole, who left not at all."""
    before = [Usage(1, "a", 1.0, 5.0), Usage(2, "b", 2.0, 5.0)]
    after = [Usage(1, "a", 1.5, 6.0), Usage(3, "c", 0.25, None)]
    assert between(before, after) == [Usage(1, "a", 0.5, 6.0), Usage(3, "c", 0.25, None)]
