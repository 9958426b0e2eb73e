"""Where ended spans wait, and the thread that delivers them.

The event loop (or any thread) appends to a bounded buffer and does nothing else. One background
thread owns the exporter: it sleeps until the first span comes, waits a moment for company, and
sends what is there in small batches, since encoding a large one would hold up the event loop
through the interpreter's lock. A batch that cannot be delivered is tried again for some seconds
while further spans wait behind it; what does not fit into the buffer is dropped and counted.

    append ──▶ buffer ──▶ thread ──▶ convert ──▶ exporter ──▶ collector
                 └ full: dropped           └ refused for too long: lost
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, set_value

from innkeeper.tracing.span import Span

_log = logging.getLogger(__name__)

BATCH = 256
"""Spans to an export. An export costs as much as encoding 150 of them. Encoding 256 takes less than
a millisecond, which is what the event loop may have to wait."""
BATCH_BYTES = 1 << 20
"""An export has no further span once it is so large; collectors refuse requests above 4 MB."""
GATHER = 0.4
"""Seconds that the first span waits for others. A span can be read within a second."""
RETRY_PAUSES = (0.5, 1.0, 1.0, 1.0, 1.0)
"""Seconds between the attempts to deliver one batch."""


@dataclass(frozen=True)
class Statistics:
    """What became of the spans that ended here."""

    recorded: int
    waiting: int
    delivered: int
    dropped: int
    """Did not fit into the buffer."""
    lost: int
    """The collector could not be reached or refused them."""


class Destination(Protocol):
    """Where spans are sent. All but `where` is called in the background thread alone."""

    @property
    def where(self) -> str:
        """The address, for people."""
        ...

    def prepare(self, span: Span) -> Any:
        """Give the span the form that `send` takes. Whatever it raises costs this span alone."""
        ...

    def size(self, prepared: Any) -> int:
        """About how many bytes of a request it will take; 0 where that is not known."""
        ...

    def send(self, prepared: Sequence[Any]) -> str | None:
        """Deliver a batch; None when it is delivered, else the reason why not."""
        ...

    def close(self) -> None:
        """End a `send` that is under way. Called from any thread."""
        ...


class Recorder:
    """Takes ended spans from any thread and delivers them in the background."""

    def __init__(
        self,
        destination: Destination,
        *,
        capacity: int = 8192,
        gather: float = GATHER,
        pauses: Sequence[float] = RETRY_PAUSES,
    ) -> None:
        """At most `capacity` spans wait; further ones are dropped. Times in seconds."""
        self._destination = destination
        self._capacity = capacity
        self._gather = gather
        self._pauses = pauses
        self._buffer: deque[Span] = deque()
        self._filled = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._recorded = 0
        self._delivered = 0
        self._dropped = 0
        self._lost = 0
        self._away = False
        self._closed = False

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def record(self, span: Span) -> None:
        """Queue an ended span. Never waits."""
        if len(self._buffer) >= self._capacity or self._closed:
            self._dropped += 1
            return
        self._buffer.append(span)
        self._recorded += 1
        if not self._filled.is_set():
            self._filled.set()

    def stop(self, limit: float = 1.0) -> None:
        """Deliver what waits, then close the exporter; takes no longer than `limit` seconds.

        Blocks: call it in a thread where a loop must go on, above all when that loop hosts the
        collector.
        """
        if self._closed:
            return
        self._closed = True
        ends = monotonic() + limit
        self._stopping.set()
        self._filled.set()
        if self._thread.ident is not None:
            self._thread.join(limit * 0.8)
        # Closing ends an export that hangs.
        closing = threading.Thread(target=self._destination.close, daemon=True)
        closing.start()
        closing.join(max(0.0, ends - monotonic()))
        if self._thread.ident is not None:
            self._thread.join(max(0.0, ends - monotonic()))

    def statistics(self) -> Statistics:
        """Counts since the start."""
        return Statistics(
            recorded=self._recorded,
            waiting=self._recorded - self._delivered - self._lost,
            delivered=self._delivered,
            dropped=self._dropped,
            lost=self._lost,
        )

    def _run(self) -> None:
        # Users' instrumentation of gRPC or HTTP must not trace the export of traces.
        attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
        while not self._stopping.is_set():
            self._filled.wait()
            self._stopping.wait(self._gather)
            self._filled.clear()
            while self._buffer:
                if batch := self._next_batch():
                    self._deliver(batch)

    def _next_batch(self) -> list[Any]:
        batch: list[Any] = []
        size = 0
        while self._buffer and len(batch) < BATCH and size < BATCH_BYTES:
            span = self._buffer.popleft()
            try:
                prepared = self._destination.prepare(span)
                batch.append(prepared)
                size += self._destination.size(prepared)
            except Exception as error:
                self._lost += 1
                _log.debug("span %r cannot be encoded: %s", span.name, error)
        return batch

    def _deliver(self, batch: list[Any]) -> None:
        for pause in (*self._pauses, None):
            if self._send(batch):
                self._delivered += len(batch)
                return
            if pause is None or self._stopping.wait(pause):
                break
        self._lost += len(batch)

    def _send(self, batch: list[Any]) -> bool:
        try:
            reason = self._destination.send(batch)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        if reason is None and self._away:
            _log.info("traces reach %s again", self._destination.where)
        elif reason is not None and not self._away and not self._stopping.is_set():
            _log.warning(
                "traces do not reach %s (%s); requests are served all the same,"
                " up to %d spans wait",
                self._destination.where,
                reason,
                self._capacity,
            )
        self._away = reason is not None
        return not self._away
