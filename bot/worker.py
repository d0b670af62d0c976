"""The composition root of `ptbot run`: one worker, put together from settings, engine and store.

It stays in memory for months, so what only some runs need is imported where it is used: an HTTP server takes 10 MiB.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.adapters.storage.writer import Writer
from bot.adapters.telegram.asking import Asking
from bot.adapters.telegram.bot import Intake, TelegramBot
from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.delivery import Delivery
from bot.adapters.telegram.polling import Polling
from bot.adapters.telegram.render import Renderer
from bot.adapters.telegram.saving import Saving
from bot.adapters.telegram.sending import Sender
from bot.adapters.telegram.transport import Api
from bot.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.flow.errors import PtbotError
from bot.ports import LEASE_SECONDS, Beat, Clock, Store, Update
from bot.reminders import timer_kinds
from bot.settings import Settings
from bot.store_thread import StoreThread
from bot.upkeep import RightToSend, keep_ringing
from bot.watch import Watch

if TYPE_CHECKING:
    from bot.adapters.web.metrics import Metrics

LEAVE_SECONDS = 0.8


class WorkersLiveError(PtbotError):
    """Webhook workers use this database. Stop them before polling, or poll all the same: `ptbot run --take-over`."""


class Worker:
    """One process that receives and delivers, alone or beside others."""

    def __init__(self, settings: Settings, engine: Engine, store: Store, writer: Writer, clock: Clock) -> None:
        self._settings, telegram, words = settings, settings.telegram, engine.flow.messages
        self._clock, self._metrics = clock, _metrics(settings)
        self._watch = self._metrics or Watch()
        conversation = Conversation(engine, store, clock, self._watch, timer_kinds(settings.reminders, engine))
        self._store = StoreThread(conversation, store, writer)
        self._api = Api(telegram.token or "", telegram.base_url)
        pace, chat_pace = telegram.calls_per_second, telegram.chat_calls_per_second
        self._right = RightToSend(self._store.heartbeat, self._renewed)
        self._delivery = Delivery(
            Sender(self._api, engine.flow.pictures.__getitem__, pace, chat_pace, self._watch),
            Renderer(words),
            self._store,
            clock=clock,
            may_send=self._right.held,
            watch=self._watch,
        )
        self._courtesies, self._words = Courtesies(self._api, words), words

    async def run(self, webhook: bool, take_over: bool) -> None:
        """Until cancelled. Raises PtbotError."""
        if not webhook and not take_over:
            await self._without_webhook_workers()
        beside = [self._right.keep, self._keep_ringing]
        bot = TelegramBot(
            self._api, self._intake(webhook, take_over), self._delivery, self._courtesies, self._words, beside
        )
        await self._right.renew()
        try:
            async with self._life_signs():
                await bot.run()
        finally:
            with contextlib.suppress(Exception):  # then the lease runs out by itself
                await asyncio.wait_for(self._store.leave(), LEAVE_SECONDS)

    def _intake(self, webhook: bool, take_over: bool) -> Intake:
        settings, asking = self._settings, Asking(self._api)
        saving = Saving(self._handle, self._give_up, self._watch)
        if not webhook:
            own = settings.webhook.url
            return Polling(asking, saving, self._courtesies, self._watch, own, take_over=take_over)
        from bot.adapters.telegram.webhook import Webhook

        token, where = settings.telegram.token or "", settings.webhook
        return Webhook(asking, saving, self._courtesies, self._watch, token, where.url or "", where.host, where.port)

    async def _without_webhook_workers(self) -> None:
        """Who polls takes the messages away from them; those that were killed have a lease for a while."""
        end = time.monotonic() + LEASE_SECONDS + 1
        while (await self._store.heartbeat()).living > 1:
            if time.monotonic() > end:
                raise WorkersLiveError
            await asyncio.sleep(0.5)

    def _life_signs(self) -> contextlib.AbstractAsyncContextManager[None]:
        if self._metrics is None:
            return contextlib.nullcontext()
        from bot.adapters.web.life_signs import LifeSigns

        signs = LifeSigns(self._metrics, self._store.backlog, self._right.held, self._clock)
        return signs.shown(self._settings.health.host, self._settings.health.port)

    def _renewed(self, beat: Beat) -> None:
        self._delivery.renewed(beat)
        self._watch.living(beat.living)

    async def _keep_ringing(self) -> None:
        await keep_ringing(self._store.ring, self._delivery.put)

    async def _handle(self, updates: Sequence[Update]) -> None:
        unsent = await self._store.handle(updates)
        self._delivery.tapped(updates)
        self._delivery.put(unsent)

    async def _give_up(self, update: Update) -> None:
        self._delivery.put(await self._store.give_up(update))


def _metrics(settings: Settings) -> Metrics | None:
    """Only where somebody can see them."""
    if not settings.health.port:
        return None
    from bot.adapters.web.metrics import Metrics

    return Metrics()
