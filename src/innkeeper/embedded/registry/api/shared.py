"""Answers that many watchers get, encoded once."""

from collections.abc import Callable

from innkeeper.embedded.registry.api.call import Call, encoded
from innkeeper.embedded.registry.state.changes import Changes

Question = tuple[str, tuple[tuple[str, str], ...]]

MOST_BYTES = 8 * 1024 * 1024
"""What is kept at most; only what was asked since the last change is."""

_HOW = frozenset({"index", "wait", "cached", "stale", "consistent", "max_stale", "token"})
"""Parameters that say how to ask, not what."""


class SharedAnswers:
    """Keeps encoded answers until something changes.

    A change wakes all watchers of a service in the same moment, and all of them ask the same.
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._revision = changes.revision
        self._bodies: dict[Question, bytes] = {}
        self._bytes = 0

    def body(self, call: Call, query: Callable[[], object]) -> bytes:
        """What `query` gives, encoded as the call wants it."""
        if self._revision != self._changes.revision:
            self._forget()
            self._revision = self._changes.revision
        question = _question(call)
        body = self._bodies.get(question)
        if body is None:
            body = encoded(call, query())
            self._keep(question, body)
        return body

    def _keep(self, question: Question, body: bytes) -> None:
        if self._bytes + len(body) > MOST_BYTES:
            self._forget()
        if len(body) <= MOST_BYTES:
            self._bodies[question] = body
            self._bytes += len(body)

    def _forget(self) -> None:
        self._bodies.clear()
        self._bytes = 0


def _question(call: Call) -> Question:
    asked = ((name, value) for name, value in call.query.items() if name not in _HOW)
    return call.request.path, tuple(asked)
