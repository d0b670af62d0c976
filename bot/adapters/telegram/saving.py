"""Has updates saved in batches. What fails together is tried one by one, so that one update cannot hold up the rest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.adapters.telegram.reading import Received
from bot.adapters.telegram.trouble import Trouble, place
from bot.ports import NewerError, StorageError, Update
from bot.watch import Watch

HOPELESS_TRIES = 3  # of an update alone
REMEMBERED_UPDATES = 1000  # of those that failed: with several workers another one may be done with them
SLOW_SECONDS = 1.0  # a database that needs so long to fail is away: nobody else need try it now

Handle = Callable[[Sequence[Update]], Awaitable[None]]
GiveUp = Callable[[Update], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Saving:
    """`handle` saves a batch with all its effects or raises; `give_up` passes over an update, and tells its sender."""

    def __init__(self, handle: Handle, give_up: GiveUp, watch: Watch) -> None:
        self._handle, self._give_up, self._watch = handle, give_up, watch
        self._trouble = Trouble("What patients send cannot be saved")
        self._failures: Counter[int] = Counter()  # by update id, of updates tried alone

    async def save(self, batch: Sequence[Received], came_at: float) -> set[int]:
        """The ids of those that are over, saved or passed over; the others have to come again.

        Those of one chat are handled in this order. `came_at`: when the first of them came, by time.monotonic().
        """
        if await self._failed(batch):
            over = await self._one_by_one(batch)
        else:
            over = {received.update.id for received in batch}
        if over:
            self._watch.saved(len(over), time.monotonic() - came_at)
        for ident in over & self._failures.keys():
            del self._failures[ident]
        return over

    async def _one_by_one(self, batch: Sequence[Received]) -> set[int]:
        """Nothing overtakes an update of its chat that has to be handled again."""
        over: set[int] = set()
        failed: dict[int, tuple[Received, Exception]] = {}  # by chat
        for received in batch:
            begun = time.monotonic()
            if received.update.chat in failed:
                continue
            if not (error := await self._failed([received])):
                over.add(received.update.id)
                continue
            failed[received.update.chat] = received, error
            if isinstance(error, StorageError) and time.monotonic() - begun > SLOW_SECONDS:
                break
        for received, error in failed.values():
            if self._hopeless(received, error, others_work=bool(over)) and await self._given_up(received):
                over.add(received.update.id)
        return over

    def _hopeless(self, received: Received, error: Exception, *, others_work: bool) -> bool:
        """Is it this very update that cannot be handled, and not just the database that is away?"""
        if isinstance(error, NewerError) or (isinstance(error, StorageError) and not others_work):
            return False  # a newer worker can handle what this one cannot
        self._failures[received.update.id] += 1
        if len(self._failures) > REMEMBERED_UPDATES:
            del self._failures[next(iter(self._failures))]
        return self._failures[received.update.id] >= HOPELESS_TRIES

    async def _given_up(self, received: Received) -> bool:
        """Nobody must wait for it any longer, nor its sender in silence."""
        _log.error("An update cannot be handled and is passed over", update=received.update.id)
        try:
            await self._give_up(received.update)
        except StorageError:
            return False
        except Exception as error:  # a mistake of ours here must not hold up everybody either
            _log.error("Nor can its sender be told so", update=received.update.id, reason=place(error))
        return True

    async def _failed(self, batch: Sequence[Received]) -> Exception | None:
        """Have them handled together. None: they are saved; else what went wrong, whatever it was.

        It is handed on and not raised: what it means for this update shows only when the others were tried.
        """
        try:
            await self._handle([received.update for received in batch])
        except StorageError as error:  # who uses the database tells of it
            return error
        except Exception as error:  # a mistake of ours: told here, as nobody else knows of it
            self._trouble.met(place(error))
            return error
        self._trouble.over()
        return None
