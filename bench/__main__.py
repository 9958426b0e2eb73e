"""Runs the benchmarks of this folder.

python -m bench                    the topologies, in less than two minutes
python -m bench --list             what there is
python -m bench NAME [OPTIONS]     one of them; each has --help
"""

# ruff: noqa: T201 - what it prints is its purpose

import ast
import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
DEFAULT = "topologies"


def benchmarks() -> dict[str, str]:
    """The scripts by name, with the sentence that each begins with."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text()))
        # What has no usage line only helps others.
        if path.name != "__main__.py" and doc and f"python -m bench.{path.stem}" in doc:
            found[path.stem] = doc.split("\n", 1)[0]
    return found


def main() -> int:
    words = sys.argv[1:]
    known = benchmarks()
    if words[:1] == ["--list"]:
        for name, sentence in known.items():
            print(f"{name:<14} {sentence}")
        return 0
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    name, *rest = words if words and not words[0].startswith("-") else [DEFAULT, *words]
    if name not in known:
        print(f"bench: there is no {name}; --list names what there is", file=sys.stderr)
        return 2
    sys.argv = [f"bench.{name}", *rest]
    runpy.run_module(f"bench.{name}", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
