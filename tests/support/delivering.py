"""The delivery alone, over real HTTP: outputs go into a store in memory and come out on phones."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.adapters.telegram.delivery import Delivery
from bot.adapters.telegram.render import Renderer
from bot.adapters.telegram.sending import Sender
from bot.adapters.telegram.transport import Api
from bot.dialogue.outputs import Output
from bot.ports import Clock
from bot.watch import Watch
from tests.botapi import BotApiServer, Patient
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import PNG, WORDS, AsyncOutbox


@dataclass
class Desk:
    """Where a test hands in what shall be sent."""

    store: MemoryStore
    delivery: Delivery

    def save(self, chat: int, *outputs: Output) -> None:
        """Only into the outbox, as another worker would."""
        with self.store.unit() as unit:
            unit.send(chat, outputs)

    def put(self, chat: int, *outputs: Output) -> None:
        """Into the outbox, and straight to the delivery."""
        self.save(chat, *outputs)
        self.delivery.put(self.store.outgoing)


@contextlib.asynccontextmanager
async def delivering(
    server: BotApiServer,
    store: MemoryStore,
    *,
    clock: Clock = time.time,
    may_send: Callable[[], bool] = lambda: True,
    calls_per_second: float | None = None,
    chat_calls_per_second: float | None = None,
    watch: Watch | None = None,
) -> AsyncIterator[Desk]:
    """A delivery at work until the end of the block."""
    async with Api(server.token, server.base_url) as api:
        sender = Sender(api, lambda _: PNG, calls_per_second, chat_calls_per_second, watch)
        delivery = Delivery(sender, Renderer(WORDS), AsyncOutbox(store), clock=clock, may_send=may_send, watch=watch)
        task = asyncio.create_task(delivery.run())
        try:
            yield Desk(store, delivery)
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), task.exception()


async def met(server: BotApiServer, *chats: int) -> list[Patient]:
    """Patients who once wrote to the bot, so that it may write to them."""
    patients = [Patient(server, chat) for chat in chats]
    for patient in patients:
        await patient.say("hello")
    server.world.updates.drop()
    return patients


class Failing:
    """Telegram fails at every message with these words."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
        self.words: str | None = words
        self.failed = 0
        monkeypatch.setattr("bot.adapters.telegram.sending.GIVE_UP_SECONDS", 0.0)
        call = Api.message

        async def sometimes(api: Api, method: str, **params: Any) -> int | None:
            if self.words and self.words in params.get("text", ""):
                self.failed += 1
                raise NetworkError("Internal Server Error")
            return await call(api, method, **params)

        monkeypatch.setattr(Api, "message", sometimes)


@contextlib.asynccontextmanager
async def failing_at(
    words: str,
    server: BotApiServer,
    store: MemoryStore,
    monkeypatch: pytest.MonkeyPatch,
    *,
    rest_seconds: float | None = None,
) -> AsyncIterator[tuple[Desk, Patient, Failing]]:
    """A delivery to patient 7, whose messages with these words fail; with what is stuck it rests `rest_seconds`."""
    if rest_seconds is not None:
        monkeypatch.setattr("bot.adapters.telegram.delivery.REST_SECONDS", rest_seconds)
    failing, (patient,) = Failing(monkeypatch, words), await met(server, 7)
    async with delivering(server, store) as desk:
        yield desk, patient, failing
