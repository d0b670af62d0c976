"""Counts as plain numbers, which Prometheus' library asks for when somebody reads them.

Its own Counter and Histogram take a lock for each count: with a dozen counts for an update that is felt. Without one,
each of these may be counted by one thread only; any thread may read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Counts(Collector):
    """How often something happened, by the value of one label. Known values are there from the start, as 0."""

    def __init__(self, name: str, what: str, label: str, known: Iterable[str] = ()) -> None:
        self._name, self._what, self._label = name, what, label
        self._counts = dict.fromkeys(known, 0)

    def add(self, value: str) -> None:
        """It happened once more."""
        self._counts[value] = self._counts.get(value, 0) + 1

    def collect(self) -> Iterable[CounterMetricFamily]:
        """What Prometheus reads."""
        family = CounterMetricFamily(self._name, self._what, labels=[self._label])
        for value, count in self._counts.copy().items():  # another thread may add a value meanwhile
            family.add_metric([value], count)
        yield family


class Spread(Collector):
    """How large something was each time. `bounds` grow; what equals one belongs below it."""

    def __init__(self, name: str, what: str, bounds: Sequence[float]) -> None:
        self._name, self._what, self._bounds = name, what, bounds
        self._counts = [0] * (len(bounds) + 1)  # the last is of what is above all bounds
        self._sum = 0.0

    def add(self, size: float) -> None:
        """It was so large."""
        self._counts[bisect_left(self._bounds, size)] += 1
        self._sum += size

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """What Prometheus reads."""
        names = map(floatToGoString, (*self._bounds, float("inf")))
        buckets = [*zip(names, accumulate(self._counts), strict=True)]
        yield HistogramMetricFamily(self._name, self._what, buckets=buckets, sum_value=self._sum)
