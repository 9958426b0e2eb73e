"""Where `innkeeper` and `python -m innkeeper` begin. Parses on any Python, to name an old one."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("innkeeper: needs Python 3.11 or newer, this is %d.%d" % sys.version_info[:2])  # noqa: UP031

from innkeeper.cli import main

if __name__ == "__main__":
    sys.exit(main())
