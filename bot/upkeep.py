"""What the bot does from time to time, whatever patients do: it renews its lease, and handles timers that are due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.adapters.telegram.trouble import Trouble, place
from bot.ports import LEASE_SECONDS, Beat, StorageError, Unsent

BEAT_SECONDS = 1.0
RING_SECONDS = 2.0
RING_AT_ONCE = 100


class RightToSend:
    """Of this worker, for what is its own: it has that by its lease. Without it, others may have taken that over.

    `renewed` is told what each heartbeat brought, before `held` takes note of it.
    """

    def __init__(
        self,
        heartbeat: Callable[[], Awaitable[Beat]],
        renewed: Callable[[Beat], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heartbeat, self._renewed, self._clock = heartbeat, renewed, clock
        self._trouble = Trouble("The lease cannot be renewed")
        self._until = 0.0  # by the clock

    def held(self) -> bool:
        """Is it certain that nobody else sends what is ours?"""
        return self._clock() < self._until

    async def keep(self) -> None:
        """Renew it until cancelled."""
        while True:
            await self.renew()
            await asyncio.sleep(BEAT_SECONDS)

    async def renew(self) -> None:
        """Renew it once, or note that it did not work."""
        begun = self._clock()  # the lease may have begun any time after this
        try:
            self._renewed(await self._heartbeat())
        except StorageError:  # who uses the database tells of it
            return
        except Exception as error:  # a mistake of ours
            self._trouble.met(place(error))
            return
        self._until = begun + LEASE_SECONDS
        self._trouble.over()


async def keep_ringing(ring: Callable[[int], Awaitable[list[Unsent]]], put: Callable[[Sequence[Unsent]], None]) -> None:
    """Handle timers that are due, until cancelled; what they lead to is `put` where it is sent."""
    trouble = Trouble("Timers cannot be handled")
    while True:
        await asyncio.sleep(RING_SECONDS)  # at start, first what patients wrote while nobody was there
        try:
            rung = await ring(RING_AT_ONCE)
        except StorageError:  # the next round tries again
            continue
        except Exception as error:  # a mistake of ours in one timer must not silence the bot for everybody
            trouble.met(place(error))
        else:
            trouble.over()
            put(rung)
