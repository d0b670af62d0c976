"""Trouble on demand: errors, broken connections and slowness per method, odd orders of delivery."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

Arrange = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

ANY = "*"
WEBHOOK = "webhook"  # stands for an update on its way to the webhook


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call."""

    code: int = 0  # answered instead of the result: 429, 502
    retry_after: float = 0  # seconds, with 429; whole ones on Telegram
    reset: bool = False  # the connection breaks without an answer
    after: bool = False  # the trouble comes after the effect, so the bot cannot know whether it happened
    seconds: float = 0.0  # waited before the rest of the trouble


NO_FAULT = Fault()


@dataclass
class Faults:
    """What will go wrong, by method name; `*` stands for every method but getUpdates and the webhook."""

    random: Random = field(default_factory=lambda: Random(0))
    _planned: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _rates: list[tuple[str, float, Fault]] = field(default_factory=list)

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next `times` calls of this method meet this fault."""
        self._planned[method].extend([fault] * times)

    def rate(self, method: str, share: float, fault: Fault) -> None:
        """From now on this share (0 to 1) of the calls meets this fault."""
        self._rates.append((method, share, fault))

    def clear(self) -> None:
        self._planned.clear()
        self._rates.clear()

    def next_for(self, method: str) -> Fault:
        names = (method,) if method in ("getUpdates", WEBHOOK) else (method, ANY)
        for name in names:
            if self._planned.get(name):
                return self._planned[name].popleft()
        for name, share, fault in self._rates:
            if name in names and self.random.random() < share:
                return fault
        return NO_FAULT


def duplicating(share: float, random: Random) -> Arrange:
    """Delivery that gives this share of the updates twice in a batch."""
    return lambda batch: [update for update in batch for _ in range(1 + (random.random() < share))]


def shuffling(random: Random) -> Arrange:
    """Delivery in any order within a batch."""
    return lambda batch: random.sample(batch, len(batch))


def sometimes(share: float, random: Random) -> Callable[[], bool]:
    """True for this share of the calls, such as for the updates that are given once more after they were confirmed."""
    return lambda: random.random() < share
