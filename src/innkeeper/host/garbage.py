"""How often the interpreter looks for garbage that refers to itself.

What a process has made once it serves (modules, classes, routes) stays to its end. By default all
of it is looked through again and again, since every request makes and drops some hundred objects:
that was a quarter of the frontend's time. Reference counts free nearly all of those anyway.
"""

import gc
from typing import Final

# Objects made and not yet freed before the youngest are looked through; Python's own is 700.
_YOUNGEST: Final = 20_000
_OLDER_AFTER: Final = 20


def leave_alone_what_is_there() -> None:
    """Never look again through what exists now, and through newer objects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, _OLDER_AFTER, _OLDER_AFTER)
