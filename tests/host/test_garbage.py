import subprocess
import sys


def test_left_alone() -> None:
    """What was there is not looked through again, and newer objects are seldom."""
    program = (
        "import gc\n"
        "from innkeeper.host.garbage import leave_alone_what_is_there\n"
        "leave_alone_what_is_there()\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 1000\n"
        "assert gc.get_threshold()[0] > 700\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
