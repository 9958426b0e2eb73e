"""How long to wait before a process that died is started again."""

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
STEADY_AFTER = 10.0


class Backoff:
    """Delays that double from `FIRST_DELAY` to `LONGEST_DELAY` seconds, and begin anew once a
    process was up for `STEADY_AFTER` seconds."""

    def __init__(self) -> None:
        self._next = FIRST_DELAY

    def delay(self, up: float) -> float:
        """Seconds to wait after a process that served for `up` seconds, 0 when it never did."""
        if up >= STEADY_AFTER:
            self._next = FIRST_DELAY
        delay = self._next
        self._next = min(2 * delay, LONGEST_DELAY)
        return delay
