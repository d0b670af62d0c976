"""The bot on Telegram: receives and delivers side by side until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from telegram.error import TelegramError

from bot.adapters.telegram.delivery import Delivery, Outbox
from bot.adapters.telegram.intake import GiveUp, Handle, Intake
from bot.adapters.telegram.menu import show_menu
from bot.adapters.telegram.reading import Received
from bot.adapters.telegram.render import Renderer
from bot.adapters.telegram.sending import CALLS_PER_SECOND, Sender
from bot.adapters.telegram.texts import literal
from bot.adapters.telegram.transport import Api
from bot.adapters.telegram.trouble import first


class Poller:
    """`handle` saves a batch of updates with all their effects; what it leaves in the outbox is delivered.

    `give_up` passes over an update that cannot be handled, and leaves a word about it in the outbox.

    `words` are the edge's own (listed in bot/flow/messages.py); `picture` gives a picture's bytes by its name.
    """

    def __init__(
        self,
        api: Api,
        handle: Handle,
        give_up: GiveUp,
        outbox: Outbox,
        words: Mapping[str, str],
        picture: Callable[[str], bytes],
        calls_per_second: float | None = CALLS_PER_SECOND,
    ) -> None:
        self._api, self._words = api, words
        self._intake = Intake(api, handle, give_up, self._handled)
        self._delivery = Delivery(Sender(api, picture, calls_per_second), Renderer(words), outbox)
        self._told_groups: set[int] = set()
        self._aside: set[asyncio.Task[None]] = set()  # small things that nobody waits for

    async def run(self) -> None:
        """Receive and deliver until cancelled. Raises PtbotError where somebody must mend something."""
        async with self._api:
            await self._intake.begin()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._intake.run())
                    group.create_task(self._delivery.run())
                    self._meanwhile(show_menu(self._api, self._words))
            except BaseExceptionGroup as errors:
                raise first(errors) from None
            finally:
                for task in self._aside:
                    task.cancel()

    def _handled(self, batch: Sequence[Received]) -> None:
        """A batch was saved: deliver what it led to, and let no phone show a waiting sign."""
        self._delivery.wake()
        for received in batch:
            if received.callback:
                self._meanwhile(self._quietly("answerCallbackQuery", callback_query_id=received.callback))
            if received.group and received.group not in self._told_groups:
                self._told_groups.add(received.group)
                text = literal(self._words["group_reply"])
                self._meanwhile(self._quietly("sendMessage", chat_id=received.group, text=text, parse_mode="HTML"))

    def _meanwhile(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _quietly(self, method: str, **params: Any) -> None:
        """A call that may fail: a tap too old to be answered, a group that forbids to write."""
        with contextlib.suppress(TelegramError):
            await self._api.call(method, **params)
