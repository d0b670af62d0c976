"""The Telegram adapter, wired to a store in memory and to a test server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

from bot.adapters.telegram.asking import Asking
from bot.adapters.telegram.bot import Intake, TelegramBot
from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.delivery import Delivery
from bot.adapters.telegram.polling import Polling
from bot.adapters.telegram.render import Renderer
from bot.adapters.telegram.saving import Saving
from bot.adapters.telegram.sending import Sender
from bot.adapters.telegram.transport import Api
from bot.adapters.telegram.webhook import Webhook
from bot.dialogue.commands import MENU
from bot.dialogue.outputs import Output, Say
from bot.ports import Delivered, Store, Unsent, Update
from bot.watch import Watch
from tests.botapi import BotApiServer

WORDS = {
    "button_back": "‹ Back",
    "button_help": "Help",
    "button_emergency": "Emergency",
    "button_done": "Done",
    "button_why": "Why do you ask?",
    "button_meaning": "What does this mean?",
    "progress": "{number} of about {total}",
    "group_reply": "I work in private chats only. Please write to me there.",
    "missed": "This is what you missed:",
    "bot_short_description": "Finds out why physical therapy may not be working.",
    "bot_description": "I ask about 20 short questions.\nI am not a doctor.",
    **{f"command_{name}": f"About {name}" for name in MENU},
}

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")


class AsyncOutbox:
    """A store's outbox as the adapter wants it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        return self._store.unsent(limit, but)

    async def waiting(self, ids: Collection[int]) -> set[int]:
        return self._store.waiting(ids)

    async def sent(self, delivered: Sequence[Delivered]) -> None:
        self._store.sent(delivered)

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        self._store.retire(unsent)

    async def message_of(self, chat: int, turn: int) -> int | None:
        return self._store.message_of(chat, turn)

    async def mark_left(self, chat: int, up_to: int) -> None:
        with self._store.unit() as unit:
            unit.mark_left(chat, left=True, up_to=up_to)


class Script:
    """Handles updates by a function instead of an engine."""

    def __init__(self, store: Store, react: Callable[[Update], Sequence[Output]]) -> None:
        self.store, self.react = store, react
        self.taken: list[Update] = []  # each once
        self.seen: list[Update] = []  # with repetitions
        self.failures: list[Exception] = []  # raised by the next calls, before anything is saved

    def handle(self, updates: Sequence[Update]) -> None:
        self.seen += updates
        if self.failures:
            raise self.failures.pop(0)
        with self.store.unit() as unit:
            for update in unit.take(updates):
                self.taken.append(update)
                if update.left or update.returned:
                    unit.mark_left(update.chat, left=update.left)
                if update.done is not None:
                    unit.send(update.chat, self.react(update))


@contextlib.asynccontextmanager
async def running(
    server: BotApiServer,
    handle: Callable[[Sequence[Update]], Awaitable[None] | None],
    store: Store,
    token: str | None = None,
    *,
    watch: Watch | None = None,
    webhook: tuple[str, int] | None = None,
    own_webhook: str | None = None,
    take_over: bool = False,
) -> AsyncIterator[asyncio.Task[None]]:
    """The bot at work until the end of the block: polling, or with a `webhook` at this address and port."""
    api = Api(token or server.token, server.base_url)
    delivery = Delivery(Sender(api, lambda _: PNG, None), Renderer(WORDS), AsyncOutbox(store))

    async def handled(updates: Sequence[Update]) -> None:
        if waiting := handle(updates):
            await waiting
        delivery.wake()

    async def give_up(update: Update) -> None:
        with store.unit() as unit:
            unit.take([update])
            unit.send(update.chat, [Say("Something went wrong.")])
        delivery.wake()

    watch = watch or Watch()
    asking, saving, courtesies = Asking(api), Saving(handled, give_up, watch), Courtesies(api, WORDS)
    intake: Intake = Polling(asking, saving, courtesies, watch, own_webhook, take_over=take_over)
    if webhook:
        url, port = webhook
        intake = Webhook(asking, saving, courtesies, watch, server.token, url, "127.0.0.1", port)
    task = asyncio.create_task(TelegramBot(api, intake, delivery, courtesies, WORDS).run())
    try:
        yield task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), task.exception()


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until this holds; for what no chat shows."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it is about things that tell nobody
            await asyncio.sleep(0.01)


async def settled(server: BotApiServer, store: Store) -> None:
    """All that was sent to the bot is handled, and all it has to say is said."""
    await until(lambda: not server.world.updates.pending and not store.unsent(10, ()))
