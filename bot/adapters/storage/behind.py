"""What waits in the outbox for this worker though it was not handed over at the commit.

Until the outbox is read again, nothing newer may be handed over in those chats, or it would be sent first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.adapters.storage.outgoing import Written
from bot.adapters.storage.rows import NOTHING, URGENT
from bot.ports import Unsent


class Behind:
    """By chat, the least rank that waits: what is of this rank, or comes after it, has to wait as well."""

    def __init__(self) -> None:
        self._ranks: dict[int, int] = {}
        self._otherwise = NOTHING

    def __bool__(self) -> bool:
        return bool(self._ranks) or self._otherwise < NOTHING

    def hand_over(self, written: Iterable[Written], others: Mapping[int, int]) -> list[Unsent]:
        """Of what was written now, what may be sent. `others`: the ranks that wait for other workers to send them."""
        ready = []
        for unsent, rank in written:
            if rank < min(self._rank(unsent.chat), others.get(unsent.chat, NOTHING)):
                ready.append(unsent)
            else:
                self.add([(unsent.chat, rank)])
        return ready

    def add(self, waiting: Iterable[tuple[int, int]]) -> None:
        """These chats and ranks wait."""
        for chat, rank in waiting:
            self._ranks[chat] = min(self._rank(chat), rank)

    def lose_track(self) -> None:
        """Anything may wait: a transaction failed, and may have been committed all the same."""
        self._otherwise = URGENT

    def only(self, waiting: Iterable[tuple[int, int]]) -> None:
        """The outbox was read to its end: nothing but this still waits."""
        self._ranks, self._otherwise = {}, NOTHING
        self.add(waiting)

    def _rank(self, chat: int) -> int:
        return min(self._ranks.get(chat, NOTHING), self._otherwise)
