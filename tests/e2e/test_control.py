"""The commands to a running system, over real processes."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.support.system import System, eventually, system

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


def control(running: System, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command against this system."""
    command = [sys.executable, "-m", "innkeeper", *words, "--up", str(running.command.process.pid)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def shown(running: System) -> dict[str, dict[str, object]]:
    """What `innkeeper ps` shows, by instance."""
    return {
        str(process["instance"]): process
        for process in json.loads(control(running, "ps", "--json").stdout)
    }


class Visitors:
    """Ask with a new connection each time, as browsers and load balancers do that come and go."""

    def __init__(self, url: str) -> None:
        self.outcomes: Counter[str] = Counter()
        self._at = urlsplit(url)
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(4)]

    @contextmanager
    def visiting(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join()

    def _visit(self) -> None:
        while not self._stopped.is_set():
            connection = http.client.HTTPConnection(
                str(self._at.hostname), self._at.port, timeout=10
            )
            try:
                connection.request("GET", "/hotels?inDate=2015-04-09&outDate=2015-04-10")
                self.outcomes[str(connection.getresponse().status)] += 1
            except OSError as error:
                self.outcomes[type(error).__name__] += 1
            finally:
                connection.close()


def test_processes_and_faults_of_a_system() -> None:
    """Instances can be looked at, slowed down, killed and rolled, and it shows."""
    with system("--without", "traces", env={"OTEL_SDK_DISABLED": "true"}) as running:
        before = shown(running)
        assert set(before) == {
            "registry-1",
            "geo-1",
            "rate-1",
            "profile-1",
            "search-1",
            "frontend-1",
        }
        assert {process["state"] for process in before.values()} == {"ready"}
        assert control(running, "fault", "geo", "--latency", "300ms").returncode == 0
        began = time.monotonic()
        assert running.stay().status_code == 200
        assert time.monotonic() - began >= 0.3
        assert control(running, "fault", "geo", "--errors", "100%").returncode == 0
        assert running.stay().status_code == 503
        assert control(running, "fault", "geo", "--clear").returncode == 0
        eventually(lambda: running.stay().status_code == 200)
        refused = control(running, "fault", "frontend", "--errors", "1%")
        assert refused.returncode == 1
        assert refused.stderr.startswith("innkeeper: frontend answers no calls here")
        assert control(running, "kill", "geo-1").returncode == 0
        eventually(lambda: shown(running)["geo-1"]["restarts"] == 1)
        restarted = control(running, "restart", "rate", "profile-1")
        assert [line.split()[0] for line in restarted.stdout.splitlines()] == [
            "rate-1",
            "profile-1",
        ]
        after = shown(running)
        assert after["rate-1"]["pid"] != before["rate-1"]["pid"]
        assert after["search-1"]["pid"] == before["search-1"]["pid"]


def test_roles_that_share_processes() -> None:
    """With --together the processes have their own name; faults still meet one role alone."""
    with system("--together") as running:
        assert set(shown(running)) == {"registry-1", "traces-1", "together-1"}
        assert control(running, "fault", "rate", "--errors", "100%").returncode == 0
        assert running.stay().status_code == 503
        assert control(running, "fault", "rate", "--clear").returncode == 0
        eventually(lambda: running.stay().status_code == 200)
        wrong = control(running, "scale", "geo=2")
        assert "scale together" in wrong.stderr
        assert control(running, "scale", "together=2").stdout.startswith("together-2 ")
        assert control(running, "restart", "geo").stdout.count("serves") == 2
        assert control(running, "hang", "together-2", "--for", "1s").returncode == 0
        eventually(lambda: shown(running)["together-2"]["state"] == "hung")
        eventually(lambda: shown(running)["together-2"]["state"] == "ready")


def test_frontends_are_rolled_under_new_connections() -> None:
    """While frontends are restarted and scaled, nobody who connects anew is turned away."""
    with system("--replicas", "frontend=2") as running:
        visitors = Visitors(running.addresses["frontend"])
        with visitors.visiting():
            assert control(running, "restart", "frontend").returncode == 0
            assert control(running, "scale", "frontend=3").returncode == 0
            assert control(running, "scale", "frontend=1").returncode == 0
        assert set(visitors.outcomes) == {"200"}
        assert visitors.outcomes["200"] > 20


def test_an_up_that_was_killed_is_not_found() -> None:
    """The socket that a killed `up` leaves is swept away, and who asks is told."""
    with system() as running:
        running.command.process.kill()
        running.command.process.wait()
        gone = control(running, "ps")
        assert gone.returncode == 1
        assert gone.stderr.startswith("innkeeper: ")
        assert gone.stderr.count("\n") == 1
