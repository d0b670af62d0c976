"""What people are owed by the edge itself reaches them, though a call may fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.render import Call
from bot.adapters.telegram.transport import Api
from tests.botapi import BotApiServer, Fault
from tests.support.telegram_bot import WORDS, until

QUERY = {"id": "q", "from": {"id": 7}, "message": {"chat": {"id": 7, "type": "private"}}, "data": "1c1.yes"}
ANSWER = Call("answerCallbackQuery", {"callback_query_id": "q"})


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """Somebody has tapped."""
    async with BotApiServer() as started:
        started.push_update({"callback_query": QUERY})
        yield started


@pytest.fixture
async def courtesies(server: BotApiServer) -> AsyncIterator[Courtesies]:
    async with Api(server.token, server.base_url) as api:
        yield Courtesies(api, WORDS)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset=True),
        Fault(reset=True, after=True),
        Fault(code=502),
        Fault(code=429, retry_after=0.05),
    ],
)
async def test_a_tap_is_answered_though_calls_fail(server: BotApiServer, courtesies: Courtesies, fault: Fault) -> None:
    server.faults.add("answerCallbackQuery", fault, times=3)
    courtesies.make([ANSWER])
    await until(lambda: len(server.calls("answerCallbackQuery")) == 4)
    await courtesies.close()
    assert server.unanswered == []


async def test_what_telegram_refuses_is_not_tried_again(server: BotApiServer, courtesies: Courtesies) -> None:
    courtesies.make([Call("answerCallbackQuery", {"callback_query_id": "too old"})])
    await until(lambda: not courtesies._under_way)
    assert len(server.calls("answerCallbackQuery")) == 1


async def test_after_a_while_it_is_too_late(
    server: BotApiServer, courtesies: Courtesies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.courtesies.TRY_SECONDS", 0.5)
    server.faults.rate("answerCallbackQuery", 1, Fault(code=502))
    courtesies.make([ANSWER])
    await until(lambda: not courtesies._under_way)
    assert len(server.calls("answerCallbackQuery")) > 1


async def test_a_stop_waits_for_no_retry(server: BotApiServer, courtesies: Courtesies) -> None:
    server.faults.rate("answerCallbackQuery", 1, Fault(code=429, retry_after=60))
    courtesies.make([ANSWER])
    await until(lambda: server.calls("answerCallbackQuery"))
    async with asyncio.timeout(10):
        await courtesies.close()
        await until(lambda: not courtesies._under_way)
