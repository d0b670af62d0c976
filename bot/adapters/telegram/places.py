"""A limited number of places, given in the order they were asked for. asyncio.Semaphore looks at everybody who waits,
with each place that becomes free.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Places:
    """Who takes a place gives it back."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiting: deque[asyncio.Future[None]] = deque()  # while there is none free

    async def take(self) -> None:
        """Wait for a place."""
        if self._free:
            self._free -= 1
            return
        given = asyncio.get_running_loop().create_future()
        self._waiting.append(given)
        try:
            await given
        except asyncio.CancelledError:
            if not given.cancelled():  # it came at the same moment
                self.give()
            raise

    def give(self) -> None:
        """One place is free again."""
        while self._waiting:
            given = self._waiting.popleft()
            if not given.done():  # else nobody waits for it any more
                given.set_result(None)
                return
        self._free += 1
