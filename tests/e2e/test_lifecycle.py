"""How the system starts, and ends: whole, or with one line that says what is missing."""

import time
from pathlib import Path

import psutil
import pytest

from tests.support.system import System, command, eventually, system


def test_interrupt_leaves_nothing() -> None:
    """Ctrl-C drains, ends everything within three seconds and exits 0."""
    with system() as running:
        children = running.command.children()
        assert len(children) >= 7
        started = time.monotonic()
        assert running.command.interrupt() == 0
        assert time.monotonic() - started < 3
        assert not [child for child in children if child.is_running()]


def test_killed_launcher_takes_its_children_along() -> None:
    """Nothing goes on when the launcher itself is killed."""
    with system() as running:
        children = running.command.children()
        running.command.process.kill()
        running.command.process.wait()
        eventually(lambda: not any(child.is_running() for child in children))


def test_missing_service() -> None:
    """Without one of its services the system starts, says which is missing, and takes it in when
    somebody starts it by hand."""
    with system("--without", "geo") as running:
        ready = eventually(lambda: _not_ready(running))
        assert "geo" in ready["missing"]
        started = time.monotonic()
        answer = running.stay()
        assert time.monotonic() - started < 2.5
        assert answer.status_code == 503
        assert "geo" in answer.json()["detail"]
        assert int(answer.headers["retry-after"]) >= 1
        registry = {"CONSUL_HTTP_ADDR": running.addresses["registry"]}
        with command("serve", "geo", "--port", "0", env=registry):
            eventually(lambda: running.get("/readyz").status_code == 200)
            assert running.stay().status_code == 200


def _not_ready(running: System) -> dict[str, object] | None:
    answer = running.get("/readyz")
    return answer.json() if answer.status_code == 503 and "missing" in answer.json() else None


def test_bad_data(tmp_path: Path) -> None:
    """A bad record keeps the service from starting: the command ends and names file and record."""
    for name in ("geo", "rate", "profile"):
        (tmp_path / f"{name}.json").write_text('{"hotels": []}')
    (tmp_path / "geo.json").write_text(
        '{"hotels": [\n {"hotel_id": "1", "lat": 1, "lon": 2},\n'
        ' {"hotel_id": "2", "lat": 91, "lon": 0}\n]}'
    )
    with command("up", "--free-ports", "--data", str(tmp_path)) as running:
        assert running.process.wait(20) == 1
    said = running.said()
    assert "geo.json" in said
    assert "line 3" in said
    assert "lat" in said
    assert "Traceback" not in said


def test_missing_data(tmp_path: Path) -> None:
    """A missing data file is one line that says what to do."""
    with command("serve", "geo", "--port", "0", "--data", str(tmp_path)) as running:
        assert running.process.wait(20) == 1
    assert len(running.errors) == 1
    assert "geo.json" in running.errors[0]


def test_unreachable_consul() -> None:
    """A Consul that the user named and that is not there is one line that says what to do."""
    with command("up", "--free-ports", env={"CONSUL_HTTP_ADDR": "127.0.0.1:1"}) as running:
        assert running.process.wait(20) == 1
    assert "CONSUL_HTTP_ADDR" in running.said()
    assert "Traceback" not in running.said()


def test_busy_port() -> None:
    """A port in use is named with the option that changes it."""
    with system() as first:
        port = first.addresses["frontend"].rpartition(":")[2]
        with command("up", "--free-ports", "--port", f"frontend={port}") as second:
            assert second.process.wait(20) == 1
        assert port in second.said()
        assert "--port frontend=" in second.said()


def test_busy_port_of_a_service() -> None:
    """A service that finds its port in use says so in one line, its own."""
    with system() as first:
        where = {"CONSUL_HTTP_ADDR": first.addresses["registry"].removeprefix("http://")}
        port = first.addresses["geo"].rpartition(":")[2]
        with command("serve", "geo", "--port", f"geo={port}", env=where) as second:
            assert second.process.wait(20) == 1
        assert len(second.errors) == 1, second.errors
        assert f"port {port}" in second.errors[0]


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.5, 0.9])
def test_interrupt_while_starting(moment: float) -> None:
    """Ctrl-C at any moment of the start ends everything."""
    with command("up", "--free-ports") as running:
        eventually(lambda: psutil.Process(running.process.pid).children() or running.lines)
        time.sleep(moment)
        children = running.children()
        status = running.interrupt()
        assert status == 0, running.said()
        assert not [child for child in children if child.is_running()]
    assert "Traceback" not in running.said()


def test_log_lines() -> None:
    """Log lines say when, how grave, and which role and instance speaks."""
    with system() as running:
        lines = [line for line in running.command.lines if "message" in line]
    for line in lines:
        assert {"time", "level", "role", "instance"} <= set(line)
    assert {"geo-1", "search-1", "frontend-1"} <= {line["instance"] for line in lines}
