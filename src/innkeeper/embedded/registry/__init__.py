"""A registry that speaks the HTTP API of Consul 1.21, for one machine.

state/      what is registered: pure, synchronous, no clock
blocking    the waiting half of blocking queries
checks/     runs the health checks and reports what they find
agent       what a Consul agent does with both: registrations, maintenance, TTLs
api/        the HTTP endpoints, one file per area, answering as Consul does
ui/         the pages under /ui
server      puts them together behind one listener
"""

from innkeeper.embedded.registry.server import RegistryServer

__all__ = ["RegistryServer"]
