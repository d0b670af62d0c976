"""What the machine underneath does to a measurement: processor time that it keeps back, a disk that hesitates.

Where several machines share one host, both come and go by the minute. They are observed apart from what is measured,
so that rounds can be left out for what disturbed them, and not for what they measured.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from bench.measures import part

STOLEN_AT_MOST, SYNC_AT_MOST_MS = 0.02, 10.0  # of a quiet round
_PROBE = [sys.executable, str(Path(__file__).with_name("probe.py"))]
_BUSY, _STEAL = (1, 2, 3, 6, 7), 8  # fields of /proc/stat


@dataclass(slots=True)
class Host:
    """How it disturbed; known after the block."""

    stolen: float = 0.0  # share of the processor time that was wanted here
    sync_ms: float = 0.0  # until the disk has a small write, at the 99th of 100

    @property
    def quiet(self) -> bool:
        """Does a measurement made meanwhile tell of the bot, and not of the host?"""
        return self.stolen <= STOLEN_AT_MOST and self.sync_ms <= SYNC_AT_MOST_MS

    def __str__(self) -> str:
        return f"{self.stolen:.1%} of the processor kept back, disk p99 {self.sync_ms:.1f} ms"


class Round(Protocol):
    """What one round measured, in short as text, and how the host was."""

    @property
    def host(self) -> Host: ...

    @property
    def wrong(self) -> Sequence[str]:
        """What was not as planned."""
        ...


R = TypeVar("R", bound=Round)


@contextmanager
def observed() -> Iterator[Host]:
    """What the host does during the block."""
    host, before = Host(), _ticks()
    with subprocess.Popen(_PROBE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as probe:
        try:
            yield host
        finally:
            waits, _ = probe.communicate()
    busy, stolen = (after - since for after, since in zip(_ticks(), before, strict=True))
    host.stolen = stolen / max(1, busy + stolen)
    host.sync_ms = part(sorted(map(float, waits.split())), 0.99)


def worst(*hosts: Host) -> Host:
    """Of measurements that make one round together: a quiet one of them must not hide what disturbed another."""
    return Host(max(host.stolen for host in hosts), max(host.sync_ms for host in hosts))


def quiet_rounds(make: Callable[[], R], wanted: int, tries: int) -> list[R]:
    """All the rounds that were made until so many of them were quiet, or so many tries were over.

    Figures are of those that were undisturbed; what went wrong counts in all of them.
    """
    rounds: list[R] = []
    while sum(one.host.quiet for one in rounds) < wanted and len(rounds) < tries:
        rounds.append(make())
        print(f"  {rounds[-1]}; {rounds[-1].host}{'' if rounds[-1].host.quiet else ': disturbed'}", flush=True)
    return rounds


def wrong(rounds: Sequence[Round]) -> list[str]:
    """Of all rounds."""
    return [word for one in rounds for word in one.wrong]


def undisturbed(rounds: Sequence[R]) -> Sequence[R]:
    """The quiet ones; all where there is none."""
    return [one for one in rounds if one.host.quiet] or rounds


def _ticks() -> tuple[int, int]:
    """What all processors were busy so far, and what the host kept back."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()
    return sum(int(fields[place]) for place in _BUSY), int(fields[_STEAL])
