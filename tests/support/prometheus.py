"""A real Prometheus as a child process, for the tests marked `real`."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.support.child import free_ports

START_LIMIT = 30.0


def binary(name: str) -> str:
    """`prometheus` or `promtool`, on PATH or where INNKEEPER_PROMETHEUS_BIN or
    INNKEEPER_PROMTOOL_BIN says.

    Raises:
        FileNotFoundError: neither is there; a test marked `real` fails then, it does not skip.
    """
    found = os.environ.get(f"INNKEEPER_{name.upper()}_BIN") or shutil.which(name)
    if not found:
        raise FileNotFoundError(
            f"no {name} on PATH: run `make backends`, or set INNKEEPER_{name.upper()}_BIN"
        )
    return found


class Prometheus:
    """A running server, asked over its HTTP API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=10)

    def ready(self) -> bool:
        """Whether it answers queries."""
        try:
            return self._http.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an instant query, each with `metric` and `value`.

        Raises:
            AssertionError: the expression is wrong; the text says how.
        """
        answer = self._http.get("/api/v1/query", params={"query": expression}).json()
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def instances(self, expression: str) -> set[str]:
        """The instances of the series that an expression gives."""
        return {series["metric"].get("instance", "") for series in self.query(expression)}

    def targets(self) -> list[dict[str, Any]]:
        """What is scraped."""
        found: list[dict[str, Any]] = self._http.get("/api/v1/targets").json()["data"][
            "activeTargets"
        ]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its health."""
        groups = self._http.get("/api/v1/rules").json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def running_prometheus(config: Path, registry: str, folder: Path) -> Iterator[Prometheus]:
    """Run Prometheus until the block ends, on a copy of a configuration that differs in the
    registry's address and in that it reads every half second.

    Raises:
        FileNotFoundError: the binary is missing.
        RuntimeError: it did not answer within 30 seconds; the text holds its output.
    """
    hastened = yaml.safe_load(config.read_text())
    hastened["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    hastened["rule_files"] = [str(config.parent / name) for name in hastened["rule_files"]]
    for discovery in hastened["scrape_configs"][0]["consul_sd_configs"]:
        discovery.update(server=registry.partition("://")[2], refresh_interval="500ms")
    written = folder / "prometheus.yml"
    # JSON is YAML.
    written.write_text(json.dumps(hastened))
    address = f"127.0.0.1:{free_ports(1)[0]}"
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                binary("prometheus"),
                f"--config.file={written}",
                f"--storage.tsdb.path={folder / 'series'}",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
    prometheus = Prometheus(f"http://{address}")
    try:
        end = time.monotonic() + START_LIMIT
        while not prometheus.ready():
            if process.poll() is not None or time.monotonic() > end:
                said = (folder / "prometheus.log").read_text(errors="replace")
                raise RuntimeError(f"Prometheus did not start: {said[-4000:]}")
            time.sleep(0.05)
        yield prometheus
    finally:
        prometheus.close()
        process.kill()
        process.wait()
