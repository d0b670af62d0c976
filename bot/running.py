"""The composition root of `ptbot run`: puts one worker together, and keeps it going until it is stopped.

It stays in memory for months, so what only some runs need is imported where it is used: an HTTP server takes 10 MiB.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.store import SqlStore, open_store
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
from bot.conversation import LEASE_SECONDS, Clock, Conversation, Update
from bot.dialogue.engine import Engine
from bot.flow.errors import PtbotError
from bot.logs import set_up_logs
from bot.reminders import timer_kinds
from bot.settings import Settings
from bot.store_thread import StoreThread
from bot.upkeep import Lease, keep_ringing
from bot.watch import Watch

if TYPE_CHECKING:
    from bot.adapters.web.metrics import Metrics

POLLER = "poller"  # always the same: after a crash the next one goes on with what the last one left
LEAVE_SECONDS = 1.0


class WebhookMissingError(PtbotError):
    """With --webhook, set webhook.url (PTBOT_WEBHOOK__URL) to the https address at which Telegram reaches this bot."""


class WorkersLiveError(PtbotError):
    """Webhook workers use this database. Stop them before polling, or poll all the same: `ptbot run --take-over`."""


def run_bot(
    settings: Settings,
    engine: Engine,
    clock: Clock = time.time,
    *,
    webhook: bool = False,
    take_over: bool = False,
) -> None:
    """Until Ctrl-C or SIGTERM. Raises PtbotError where somebody must mend something."""
    if webhook and not settings.webhook.url:
        raise WebhookMissingError
    set_up_logs(settings.log.level)
    _bring_up_to_date(settings.database.url)
    writer, store = Writer(), open_store(settings.database.url, clock, _worker_id() if webhook else POLLER)
    try:
        if not webhook or _is_a_file(settings.database.url):
            store.claim_polling()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_until_stopped(_Worker(settings, engine, store, writer, clock).run(webhook, take_over)))
    finally:
        writer.close()
        store.close()


def _bring_up_to_date(database: str) -> None:
    """In a process of its own: what a migration loads would stay in memory, another 8 MiB. Its errors meet us again."""
    if sys.platform == "win32":
        return
    if child := os.fork():
        os.waitpid(child, 0)
        return
    with contextlib.suppress(BaseException):
        open_engine(database).dispose()
    os._exit(0)


def _is_a_file(database: str) -> bool:
    """Is it SQLite's? Its outbox has room for one process only, whichever way updates come."""
    return database.startswith("sqlite")


def _worker_id() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # it does not exist for Windows
        return None
    return uvloop.new_event_loop


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    running = asyncio.ensure_future(work)
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows
            asyncio.get_running_loop().add_signal_handler(stop, running.cancel)
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not walk through it again and again
    with contextlib.suppress(asyncio.CancelledError):
        await running


class _Worker:
    """One worker's parts."""

    def __init__(self, settings: Settings, engine: Engine, store: SqlStore, writer: Writer, clock: Clock) -> None:
        self._settings, telegram, words = settings, settings.telegram, engine.flow.messages
        self._clock, self._metrics = clock, _metrics(settings)
        self._watch = self._metrics or Watch()
        conversation = Conversation(engine, store, clock, self._watch, timer_kinds(settings.reminders, engine))
        self._store = StoreThread(conversation, store, writer)
        self._api = Api(telegram.token or "", telegram.base_url)
        pace, chat_pace = telegram.calls_per_second, telegram.chat_calls_per_second
        self._lease = Lease(self._store.heartbeat, self._share)
        self._delivery = Delivery(
            Sender(self._api, engine.flow.pictures.__getitem__, pace, chat_pace, self._watch),
            Renderer(words),
            self._store,
            clock=clock,
            may_send=self._lease.held,
            watch=self._watch,
        )
        self._courtesies, self._words = Courtesies(self._api, words), words

    async def run(self, webhook: bool, take_over: bool) -> None:
        """Until cancelled. Raises PtbotError."""
        if not webhook and not take_over:
            await self._without_webhook_workers()
        beside = [self._lease.keep, self._keep_ringing]
        bot = TelegramBot(
            self._api, self._intake(webhook, take_over), self._delivery, self._courtesies, self._words, beside
        )
        await self._lease.renew()
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
        while await self._store.heartbeat() > 1:
            if time.monotonic() > end:
                raise WorkersLiveError
            await asyncio.sleep(0.5)

    def _life_signs(self) -> contextlib.AbstractAsyncContextManager[None]:
        if self._metrics is None:
            return contextlib.nullcontext()
        from bot.adapters.web.life_signs import LifeSigns

        signs = LifeSigns(self._metrics, self._store.backlog, self._lease.held, self._clock)
        return signs.shown(self._settings.health.host, self._settings.health.port)

    def _share(self, living: int) -> None:
        """So many workers send, this one among them."""
        self._delivery.share(living)
        self._watch.living(living)

    async def _keep_ringing(self) -> None:
        await keep_ringing(self._store.ring, self._delivery.put)

    async def _handle(self, updates: Sequence[Update]) -> None:
        self._delivery.put(await self._store.handle(updates))

    async def _give_up(self, update: Update) -> None:
        self._delivery.put(await self._store.give_up(update))


def _metrics(settings: Settings) -> Metrics | None:
    """Only where somebody can see them."""
    if not settings.health.port:
        return None
    from bot.adapters.web.metrics import Metrics

    return Metrics()
