"""The documents, and the code, commands and links in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])

_FENCE = re.compile(r"^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NAMED = re.compile(
    r"^`(?P<path>[\w./-]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    language: str
    text: str
    heading: str
    """Of the section that it stands in."""


@dataclass(frozen=True)
class Document:
    """A Markdown file."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Document":
        return cls(path, path.read_text(encoding="utf-8"))

    def blocks(self, language: str, heading: str = "") -> list[Block]:
        """The blocks in a language, of all sections or of the one with this heading."""
        return [
            block
            for block in self._blocks()
            if block.language == language and block.heading.startswith(heading)
        ]

    def files(self) -> dict[str, str]:
        """The blocks that a line with nothing but a path stands above, by that path."""
        return {match["path"]: match["text"] for match in _NAMED.finditer(self.text)}

    def commands(self) -> Iterator[str]:
        """Every shell command line, from blocks and from code within the text, comments and
        variables in front left out."""
        for block in self._blocks():
            if block.language == "sh":
                yield from _lines(block.text)
        for inline in _CODE.findall(self._prose()):
            yield from _lines(inline)

    def links(self) -> list[str]:
        """The targets of links and pictures."""
        return _LINK.findall(self._prose())

    def anchors(self) -> set[str]:
        """What a link may name behind `#`, as GitHub derives it from headings."""
        return {
            re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in _HEADING.findall(self._prose())
        }

    def _prose(self) -> str:
        return _FENCE.sub("", self.text)

    def _blocks(self) -> Iterator[Block]:
        for match in _FENCE.finditer(self.text):
            above = _HEADING.findall(_FENCE.sub("", self.text[: match.start()]))
            yield Block(match["language"], match["text"], above[-1] if above else "")


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        command = re.sub(r"\s#\s.*$", "", line).strip()
        yield re.sub(r"^(?:[A-Z_]+=\S* )+", "", command)


def part_of(shown: Any, real: Any) -> bool:
    """Whether everything shown is in the real thing: keys may be left out of objects and elements
    from the end of lists."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(
            key in real and part_of(value, real[key]) for key, value in shown.items()
        )
    if isinstance(shown, list):
        return (
            isinstance(real, list)
            and len(shown) <= len(real)
            and all(map(part_of, shown, real[: len(shown)]))
        )
    return bool(shown == real)
