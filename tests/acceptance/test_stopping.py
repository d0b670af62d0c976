"""SIGTERM ends the bot soon, whatever hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.botapi import BotApiServer, Patient
from tests.support.postgres import Postgres, a_postgres
from tests.support.process import BotProcess
from tests.support.setups import Setup
from tests.support.simulated import PATIENCE_SECONDS
from tests.support.stores import empty_postgres
from tests.support.telegram_bot import until

PATIENTS = 20
GENEROUS_SECONDS = 8.0  # a supervisor is promised 5; a test machine may be busy


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """One that no other test misses while it hangs."""
    with a_postgres() as server:
        empty_postgres(server.address)
        yield server


@pytest.mark.parametrize("name", ["postgres", "webhook"])
async def test_a_stop_while_the_database_hangs(own_postgres: Postgres, name: str) -> None:
    async with BotApiServer(tap_seconds=3600) as server:
        bots = Setup(name, own_postgres.address).bots(server)
        people = [Patient(server, chat) for chat in range(1, PATIENTS + 1)]
        try:
            await _all_answer(server, bots, people)
            with own_postgres.frozen():
                for patient in people:
                    await patient.say("Is anybody there?")
                await asyncio.sleep(0.5)
                codes = await asyncio.wait_for(asyncio.gather(*(bot.stop() for bot in bots)), GENEROUS_SECONDS)
        finally:
            for bot in bots:
                await bot.kill()
    assert codes == [0] * len(bots)
    assert all(b"Something hangs, most likely the database" in bot.log for bot in bots)


@pytest.mark.parametrize("name", ["postgres", "webhook"])
async def test_a_stop_while_the_start_waits_for_the_database(own_postgres: Postgres, name: str) -> None:
    async with BotApiServer() as server:
        bots = Setup(name, own_postgres.address).bots(server)
        try:
            with own_postgres.frozen():
                for bot in bots:
                    await bot.start()
                await until(lambda: all(_children(bot.pid) for bot in bots), PATIENCE_SECONDS)
                codes = await asyncio.wait_for(asyncio.gather(*(bot.stop() for bot in bots)), GENEROUS_SECONDS)
        finally:
            for bot in bots:
                await bot.kill()
    assert codes == [0] * len(bots)
    assert [bot.log for bot in bots] == [b""] * len(bots)


def _children(pid: int) -> str:
    """The process that looks for the schema, if the bot has come as far."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


async def _all_answer(server: BotApiServer, bots: list[BotProcess], people: list[Patient]) -> None:
    for bot in bots:
        await bot.start()
    await until(lambda: len(server.calls("setMyShortDescription")) == len(bots), PATIENCE_SECONDS)
    for patient in people:
        await patient.start()
    for patient in people:
        await patient.until(lambda screen: screen.said, PATIENCE_SECONDS)
