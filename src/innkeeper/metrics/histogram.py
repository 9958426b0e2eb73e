"""A histogram that costs one dictionary look-up and two additions per observation.

prometheus-client's own takes a lock for each of its parts and looks its labels up anew; on the
path of every call that was three to seven times as much. This one is for a single thread: the
event loop, which also renders it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Histogram(Collector):
    """Counts values by label values and bucket, in Prometheus' form."""

    def __init__(
        self, name: str, documentation: str, labels: Sequence[str], bounds: Sequence[float]
    ) -> None:
        """`bounds` are the upper ends of the buckets, ascending, without infinity."""
        self._name = name
        self._documentation = documentation
        self._labels = tuple(labels)
        self._bounds = tuple(bounds)
        self._ends = [*map(floatToGoString, bounds), "+Inf"]
        # By label values: how many fell into each bucket, and last the sum of all values.
        self._series: dict[tuple[str, ...], list[float]] = {}

    def declare(self, labels: tuple[str, ...]) -> list[float]:
        """Make a series visible before anything has happened to it."""
        if len(labels) != len(self._labels):
            raise ValueError(f"{self._name} has the labels {', '.join(self._labels)}")
        return self._series.setdefault(labels, [0] * (len(self._bounds) + 2))

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        """Count a value."""
        series = self._series.get(labels)
        if series is None:
            series = self.declare(labels)
        series[bisect_left(self._bounds, value)] += 1
        series[-1] += value

    def count(self, labels: tuple[str, ...]) -> int:
        """How many values were counted under these labels."""
        return int(sum(self._series.get(labels, [0])[:-1]))

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """As prometheus-client asks for it."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, series in self._series.items():
            total = 0.0
            buckets = []
            for end, count in zip(self._ends, series[:-1], strict=True):
                total += count
                buckets.append((end, total))
            family.add_metric(labels, buckets, series[-1])
        yield family
