"""How probes meet TLS."""

import ssl


def client_context(skip_verify: bool) -> ssl.SSLContext:
    """The system's authorities, or none at all when the check asked not to verify."""
    context = ssl.create_default_context()
    if skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
