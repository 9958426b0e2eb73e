"""The program around Consul's official Go client, for the tests marked `real`."""

import os
import shutil


def goclient_binary() -> str:
    """The binary named by INNKEEPER_CONSUL_GOCLIENT_BIN, or `consul-goclient` on PATH.

    Raises:
        FileNotFoundError: neither is there; a test marked `real` fails then, it does not skip.
    """
    binary = os.environ.get("INNKEEPER_CONSUL_GOCLIENT_BIN") or shutil.which("consul-goclient")
    if not binary:
        raise FileNotFoundError(
            "no consul-goclient on PATH: run `make backends`, or set INNKEEPER_CONSUL_GOCLIENT_BIN"
        )
    return binary
