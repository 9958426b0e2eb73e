"""Finds the endpoint of a path, the way Go's ServeMux does: exact, or the longest prefix."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call

Handler = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint. A template that ends in a parameter takes everything below it, slashes too."""

    template: str
    methods: tuple[str, ...]
    handler: Handler

    @property
    def path(self) -> str:
        """What its paths begin with, or its only one: Go's pattern."""
        return self.template.partition("{")[0]


class Routes:
    """All endpoints."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = {route.path: route for route in routes}

    def find(self, path: str) -> tuple[Route, str] | None:
        """The endpoint and what follows its prefix; None when there is none."""
        if path in self._routes:
            return self._routes[path], ""
        cut = len(path)
        while (cut := path.rfind("/", 0, cut)) >= 0:
            route = self._routes.get(path[: cut + 1])
            if route is not None:
                return route, path[cut + 1 :]
        return None

    def needs_slash(self, path: str) -> bool:
        """Whether the path is an endpoint's prefix that lacks its slash."""
        return path + "/" in self._routes
