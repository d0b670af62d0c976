"""What comes while a batch is being saved waits, and forms the next one: batches grow with the load, by themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.telegram.reading import Received
from bot.adapters.telegram.saving import Saving
from bot.adapters.telegram.trouble import pauses

AT_ONCE = 100  # larger batches cost hardly less for each, and hold up the rest
PATIENCE_SECONDS = 5.0  # what cannot be saved so long has to come again
LONGEST_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    received: Received
    since: float  # by time.monotonic()
    over: asyncio.Future[bool]


class Queue:
    """Updates that came one by one, saved in batches."""

    def __init__(self, saving: Saving) -> None:
        self._saving = saving
        self._waiting: list[_Waiting] = []  # oldest first
        self._filled = asyncio.Event()

    async def saved(self, received: Received) -> bool:
        """Wait until it is over, saved or passed over. False: it could not be saved, and has to come again."""
        waiting = _Waiting(received, time.monotonic(), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._filled.set()
        return await waiting.over

    async def run(self) -> None:
        """Save what waits until cancelled."""
        waits = pauses(LONGEST_PAUSE_SECONDS)
        while True:
            await self._filled.wait()
            if await self._save_some():
                waits = pauses(LONGEST_PAUSE_SECONDS)
            else:
                await asyncio.sleep(next(waits))
            if not self._waiting:
                self._filled.clear()

    async def _save_some(self) -> bool:
        """Save those that have waited longest. Is all of it over?"""
        batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        in_order = sorted((one.received for one in batch), key=lambda received: received.update.id)
        over = await self._saving.save(in_order, batch[0].since)
        left = [one for one in batch if one.received.update.id not in over]
        for one in batch:
            if one.received.update.id in over and not one.over.done():
                one.over.set_result(True)
        self._waiting[:0] = _patient(left)
        return not left


def _patient(left: Sequence[_Waiting]) -> list[_Waiting]:
    """Those that go on waiting; the others are told that they have to come again."""
    now, patient = time.monotonic(), []
    for one in left:
        if now - one.since < PATIENCE_SECONDS:
            patient.append(one)
        elif not one.over.done():
            one.over.set_result(False)
    return patient
