"""Figures that live elsewhere and are read when somebody asks: `statistics()` of other parts."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

_log = logging.getLogger(__name__)

Read = Callable[[], float | Mapping[tuple[str, ...], float]]
"""Gives one figure, or one for each combination of label values."""


class Reading(Collector):
    """A gauge or counter whose value a callable gives."""

    def __init__(
        self,
        family: type[GaugeMetricFamily] | type[CounterMetricFamily],
        name: str,
        documentation: str,
        labels: Sequence[str],
        read: Read,
    ) -> None:
        self._family = family
        self._name = name
        self._documentation = documentation
        self._labels = tuple(labels)
        self._read = read
        self._failing = False

    def describe(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """Name the metric without reading it, as its source may not be ready yet."""
        yield self._family(self._name, self._documentation, labels=self._labels)

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """As prometheus-client asks for it. A figure that cannot be read is left out."""
        family = self._family(self._name, self._documentation, labels=self._labels)
        try:
            value = self._read()
            if not isinstance(value, Mapping):
                value = {(): value}
            for labels, figure in value.items():
                family.add_metric(labels, figure)
            self._failing = False
        except Exception as error:
            if not self._failing:
                _log.warning("metric %s cannot be read: %r", self._name, error)
            self._failing = True
        yield family
