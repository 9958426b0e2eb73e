"""/v1/agent/self and its like: what the agent says about itself."""

import os
import platform

from aiohttp import web

from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.api.call import Call, json_answer
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.views import Json

SPOKEN_VERSION = "1.21.0"
"""The version of Consul whose API this is; clients choose by it what they ask for."""

_ALIVE = 1


class AgentSelfEndpoints:
    """The agent's configuration, statistics and members, as far as there are any."""

    def __init__(self, agent: Agent, bind: str, port: int) -> None:
        self._agent = agent
        self._bind = bind
        self._port = port

    def routes(self) -> list[Route]:
        return [
            Route("/v1/agent/self", ("GET",), self.self_),
            Route("/v1/agent/members", ("GET",), self.members),
            Route("/v1/agent/version", ("GET",), self.version),
        ]

    async def self_(self, call: Call) -> web.Response:
        node = self._agent.node
        return json_answer(
            call,
            {
                "Config": {
                    "Datacenter": node.datacenter,
                    "PrimaryDatacenter": node.datacenter,
                    "NodeName": node.name,
                    "NodeID": node.id,
                    "Revision": "innkeeper",
                    "Server": True,
                    "Version": SPOKEN_VERSION,
                    "BuildDate": "1970-01-01T00:00:01Z",
                },
                "DebugConfig": {
                    "HTTPAddrs": [f"tcp://{self._bind}:{self._port}"],
                    "HTTPPort": self._port,
                    "UIConfig": {"ContentPath": "/ui/", "Enabled": True},
                },
                "Coord": {"Vec": [0] * 8, "Error": 1.5, "Adjustment": 0, "Height": 0.00001},
                "Member": self._member(),
                "Stats": self._stats(),
                "Meta": node.meta,
            },
        )

    async def members(self, call: Call) -> web.Response:
        return json_answer(call, [self._member()])

    async def version(self, call: Call) -> web.Response:
        return json_answer(
            call,
            {
                "SHA": "innkeeper",
                "BuildDate": "1970-01-01T00:00:01Z",
                "HumanVersion": SPOKEN_VERSION,
                "FIPS": "",
            },
        )

    def _member(self) -> Json:
        node = self._agent.node
        return {
            "Name": node.name,
            "Addr": node.address,
            "Port": self._port,
            "Tags": {
                "acls": "0",
                "build": f"{SPOKEN_VERSION}:innkeeper",
                "dc": node.datacenter,
                "ft_fs": "1",
                "ft_si": "1",
                "id": node.id,
                "port": str(self._port),
                "raft_vsn": "3",
                "role": "consul",
                "segment": "",
                "vsn": "2",
                "vsn_max": "3",
                "vsn_min": "2",
            },
            "Status": _ALIVE,
            "ProtocolMin": 1,
            "ProtocolMax": 5,
            "ProtocolCur": 2,
            "DelegateMin": 2,
            "DelegateMax": 5,
            "DelegateCur": 4,
        }

    def _stats(self) -> Json:
        checks = self._agent.checks()
        index = str(self._agent.catalog.changes.index)
        return {
            "agent": {
                "check_monitors": "0",
                "check_ttls": str(sum(check.type == "ttl" for check in checks)),
                "checks": str(len(checks)),
                "services": str(len(self._agent.services())),
            },
            "build": {
                "prerelease": "",
                "revision": "innkeeper",
                "version": SPOKEN_VERSION,
                "version_metadata": "",
            },
            "consul": {
                "acl": "disabled",
                "bootstrap": "false",
                "known_datacenters": "1",
                "leader": "true",
                "leader_addr": f"{self._agent.node.address}:{self._port}",
                "server": "true",
            },
            "raft": {
                "applied_index": index,
                "commit_index": index,
                "last_log_index": index,
                "num_peers": "0",
                "state": "Leader",
            },
            "runtime": {
                "arch": platform.machine(),
                "cpu_count": str(os.cpu_count() or 1),
                "os": platform.system().lower(),
                "version": f"python{platform.python_version()}",
            },
            "serf_lan": {"failed": "0", "left": "0", "members": "1"},
        }
