"""What holds for every document: links lead somewhere, and commands are ones that exist."""

import re
import shlex

import click
import pytest

from innkeeper import cli
from tests.support.documents import DOCUMENTS, ROOT, Document

EVERY = pytest.mark.parametrize(
    "document",
    [Document.read(path) for path in DOCUMENTS],
    ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS],
)
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
PATH = re.compile(r"`((?:src|tests|docs|bench|data|protos|scripts)/[\w./-]*)`")
GROUPED = {
    name
    for group in cli.innkeeper.commands.values()
    if isinstance(group, click.Group)
    for name in group.commands
}
INNKEEPER = re.compile(r"^(?:\.venv/bin/)?(?:python -m (?:pdb -m )?)?innkeeper (?=.)")


def test_finds_targets() -> None:
    """The tasks are looked for where make has them."""
    assert {"run", "test", "proto"} <= set(TARGETS)


@EVERY
def test_links(document: Document) -> None:
    """A link or picture within the repository leads to a file, and to a heading where it names
    one."""
    for link in document.links():
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.path.parent / name).resolve() if name else document.path
        assert target.exists(), link
        if anchor:
            assert anchor in Document.read(target).anchors(), link


@EVERY
def test_make(document: Document) -> None:
    """Every task that is named is one of the Makefile's, and its options are innkeeper's."""
    for command in document.commands():
        words = shlex.split(command) if command.startswith("make ") else []
        for word in words[1:]:
            if "=" not in word:
                assert word in TARGETS, command
            elif word.startswith("ARGS=") and words[1] == "run" and "…" not in word:
                accept("up", shlex.split(word.removeprefix("ARGS=")))


@EVERY
def test_innkeeper(document: Document) -> None:
    """Every command line of innkeeper is one that it takes."""
    for line in document.commands():
        if INNKEEPER.match(line):
            name, *arguments = shlex.split(INNKEEPER.sub("", line))
            # A command that is only named has no arguments.
            if arguments and arguments[-1] not in GROUPED and not name.startswith("-"):
                accept(name, arguments)


@EVERY
def test_paths(document: Document) -> None:
    """Files of this repository that are named exist, but for those that a page has people make."""
    for path in PATH.findall(document.text):
        if "reviews" not in path:
            assert (ROOT / path).exists(), path


def test_every_task_is_described() -> None:
    """The page for developers has a row for each task."""
    page = Document.read(ROOT / "docs" / "development.md")
    for target in TARGETS:
        if target != "help":
            assert f"| `make {target}` |" in page.text, target


def test_every_page_is_reached() -> None:
    """The README leads to every page."""
    linked = {(ROOT / link).resolve() for link in Document.read(ROOT / "README.md").links()}
    assert {path for path in DOCUMENTS if path != ROOT / "README.md"} <= linked


def accept(name: str, arguments: list[str]) -> None:
    """Fail unless the command takes these arguments. Nothing is run."""
    command = cli.innkeeper.commands.get(name)
    if isinstance(command, click.Group):
        command, arguments = command.commands.get(arguments[0]), arguments[1:]
    assert command is not None, name
    if "--help" not in arguments:
        with command.make_context(name, list(arguments)) as context:
            assert isinstance(context, click.Context)


def test_accept_refuses() -> None:
    """A command line that would be refused is."""
    with pytest.raises(click.UsageError):
        accept("up", ["--nonsense"])
