"""The HTTP edge: serves an ASGI application and leaves without losing a request."""

from innkeeper.web.edge import EdgeMiddleware
from innkeeper.web.server import HttpServer, listen

__all__ = ["EdgeMiddleware", "HttpServer", "listen"]
