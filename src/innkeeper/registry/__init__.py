"""The client of the registry: register an instance, follow the instances of a service.

Speaks the HTTP API of Consul, to whichever server does.
"""

from innkeeper.registry.advertise import advertised_address
from innkeeper.registry.check import Check
from innkeeper.registry.consul import Consul
from innkeeper.registry.instance import Instance
from innkeeper.registry.own_service import register
from innkeeper.registry.registration import Registration, registered
from innkeeper.registry.transport import Unreachable
from innkeeper.registry.watch import Update, Watch, watch

__all__ = [
    "Check",
    "Consul",
    "Instance",
    "Registration",
    "Unreachable",
    "Update",
    "Watch",
    "advertised_address",
    "register",
    "registered",
    "watch",
]
