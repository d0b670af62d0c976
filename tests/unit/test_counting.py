"""Counts in plain numbers read like those of Prometheus' own library."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    enable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from bot.adapters.web.counting import Counts, Spread

BOUNDS = (0.005, 0.5, 1, 60)


@pytest.fixture(autouse=True)
def without_times_of_creation() -> Iterator[None]:
    """The library tells them as well, unless it is asked not to."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    yield
    enable_created_metrics()  # type: ignore[no-untyped-call]


def page(collector: Collector) -> bytes:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


@pytest.mark.parametrize("values", ["", "b", "abacab", 'a"\n\\'])
def test_how_often_by_a_label(values: str) -> None:
    ours, theirs = Counts("n", "What.", "why", "ab"), Counter("n", "What.", ["why"], registry=None)
    for known in "ab":
        theirs.labels(known)
    for value in values:
        ours.add(value)
        theirs.labels(value).inc()
    assert page(ours) == page(theirs)


@pytest.mark.parametrize("sizes", [[], [-1.0, 0.0, 1e9], list(BOUNDS), [Random(1).expovariate(1) for _ in range(99)]])
def test_how_large(sizes: list[float]) -> None:
    ours, theirs = Spread("n", "What.", BOUNDS), Histogram("n", "What.", buckets=BOUNDS, registry=None)
    for size in sizes:
        ours.add(size)
        theirs.observe(size)
    assert page(ours) == page(theirs)
