"""/v1/agent: what is registered with this agent."""

import hashlib

import msgspec
from aiohttp import web

from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.api.call import Call, done, json_answer, plain_answer
from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import AGENT_SERVICE
from innkeeper.embedded.registry.api.overview import worst
from innkeeper.embedded.registry.api.query import wait_seconds
from innkeeper.embedded.registry.api.query_values import truth
from innkeeper.embedded.registry.api.routes import Route
from innkeeper.embedded.registry.api.service_body import registration
from innkeeper.embedded.registry.api.views import (
    Json,
    agent_health_view,
    agent_service_view,
)
from innkeeper.embedded.registry.blocking import Waiters, read_hashed
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.catalog import node_topic
from innkeeper.embedded.registry.state.model import (
    CRITICAL,
    NODE_MAINTENANCE,
    PASSING,
    SERVICE_MAINTENANCE,
    WARNING,
    Check,
    Service,
)

_MAINTENANCE = "maintenance"
_HEALTH_CODES = {PASSING: 200, WARNING: 429, CRITICAL: 503, _MAINTENANCE: 503}


class AgentEndpoints:
    """Services of the agent, their checks and their health."""

    def __init__(self, agent: Agent, waiters: Waiters) -> None:
        self._agent = agent
        self._waiters = waiters

    def routes(self) -> list[Route]:
        return [
            Route("/v1/agent/service/register", ("PUT",), self.register),
            Route("/v1/agent/service/deregister/{service_id}", ("PUT",), self.deregister),
            Route("/v1/agent/service/maintenance/{service_id}", ("PUT",), self.maintain_service),
            Route("/v1/agent/maintenance", ("PUT",), self.maintain_node),
            Route("/v1/agent/services", ("GET",), self.services),
            Route("/v1/agent/service/{service_id}", ("GET",), self.service),
            Route("/v1/agent/health/service/id/{service_id}", ("GET",), self.health_by_id),
            Route("/v1/agent/health/service/name/{service}", ("GET",), self.health_by_name),
        ]

    async def register(self, call: Call) -> web.Response:
        body = registration(await call.request.read())
        given = call.query.get("replace-existing-checks")
        self._agent.register(body, replace_checks=given in ("", "true"))
        return done()

    async def deregister(self, call: Call) -> web.Response:
        self._agent.deregister(call.rest)
        return done()

    async def maintain_service(self, call: Call) -> web.Response:
        if not call.rest:
            raise ApiError(400, "Missing service ID")
        enable = _enable(call)
        self._agent.maintain_service(call.rest, enable, call.query.get("reason", ""))
        return done()

    async def maintain_node(self, call: Call) -> web.Response:
        self._agent.maintain_node(_enable(call), call.query.get("reason", ""))
        return done()

    async def services(self, call: Call) -> web.Response:
        keep = compile_filter(call.query.get("filter", ""), AGENT_SERVICE)
        views = {service.id: self._view(service) for service in self._agent.services()}
        return json_answer(call, {id_: view for id_, view in views.items() if keep(view)})

    async def service(self, call: Call) -> web.Response:
        topics = (node_topic(self._agent.node.name),)
        view = await read_hashed(
            lambda: self._hashed_service(call.rest),
            topics,
            self._waiters,
            hash_=call.query.get("hash", ""),
            wait=wait_seconds(call),
        )
        answer = json_answer(call, view)
        answer.headers["X-Consul-ContentHash"] = str(view["ContentHash"])
        return answer

    async def health_by_id(self, call: Call) -> web.Response:
        if not call.rest:
            raise ApiError(500, "Missing serviceID")
        service = self._agent.service(call.rest)
        if service is None:
            reason = f"ServiceId {call.rest} not found"
            view: Json = {"AggregatedStatus": CRITICAL, "Service": None, "Checks": None}
            return _health_answer(call, view, 404, reason)
        status = self._status(service)
        return _health_answer(call, self._health(service), _HEALTH_CODES[status], status)

    async def health_by_name(self, call: Call) -> web.Response:
        if not call.rest:
            raise ApiError(500, "Missing service Name")
        services = [each for each in self._agent.services() if each.name == call.rest]
        views = [self._health(service) for service in services]
        if not services:
            return _health_answer(call, views, 404, f"ServiceName {call.rest} Not Found")
        worst = max(map(self._status, services), key=_HEALTH_CODES.__getitem__)
        return _health_answer(call, views, _HEALTH_CODES[worst], worst)

    def _view(self, service: Service) -> Json:
        return agent_service_view(service, self._agent.node.datacenter)

    def _hashed_service(self, service_id: str) -> tuple[str, Json]:
        service = self._agent.service(service_id)
        if service is None:
            raise ApiError(404, f"unknown service ID: {service_id}")
        view = self._view(service)
        digest = hashlib.blake2b(msgspec.json.encode(view), digest_size=8).hexdigest()
        return digest, {**view, "ContentHash": digest}

    def _health(self, service: Service) -> Json:
        return agent_health_view(
            self._status(service),
            service,
            self._agent.service_checks(service.id),
            self._agent.node.datacenter,
        )

    def _status(self, service: Service) -> str:
        return aggregated(self._agent.service_checks(service.id))


def aggregated(checks: list[Check]) -> str:
    """The status that counts of all: maintenance, else the worst; passing without any check."""
    if any(
        check.id == NODE_MAINTENANCE or check.id.startswith(SERVICE_MAINTENANCE) for check in checks
    ):
        return _MAINTENANCE
    return worst(checks)


def _enable(call: Call) -> bool:
    if "enable" not in call.query:
        raise ApiError(400, "Missing value for enable")
    text = call.query.get("enable", "")
    enable = truth(text)
    if enable is None:
        raise ApiError(400, f'Invalid value for enable: "{text}"')
    return enable


def _health_answer(call: Call, view: object, status: int, reason: str) -> web.Response:
    wants_text = call.request.headers.get("Accept", "").startswith("text/plain")
    if wants_text or call.query.get("format") == "text":
        answer = plain_answer(reason, status)
        answer.charset = None
    else:
        answer = json_answer(call, view, status)
    answer.headers["X-Consul-Reason"] = reason
    return answer
