"""From replies and processor seconds to figures."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench import machine
from bench.standin.patients import Reply


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a bot answered."""

    updates: int
    per_second: float  # over the middle 80 % of the replies
    p50_ms: float
    p99_ms: float


def speed(replies: Sequence[Reply]) -> Speed:
    """Figures of these replies, in the order they came."""
    if len(replies) < 10:
        return Speed(len(replies), 0.0, 0.0, 0.0)
    first, last = replies[len(replies) // 10], replies[len(replies) * 9 // 10]
    middle = len(replies) * 9 // 10 - len(replies) // 10
    waits = sorted(reply.seconds * 1e3 for reply in replies)
    return Speed(len(replies), middle / (last.came - first.came), part(waits, 0.5), part(waits, 0.99))


@dataclass(slots=True)
class Used:
    """Processor seconds between two moments."""

    bot: float = 0.0
    standin: float = 0.0
    database: float = 0.0


@contextmanager
def measured(pids: Collection[int], database_seconds: Callable[[], float] = float) -> Iterator[Used]:
    """What these bots, this very process and the database take during the block; known after it."""

    def now() -> tuple[float, float, float]:
        return sum(map(machine.cpu_seconds, pids)), machine.cpu_seconds(os.getpid()), database_seconds()

    used, before = Used(), now()
    yield used
    used.bot, used.standin, used.database = (after - since for after, since in zip(now(), before, strict=True))


def part(ordered: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle one; 0 where there is none."""
    return statistics.median(values) if values else 0.0
