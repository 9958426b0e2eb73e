"""A histogram whose observations cost two additions, and a look-up where the series is not kept.

prometheus-client's own takes a lock for each of its parts and looks its labels up anew; on the
path of every call that was three to seven times as much. This one is for a single thread: the
event loop, which also renders it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Series:
    """What was counted under one set of label values."""

    __slots__ = ("_bounds", "buckets", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        """How many values fell into each bucket."""
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.buckets[bisect_left(self._bounds, value)] += 1
        self.total += value


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
        self._series: dict[tuple[str, ...], Series] = {}

    def series(self, labels: tuple[str, ...]) -> Series:
        """The series with these label values, which is shown from now on.

        Those who count the same again and again keep it.
        """
        series = self._series.get(labels)
        if series is None:
            if len(labels) != len(self._labels):
                raise ValueError(f"{self._name} has the labels {', '.join(self._labels)}")
            series = self._series[labels] = Series(self._bounds)
        return series

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        """Count a value."""
        self.series(labels).observe(value)

    def count(self, labels: tuple[str, ...]) -> int:
        """How many values were counted under these labels."""
        series = self._series.get(labels)
        return 0 if series is None else sum(series.buckets)

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """As prometheus-client asks for it."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, series in self._series.items():
            buckets = zip(self._ends, accumulate(series.buckets), strict=True)
            family.add_metric(labels, list(buckets), series.total)
        yield family
