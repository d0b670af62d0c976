"""The conversation and its store for the event loop: what touches the database runs in the writer's thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from bot.adapters.storage.writer import Writer
from bot.adapters.telegram.trouble import Trouble
from bot.conversation import Conversation
from bot.ports import Backlog, Beat, Delivered, StorageError, Store, Unsent, Update

T = TypeVar("T")


class StoreThread:
    """What `Conversation` and `Store` promise, without holding up the loop."""

    def __init__(self, conversation: Conversation, store: Store, writer: Writer) -> None:
        self._conversation, self._store, self._writer = conversation, store, writer
        self._trouble = Trouble("The database cannot be used")

    async def handle(self, updates: Sequence[Update]) -> list[Unsent]:
        """Save a batch of updates with all their effects. What is to be sent now."""
        return await self._try("handle", lambda: self._conversation.handle(updates))

    async def give_up(self, update: Update) -> list[Unsent]:
        """Pass over an update that cannot be handled."""
        return await self._try("handle", lambda: self._conversation.give_up(update))

    async def ring(self, limit: int) -> list[Unsent]:
        """Let happen what is due. What is to be sent now."""
        return await self._try("ring", lambda: self._conversation.ring(limit))

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        """Outputs waiting to be sent."""
        return await self._try("unsent", lambda: self._store.unsent(limit, but))

    async def waiting(self, ids: Collection[int]) -> set[int]:
        """Of these outputs, those that still have to be sent."""
        return await self._try("waiting", lambda: self._store.waiting(ids))

    async def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered."""
        await self._try("sent", lambda: self._store.sent(delivered))

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs can never be delivered."""
        await self._try("retire", lambda: self._store.retire(unsent))

    async def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn."""
        return await self._try("message_of", lambda: self._store.message_of(chat, turn))

    async def mark_left(self, chat: int, up_to: int) -> None:
        """The person blocked the bot, as was heard when the output with this id was the newest."""
        await self._try("mark_left", lambda: self._mark_left(chat, up_to))

    async def heartbeat(self) -> Beat:
        """This worker lives."""
        return await self._try("heartbeat", self._store.heartbeat)

    async def leave(self) -> None:
        """This worker ends."""
        await self._writer.run(self._store.leave)

    async def backlog(self) -> Backlog:
        """How far behind the bot is."""
        return await self._writer.run(self._store.backlog)

    def _mark_left(self, chat: int, up_to: int) -> None:
        with self._store.unit() as unit:
            unit.mark_left(chat, left=True, up_to=up_to)

    async def _try(self, what: str, work: Callable[[], T]) -> T:
        """Everything that is tried here is tried again where it fails: that the database is away is told once."""
        try:
            done = await self._writer.run(work)
        except StorageError as error:
            self._trouble.met(error, what)
            raise
        self._trouble.over(what)
        return done
