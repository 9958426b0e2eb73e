"""How much this registry takes. It is made for one machine, and says so where that ends."""

from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.catalog import Catalog

LARGEST_BODY = 1024 * 1024
"""Bytes of one request."""

LONGEST_LINE = 1024 * 1024
"""Bytes of an address or of one header: what Go takes of all of them, and so Consul."""

MOST_ENTRIES = 20_000
"""Services and checks together."""

MOST_KEYS = 20_000
LARGEST_VALUE = 512 * 1024
"""Bytes of one value, as in Consul."""
MOST_VALUE_BYTES = 64 * 1024 * 1024
"""Bytes of all values together."""

LONGEST_KEY = 512


def refuse_overflow(catalog: Catalog, entries: int) -> None:
    """Raise when the catalog has no room for this many more entries."""
    if catalog.service_count() + catalog.check_count() + entries > MOST_ENTRIES:
        raise overflow(f"{MOST_ENTRIES} services and checks")


def overflow(limit: str) -> ApiError:
    """The answer to what would take the registry beyond a limit."""
    return ApiError(507, f"The registry that innkeeper brings along holds at most {limit}")
