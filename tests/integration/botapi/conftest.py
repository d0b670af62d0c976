"""The test server, driven by the real `telegram.Bot` over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.botapi import BotApiServer, Patient
from tests.support.botapi_client import CHAT, new_bot
from tests.support.stores import Clock


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[BotApiServer]:
    async with BotApiServer(clock=clock) as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with new_bot(server) as running:
        yield running


@pytest.fixture
async def patient(server: BotApiServer, bot: Bot) -> Patient:
    person = Patient(server, CHAT, "Ada")
    await person.start()
    return person
