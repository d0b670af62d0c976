"""The one thread in which the store is used. What comes in while it is busy waits, and forms the next batch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class Writer:
    """Runs what touches the store, one call after the other, without holding up the event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def run(self, work: Callable[[], Result]) -> Result:
        """What the work returns or raises. Cancelling the wait does not undo work that has begun."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Finish what was handed in, then end the thread."""
        self._thread.shutdown()
