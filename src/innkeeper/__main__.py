"""Where `innkeeper` and `python -m innkeeper` begin. Parses on any Python, to name an old one."""

import signal
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("innkeeper: needs Python 3.11 or newer, this is %d.%d" % sys.version_info[:2])  # noqa: UP031

# Ctrl-C while modules are loaded ends the process without a traceback.
_usual = signal.signal(signal.SIGINT, signal.SIG_DFL)
from innkeeper.cli import main  # noqa: E402

signal.signal(signal.SIGINT, _usual)

if __name__ == "__main__":
    sys.exit(main())
