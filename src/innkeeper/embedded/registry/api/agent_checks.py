"""/v1/agent/check: checks that are registered by themselves, and the word of TTL checks."""

from aiohttp import web

from innkeeper.embedded.registry.agent import Agent
from innkeeper.embedded.registry.api.body import Fields, parse
from innkeeper.embedded.registry.api.call import Call, done, json_answer
from innkeeper.embedded.registry.api.filter import compile_filter
from innkeeper.embedded.registry.api.filter.schema import CHECK
from innkeeper.embedded.registry.api.routes import Handler, Route
from innkeeper.embedded.registry.api.service_body import lone_check
from innkeeper.embedded.registry.api.views import agent_check_view
from innkeeper.embedded.registry.errors import ApiError
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, STATUSES, WARNING


class AgentCheckEndpoints:
    """Checks of the agent."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def routes(self) -> list[Route]:
        return [
            Route("/v1/agent/checks", ("GET",), self.checks),
            Route("/v1/agent/check/register", ("PUT",), self.register),
            Route("/v1/agent/check/deregister/{check_id}", ("PUT",), self.deregister),
            Route("/v1/agent/check/pass/{check_id}", ("PUT",), self._beat(PASSING)),
            Route("/v1/agent/check/warn/{check_id}", ("PUT",), self._beat(WARNING)),
            Route("/v1/agent/check/fail/{check_id}", ("PUT",), self._beat(CRITICAL)),
            Route("/v1/agent/check/update/{check_id}", ("PUT",), self.update),
        ]

    async def checks(self, call: Call) -> web.Response:
        keep = compile_filter(call.query.get("filter", ""), CHECK)
        views = {check.id: agent_check_view(check) for check in self._agent.checks()}
        return json_answer(call, {id_: view for id_, view in views.items() if keep(view)})

    async def register(self, call: Call) -> web.Response:
        self._agent.register_check(lone_check(await call.request.read()))
        return done()

    async def deregister(self, call: Call) -> web.Response:
        self._agent.deregister_check(call.rest)
        return done()

    async def update(self, call: Call) -> web.Response:
        fields = Fields(parse(await call.request.read()), "checkUpdate", ("Status", "Output"))
        status = fields.text("Status")
        if status not in STATUSES:
            raise ApiError(400, f"Invalid check status: '{status}'")
        self._agent.beat(call.rest, status, fields.text("Output"))
        return done()

    def _beat(self, status: str) -> Handler:
        async def beat(call: Call) -> web.Response:
            self._agent.beat(call.rest, status, call.query.get("note", ""))
            return done()

        return beat
