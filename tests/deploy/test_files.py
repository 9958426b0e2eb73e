"""The files in deploy/ fit the system that they start."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from innkeeper.cli import innkeeper
from innkeeper.settings import Settings
from innkeeper.wiring import EDGE, SERVICES
from tests.deploy.conftest import DEPLOY

PORTS = {role.name: role.port for role in (*SERVICES, EDGE)}
YAML = sorted([*DEPLOY.rglob("*.yml"), *DEPLOY.rglob("*.yaml")])


def documents(path: Path) -> list[dict[str, Any]]:
    """Everything in a YAML file."""
    return list(yaml.safe_load_all(path.read_text()))


def workloads() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The workloads of the product for Kubernetes, each with its container."""
    for path in (DEPLOY / "kubernetes").glob("*.yaml"):
        for document in documents(path):
            if document["kind"] == "StatefulSet":
                yield document, document["spec"]["template"]["spec"]["containers"][0]


def accept(arguments: list[str]) -> dict[str, Any]:
    """The options of `innkeeper serve`; what it does not take is an error."""
    words = [word.replace("$(INSTANCE)", "2") for word in arguments]
    command = innkeeper.commands[words[0]]
    return command.make_context(words[0], words[1:]).params


@pytest.mark.parametrize("path", YAML, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_yaml(path: Path) -> None:
    """Every file can be read."""
    assert all(isinstance(document, dict) for document in documents(path))


def test_compose_starts_every_role(deploy: Path) -> None:
    """Each service is told a role that there is, and to listen where others reach it."""
    services = documents(deploy / "compose.yaml")[0]["services"]
    ours = [service for service in services.values() if service["image"] == "innkeeper"]
    started = [accept(service["command"]) for service in ours]
    assert {role for options in started for role in options["roles"]} == set(PORTS)
    assert {options["bind"] for options in started} == {"0.0.0.0"}
    instances = [(options["roles"], options["instance"]) for options in started]
    assert len(instances) == len(set(instances))
    # A published port is reached from this machine alone.
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose_uses_the_backends_that_it_brings(deploy: Path) -> None:
    """The environment names its own Consul and Jaeger, so that no embedded one is looked for."""
    services = documents(deploy / "compose.yaml")[0]["services"]
    for service in services.values():
        if service["image"] != "innkeeper":
            continue
        settings = Settings.from_environ(service["environment"])
        assert settings.registry.external
        assert settings.tracing.external
        assert settings.tracing.traces_url is not None
        assert settings.registry.url.split("/")[2].split(":")[0] in services
        assert settings.tracing.endpoint.split("/")[2].split(":")[0] in services


def test_kubernetes_starts_every_role() -> None:
    """Each role listens on its own port, where its probes ask."""
    found = {}
    for workload, container in workloads():
        options = accept(container["args"])
        (role,) = options["roles"]
        assert options["bind"] == "0.0.0.0"
        assert workload["metadata"]["name"] == role
        assert [port["containerPort"] for port in container["ports"]] == [PORTS[role]]
        assert [number for _, number in options["ports"]] == [PORTS[role]]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            if role == EDGE.name:
                assert container[probe]["httpGet"]["path"] == "/healthz"
            else:
                assert container[probe]["grpc"] == {"port": PORTS[role]}
        found[role] = workload
    assert set(found) == set(PORTS)


def test_kubernetes_numbers_begin_with_one() -> None:
    """The instance is the pod's number, and no instance has the number 0."""
    for workload, container in workloads():
        assert workload["spec"]["ordinals"]["start"] == 1
        (number,) = container["env"]
        assert number["name"] == "INSTANCE"
        assert "pod-index" in number["valueFrom"]["fieldRef"]["fieldPath"]


def test_kubernetes_selectors_meet_their_pods() -> None:
    """A workload and a Service select the pods that are made."""
    every = [d for path in (DEPLOY / "kubernetes").glob("*.yaml") for d in documents(path)]
    pods = [
        document["spec"]["template"]["metadata"]["labels"]
        for document in every
        if document["kind"] in ("Deployment", "StatefulSet")
    ]
    for document in every:
        if document["kind"] in ("Deployment", "StatefulSet"):
            selector = document["spec"]["selector"]["matchLabels"]
            assert selector.items() <= document["spec"]["template"]["metadata"]["labels"].items()
        if document["kind"] == "Service":
            selector = document["spec"]["selector"]
            assert sum(selector.items() <= labels.items() for labels in pods) == 1


def test_kustomization_lists_every_file(deploy: Path) -> None:
    """No manifest is left out."""
    folder = deploy / "kubernetes"
    (listed,) = documents(folder / "kustomization.yaml")
    files = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed["resources"]) == files


def test_nothing_runs_as_root(deploy: Path) -> None:
    """The image names a user by number, and no container may become more than that."""
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", (deploy / "Containerfile").read_text(), re.M)
    for workload, container in workloads():
        assert workload["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_images_are_pinned(deploy: Path) -> None:
    """What is not ours names its registry and its version."""
    texts = [path.read_text() for path in YAML]
    images = {
        image for text in texts for image in re.findall(r"^ *(?:- )?image: (\S+)", text, re.M)
    }
    for image in images - {"innkeeper"}:
        assert re.fullmatch(r"docker\.io/[\w./-]+:v?\d+\.\d+\.\d+", image)


def test_the_image_has_what_it_copies(deploy: Path) -> None:
    """Every source of a COPY is there, and is not kept out of the build."""
    root = deploy.parent
    kept = (deploy / "Containerfile.dockerignore").read_text()
    for line in re.findall(r"^COPY (.+)$", (deploy / "Containerfile").read_text(), re.M):
        for source in line.split()[:-1]:
            assert (root / source).exists()
            assert f"!{source}\n" in kept
