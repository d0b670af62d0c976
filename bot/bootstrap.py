"""The one composition root: settings to flow, numbers and clinics, to an engine, to the adapters that people meet.

What only Telegram or a database needs is imported where it is used: it takes half a second that most commands spare.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from bot.conversation import Clock, Conversation, Delivered, Store, Unsent, Update
from bot.dialogue.engine import Engine
from bot.flow.clinics import Clinic
from bot.flow.errors import PtbotError
from bot.flow_files import read_clinics, read_flow, read_numbers
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.storage.writer import Writer


class NameUnknownError(PtbotError):
    """A link needs the bot's name. Set telegram.username (PTBOT_TELEGRAM__USERNAME), or the token to ask Telegram."""


def engine_of(settings: Settings) -> Engine:
    """The engine over everything that the settings name. Raises FlowError."""
    numbers = read_numbers(settings.flow.numbers)
    clinics = read_clinics(settings.clinics.file, numbers) if settings.clinics.file else {}
    return Engine(read_flow(settings.flow.folder), numbers, clinics)


def clinics_of(settings: Settings) -> dict[str, Clinic]:
    """The clinics that share the bot. Raises FlowError."""
    file = settings.clinics.file
    return read_clinics(file, read_numbers(settings.flow.numbers)) if file else {}


def run_bot(settings: Settings, engine: Engine, clock: Clock = time.time) -> None:
    """The bot on Telegram, until Ctrl-C or SIGTERM. Raises PtbotError where somebody must mend something."""
    from bot.adapters.storage.store import open_store
    from bot.adapters.storage.writer import Writer

    log_to_stderr(settings.log.level)
    store, writer = open_store(settings.database.url, clock), Writer()
    try:
        asyncio.run(_until_stopped(settings, Conversation(engine, store, clock), StoreOutbox(store, writer)))
    finally:
        writer.close()
        store.close()


async def _until_stopped(settings: Settings, conversation: Conversation, outbox: StoreOutbox) -> None:
    from bot.adapters.telegram.poller import Poller
    from bot.adapters.telegram.transport import Api

    flow, telegram = conversation.engine.flow, settings.telegram
    api = Api(telegram.token or "", telegram.base_url)

    async def handle(updates: Sequence[Update]) -> None:
        await outbox.writer.run(lambda: conversation.handle(updates))

    async def give_up(update: Update) -> None:
        await outbox.writer.run(lambda: conversation.give_up(update))

    running = asyncio.ensure_future(
        Poller(api, handle, give_up, outbox, flow.messages, flow.pictures.__getitem__, telegram.calls_per_second).run()
    )
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows
            asyncio.get_running_loop().add_signal_handler(stop, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running


class StoreOutbox:
    """The store's outbox for the event loop: everything runs in the writer's thread."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self.writer = store, writer

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        """Outputs waiting to be sent."""
        return await self.writer.run(lambda: self._store.unsent(limit, but))

    async def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered."""
        await self.writer.run(lambda: self._store.sent(delivered))

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs can never be delivered."""
        await self.writer.run(lambda: self._store.retire(unsent))

    async def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn."""
        return await self.writer.run(lambda: self._store.message_of(chat, turn))

    async def mark_left(self, chat: int) -> None:
        """The person blocked the bot."""
        await self.writer.run(lambda: self._mark_left(chat))

    def _mark_left(self, chat: int) -> None:
        with self._store.unit() as unit:
            unit.mark_left(chat, left=True)


def username_of(settings: Settings) -> str:
    """The bot's name on Telegram: as set, else Telegram is asked. Raises PtbotError."""
    if settings.telegram.username:
        return settings.telegram.username
    if not settings.telegram.token:
        raise NameUnknownError
    return asyncio.run(_asked_name(settings.telegram.token, settings.telegram.base_url))


async def _asked_name(token: str, base_url: str) -> str:
    from telegram.error import InvalidToken, TelegramError

    from bot.adapters.telegram.transport import Api
    from bot.adapters.telegram.trouble import TokenError

    try:
        async with Api(token, base_url) as api:
            me = await api.call("getMe")
    except InvalidToken:
        raise TokenError from None
    except TelegramError as error:
        raise NameUnknownError(f"Telegram did not tell the bot's name ({error}). Set telegram.username.") from None
    return str(me["username"])


def log_to_stderr(level: str) -> None:
    """The bot's own log at this level; of the libraries only warnings, since some log addresses that hold the token."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("bot").setLevel(level.upper())
