"""Generate src/innkeeper/pb from protos/, or with --check say whether it is stale."""

import argparse
import filecmp
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[1]
PROTOS = ROOT / "protos" / "innkeeper"
TARGET = Path("innkeeper") / "pb"
COMMITTED = ROOT / "src" / TARGET


def generate(out: Path) -> None:
    """Write the stubs of all protos, with types, below `out`/innkeeper/pb."""
    names = sorted(str(TARGET / path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    binaries = Path(sys.executable).parent
    status = protoc.main(
        [
            "protoc",
            f"--plugin=protoc-gen-mypy={binaries / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={binaries / 'protoc-gen-mypy_grpc'}",
            f"-I{TARGET}={PROTOS}",
            f"-I{files('grpc_tools') / '_proto'}",
            f"--python_out={out}",
            f"--grpc_python_out={out}",
            f"--mypy_out=quiet:{out}",
            f"--mypy_grpc_out=quiet:{out}",
            *names,
        ]
    )
    if status:
        sys.exit(status)
    package = out / TARGET
    for folder in [package, *(path for path in package.rglob("*") if path.is_dir())]:
        (folder / "__init__.py").touch()


def tree(folder: Path) -> set[Path]:
    """The generated files below `folder`, relative to it."""
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".py", ".pyi")
    }


def main() -> None:
    """Generate, or compare what is committed with what would be generated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the stubs are stale")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        generate(out)
        fresh = out / TARGET
        if not check:
            shutil.rmtree(COMMITTED, ignore_errors=True)
            shutil.copytree(fresh, COMMITTED)
            return
        names = tree(fresh)
        _, differing, missing = filecmp.cmpfiles(
            fresh, COMMITTED, [str(name) for name in names], shallow=False
        )
        extra = [str(name) for name in tree(COMMITTED) - names]
        if stale := sorted([*differing, *missing, *extra]):
            sys.exit(
                f"stale stubs in {COMMITTED.relative_to(ROOT)}: {', '.join(stale)}: make proto"
            )


if __name__ == "__main__":
    main()
