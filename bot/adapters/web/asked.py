"""A question to the store's thread, on behalf of people who ask often and must not wait long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

FRESH_SECONDS = 1.0  # so long an answer is good for everybody who asks
ANSWER_SECONDS = 2.0  # so long we wait for one
STUCK_SECONDS = 60.0  # longer than any outage of the database takes to be noticed

T = TypeVar("T")


class Asked(Generic[T]):
    """Asks at most once a second, and never twice at the same time."""

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._asking: asyncio.Task[T | None] | None = None
        self._since = 0.0

    async def answer(self) -> T | None:
        """None where asking fails, or the answer does not come in time."""
        if self._asking is None or (self._asking.done() and self._clock() - self._since >= FRESH_SECONDS):
            self._asking, self._since = asyncio.create_task(self._asked()), self._clock()
        await asyncio.wait([self._asking], timeout=ANSWER_SECONDS)
        return self._asking.result() if self._asking.done() else None

    @property
    def stuck(self) -> bool:
        """Has nothing come back, not even an error, for so long that only a new start helps?"""
        unanswered = self._asking is not None and not self._asking.done()
        return unanswered and self._clock() - self._since >= STUCK_SECONDS

    async def _asked(self) -> T | None:
        try:
            return await self._ask()
        except Exception:  # a database that is away, in whatever way its driver puts it; those who use it say so
            return None
