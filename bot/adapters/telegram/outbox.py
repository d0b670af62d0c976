"""The outbox as the delivery sees it, and the marks on what was delivered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol, TypeVar

from bot.adapters.telegram.trouble import Trouble, insist
from bot.ports import Delivered, Unsent

LONGEST_PAUSE_SECONDS = 5.0
MARK_SECONDS = 0.005  # marks wait so long for others: a commit costs about as much as sending a message

T = TypeVar("T")


class Outbox(Protocol):
    """Where outputs wait. A message id is negative where the message is a picture."""

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        """Outputs waiting to be sent, urgent ones first, else in order. `but`: ids already under way."""
        ...

    async def waiting(self, ids: Collection[int]) -> set[int]:
        """Of these outputs, those that still have to be sent."""
        ...

    async def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered: remember which messages show which turns."""
        ...

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs need not, or cannot, be delivered any more."""
        ...

    async def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent."""
        ...

    async def mark_left(self, chat: int, up_to: int) -> None:
        """The person blocked the bot: retire what waits for them up to this id. If that is all, remember it."""
        ...


class InsistentOutbox:
    """An outbox that may be away for a while: everything is tried until it works, and marks are gathered."""

    def __init__(self, outbox: Outbox, over: Callable[[int], None]) -> None:
        self._outbox, self._over = outbox, over  # `over` is told the id of each output that is no longer in the outbox
        self._trouble = Trouble("The outbox cannot be read or marked")
        self._delivered: list[Delivered] = []  # not marked yet
        self._unmarked, self._marking = asyncio.Event(), asyncio.Lock()

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        """Outputs waiting to be sent."""
        return await self._insist(lambda: self._outbox.unsent(limit, but))

    async def waiting(self, ids: Collection[int]) -> set[int]:
        """Of these outputs, those that still have to be sent."""
        return await self._insist(lambda: self._outbox.waiting(ids))

    async def wanted(self, ident: int) -> bool:
        """Does this output still have to be sent? Yes, where the outbox cannot be asked: silence would be worse."""
        try:
            return ident in await self._outbox.waiting([ident])
        except Exception:  # of whatever kind: who uses the database tells of it
            return True

    def delivered(self, delivered: Delivered) -> None:
        """It was delivered; the mark follows within milliseconds."""
        self._delivered.append(delivered)
        self._unmarked.set()

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        """They need not, or cannot, be delivered any more."""
        await self._insist(lambda: self._outbox.retire(unsent))
        for one in unsent:
            self._over(one.id)

    async def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent."""
        return await self._insist(lambda: self._outbox.message_of(chat, turn))

    async def mark_left(self, chat: int, up_to: int) -> None:
        """The person blocked the bot, as was heard when the output with this id was the newest."""
        await self._insist(lambda: self._outbox.mark_left(chat, up_to))

    async def keep_marking(self) -> None:
        """Mark until cancelled."""
        while True:
            await self._unmarked.wait()
            await asyncio.sleep(MARK_SECONDS)
            await self._mark()

    async def finish(self, seconds: float) -> None:
        """Mark what is left, if it takes no longer than this."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._mark(), seconds)

    async def _mark(self) -> None:
        async with self._marking:
            self._unmarked.clear()
            delivered = list(self._delivered)
            if delivered:
                await self._insist(lambda: self._outbox.sent(delivered))
            for one in delivered:
                self._over(one.unsent.id)
            del self._delivered[: len(delivered)]

    async def _insist(self, act: Callable[[], Awaitable[T]]) -> T:
        return await insist(act, self._trouble, LONGEST_PAUSE_SECONDS)
