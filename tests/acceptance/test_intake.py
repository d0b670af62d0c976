"""Polling or webhook, one process or two: what operators may do with intake, on the bot as they run it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.botapi import BotApiServer, Patient
from tests.support.dialogue_flow import real_engine
from tests.support.plans import plan
from tests.support.ports import free_port
from tests.support.process import PUBLIC_URL, BotProcess, running
from tests.support.recorded import recorded_answers
from tests.support.simulated import asked, converse, settled
from tests.support.telegram_bot import until

PATIENTS = 12
SWITCHES = 4
PATIENCE_SECONDS = 30.0  # a start takes a while on a busy machine


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'bot.db'}"


async def test_switching_between_polling_and_webhook_loses_and_repeats_nothing(database: str) -> None:
    plans = {chat: plan(real_engine(), seed=3000 + chat) for chat in range(1, PATIENTS + 1)}
    async with BotApiServer(tap_seconds=3600) as server:
        port = free_port()
        server.workers[:] = [f"127.0.0.1:{port}"]
        polling = BotProcess(server, database, PTBOT_WEBHOOK__URL=PUBLIC_URL)
        ways = [polling, BotProcess(server, database, port)]
        patients = {chat: Patient(server, chat) for chat in plans}
        everyone = asyncio.gather(*(converse(patients[chat], plans[chat]) for chat in plans))
        for switch in range(SWITCHES):
            async with running(ways[switch % 2]):
                await until_progress(server)
        async with running(polling):
            await everyone
            for chat, patient in patients.items():
                await patient.until(lambda p, chat=chat: settled(p) == asked(plans[chat]))
        assert server.violations == []
    assert recorded_answers(database) == {chat: plans[chat].recorded for chat in plans}


async def until_progress(server: BotApiServer) -> None:
    """Until patients have heard a few more words."""
    heard = len(server.calls("sendMessage"))
    await until(lambda: len(server.calls("sendMessage")) >= heard + 2 * PATIENTS, 60)


async def test_a_second_process_is_refused(database: str) -> None:
    async with BotApiServer() as server:
        first, second = BotProcess(server, database), BotProcess(server, database)
        async with running(first):
            patient = Patient(server, 1)
            await patient.start()
            await patient.until(lambda p: p.said, PATIENCE_SECONDS)
            await second.start()
            assert await second.ended() == 1
            assert b"Another ptbot uses the database" in second.log
            await patient.say("/help")
            await patient.until(lambda p: len(p.said) > 1, PATIENCE_SECONDS)


async def test_polling_while_webhook_workers_live_is_refused(clean_postgres: str) -> None:
    async with BotApiServer() as server:
        port = free_port()
        server.workers[:] = [f"127.0.0.1:{port}"]
        worker, poller = BotProcess(server, clean_postgres, port), BotProcess(server, clean_postgres)
        async with running(worker):
            patient = Patient(server, 1)
            await patient.start()
            await patient.until(lambda p: p.said, PATIENCE_SECONDS)
            await poller.start()
            assert await poller.ended() == 1
            assert b"Webhook workers use this database" in poller.log
        assert server.violations == []
