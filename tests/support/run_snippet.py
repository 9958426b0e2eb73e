"""Runs the Python of a document as a program would contain it.

    python tests/support/run_snippet.py 'async with registry.register(…): await serve()'

`await serve()` in the snippet prints a line and goes on once the standard input of this process is
closed; what the snippet comes to can be looked at meanwhile.
"""

import ast
import asyncio
import inspect
import sys


async def _serve() -> None:
    print("serving", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.read)


async def _run(source: str) -> None:
    code = compile(source, "snippet", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, {"serve": _serve})
    if inspect.iscoroutine(result):
        await result


asyncio.run(_run(sys.argv[1]))
