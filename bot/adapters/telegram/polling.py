"""Receives updates by long polling. The offset moves on only when their effects are saved, so none is ever lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog
from telegram.error import Conflict

from bot.adapters.telegram.asking import Asking, is_object
from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.reading import KINDS_OF_UPDATES, Raw, Received, is_update, read
from bot.adapters.telegram.rivals import Rivals, WebhookSetError, host_of
from bot.adapters.telegram.saving import Saving
from bot.adapters.telegram.trouble import pauses
from bot.watch import Watch

POLL_SECONDS = 30
POLL_READ_SECONDS = POLL_SECONDS + 15.0
LONGEST_PAUSE_SECONDS = 5.0  # after what could not be saved, or another program that polls; others wait as well
STOP_SECONDS = 0.8  # what is being saved at a stop gets so long to be finished

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Polling:
    """Asks for updates and has them saved. A webhook at `own_webhook` is removed first; any other with `take_over`."""

    def __init__(
        self,
        asking: Asking,
        saving: Saving,
        courtesies: Courtesies,
        watch: Watch,
        own_webhook: str | None = None,
        *,
        take_over: bool = False,
    ) -> None:
        self._asking, self._saving, self._courtesies, self._watch = asking, saving, courtesies, watch
        self._own_webhook, self._take_over = own_webhook, take_over
        self._rivals = Rivals()
        self._offset = 0

    async def begin(self) -> None:
        """Make sure that Telegram knows the bot and lets it poll. Raises PtbotError."""
        bot = await self._asking.ask("getMe", is_object)
        await self._end_webhook()
        _log.info("Listening on Telegram", bot=bot.get("username"), by="polling")

    async def run(self) -> None:
        """Receive until cancelled; what has come is saved first. Raises PtbotError."""
        waits = pauses(LONGEST_PAUSE_SECONDS)
        while True:
            batch = sorted(await self._received(), key=lambda received: received.update.id)
            if not batch or await _finished(self._took(batch)):
                waits = pauses(LONGEST_PAUSE_SECONDS)
            else:
                await asyncio.sleep(next(waits))

    async def _end_webhook(self) -> None:
        """With a webhook set, Telegram refuses polling. What waits for it comes here instead."""
        url = await self._asking.webhook()
        if not url:
            return
        if url != self._own_webhook and not self._take_over:
            raise WebhookSetError(url)
        _log.warning("The bot's messages went to a webhook. It is removed, to receive them here", host=host_of(url))
        await self._asking.ask("deleteWebhook", bool)

    async def _received(self) -> list[Received]:
        """What Telegram has for us, as soon as it has something or the poll is over. Raises PtbotError."""
        for pause in pauses(LONGEST_PAUSE_SECONDS):
            try:
                return [self._read(raw) for raw in await self._asked()]
            except Conflict as error:
                await self._conflicted(error)
            await asyncio.sleep(pause)
        raise AssertionError("pauses never end")

    async def _asked(self) -> list[Raw]:
        updates: list[Raw] = await self._asking.ask(
            "getUpdates",
            _are_updates,
            but=(Conflict,),
            read_seconds=POLL_READ_SECONDS,
            offset=self._offset,
            timeout=POLL_SECONDS,
            allowed_updates=KINDS_OF_UPDATES,
        )
        return updates

    def _read(self, raw: Raw) -> Received:
        received = read(raw)
        self._watch.received(received.kind)
        return received

    async def _conflicted(self, error: Conflict) -> None:
        if "webhook" not in error.message.lower():
            self._rivals.met()
        elif url := await self._asking.webhook():
            raise WebhookSetError(url)

    async def _took(self, batch: list[Received]) -> bool:
        """Have a batch saved. Is all of it over? Else Telegram gives again what comes after the new offset."""
        over = await self._saving.save(batch, time.monotonic())
        for received in batch:
            if received.update.id in over:
                self._courtesies.make(self._courtesies.owed(received))
        left = [received.update.id for received in batch if received.update.id not in over]
        self._offset = max(self._offset, min(left, default=batch[-1].update.id + 1))  # Telegram may repeat old ones
        return not left


def _are_updates(answer: Any) -> bool:
    return isinstance(answer, list) and all(map(is_update, answer))


async def _finished(work: Coroutine[Any, Any, T]) -> T:
    """Do it. A stop meanwhile waits for its end."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=STOP_SECONDS)
        raise
