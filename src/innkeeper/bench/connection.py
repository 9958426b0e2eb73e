"""One keep-alive connection that asks, waits for the answer, judges it and asks again.

            connect()                 the answer is whole
    away ─────────────▶ asking ─────────────────────────▶ asking (the next question)
      ▲                    │
      └────────────────────┘  refused, reset, timeout, or the server closes after an answer

A failed question is counted once, where its connection ends or its answer is judged.
"""

import asyncio
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

import httptools

from innkeeper.bench.check import Judge
from innkeeper.bench.target import Target
from innkeeper.bench.workload import Question

REFUSED = "refused"
RESET = "reset"
TIMEOUT = "timeout"
NOT_HTTP = "not HTTP"


@dataclass
class Tally:
    """What all connections of a run have seen, and when asking ends."""

    end: float
    """On the clock of perf_counter."""
    good: int = 0
    """Right answers before the end."""
    failed: Counter[str] = field(default_factory=Counter)
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    """How long each right answer took, later ones included: leaving those out would hide the
    slowest."""

    def right(self, asked: float, now: float) -> None:
        """A question that was asked then has its right answer."""
        self.seconds.append(now - asked)
        if now <= self.end:
            self.good += 1

    def wrong(self, kind: str, asked: float, now: float) -> None:
        """It has a wrong answer, or will have none."""
        self.failed[kind] += 1


class Connection(asyncio.Protocol):
    """Asks until the tally's end; `closed` is set whenever there is no connection."""

    def __init__(
        self, target: Target, questions: Iterator[Question], judge: Judge, tally: Tally
    ) -> None:
        self._head = f"GET {target.path}".encode()
        self._tail = (
            f" HTTP/1.1\r\nHost: {target.host}\r\nAccept: application/json\r\n\r\n".encode()
        )
        self._questions = questions
        self._judge = judge
        self._tally = tally
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._question: Question | None = None
        self._asked = 0.0
        self._body: list[bytes] = []
        self._whole = False
        self._keeps = False
        self._failure = RESET
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._parser = httptools.HttpResponseParser(self)
        self._failure = RESET
        self.closed.clear()
        self._ask()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._abort(NOT_HTTP)
            return
        # Outside the parser's callbacks: the next question may come back in this very call.
        if self._whole:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._question is not None:
            self._tally.wrong(self._failure, self._asked, perf_counter())
            self._question = None
        self._transport = None
        self.closed.set()

    def on_headers_complete(self) -> None:
        """Called by the parser, which forgets the headers once the message is complete."""
        self._keeps = self._parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        """Called by the parser."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._whole = True

    def give_up(self, asked_before: float) -> None:
        """Count a question that was asked before then, and has no answer, as timed out."""
        if self._question is not None and self._asked < asked_before:
            self._abort(TIMEOUT)

    def close(self) -> None:
        """End the connection, whatever it waits for."""
        if self._transport is not None:
            self._transport.abort()

    def _ask(self) -> None:
        assert self._transport is not None
        self._body.clear()
        self._whole = False
        self._question = next(self._questions)
        self._asked = perf_counter()
        self._transport.write(self._head + self._question.target.encode() + self._tail)

    def _answered(self) -> None:
        now = perf_counter()
        assert self._question is not None
        assert self._transport is not None
        status = self._parser.get_status_code()
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        fault = self._judge(body, self._question) if status == 200 else f"status {status}"
        self._question = None
        if fault is None:
            self._tally.right(self._asked, now)
        else:
            self._tally.wrong(fault, self._asked, now)
        if now < self._tally.end and self._keeps:
            self._ask()
        else:
            self._transport.close()

    def _abort(self, failure: str) -> None:
        assert self._transport is not None
        self._failure = failure
        self._transport.abort()
