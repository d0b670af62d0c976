"""What an operator sees of the running bot: its log, its health and its counts. And what nobody may see there."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from tests.botapi import BotApiServer, Fault, Patient
from tests.support.dialogue_flow import real_engine
from tests.support.plans import plan
from tests.support.ports import free_port
from tests.support.process import BotProcess
from tests.support.simulated import converse

TOKEN = "1234567890:AAEhBOweik9ai-2_wVZ8x7lqRf3Jt0"
SECRETS = ("zebrafish", "umbrella", "kangaroo", "pineapple", "Ada", "Lovelace")  # words, and the patient's name
PATIENCE_SECONDS = 60.0


@asynccontextmanager
async def running(bot: BotProcess) -> AsyncIterator[None]:
    """Started, and stopped in peace at the end."""
    await bot.start()
    try:
        yield
    finally:
        code = await bot.stop()
    assert code == 0


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await true():
                return
            await asyncio.sleep(0.05)


async def shown(port: int, path: str) -> tuple[int, str]:
    """What the bot answers on its health port; status 0 while nobody listens."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
            return response.status, await response.text()
    except aiohttp.ClientConnectionError:
        return 0, ""


def renamed(database: Path, old: str, new: str) -> None:
    """A table is taken away from the bot, or given back."""
    with closing(sqlite3.connect(database, timeout=PATIENCE_SECONDS)) as connection:
        connection.execute(f"ALTER TABLE {old} RENAME TO {new}")


async def test_words_and_token_never_reach_the_log_whatever_goes_wrong(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    async with BotApiServer(token=TOKEN) as server:
        bot, patient = BotProcess(server, f"sqlite:///{database}", PTBOT_LOG__LEVEL="debug"), Patient(server, 77, "Ada")
        async with running(bot):
            await patient.start()
            await patient.until(lambda p: p.last.buttons, PATIENCE_SECONDS)
            server.faults.rate("*", 0.2, Fault(502))
            server.faults.rate("*", 0.2, Fault(reset=True))
            server.faults.add("getUpdates", Fault(502), times=4)
            written = await patient.say("my zebrafish hurts")
            await patient.edit(written, "my umbrella hurts")
            await patient.send_photo(caption="look at my kangaroo")

            renamed(database, "sessions", "gone")
            before = len(patient.said)
            await patient.say("pineapple, since monday")
            await until(lambda: _logged(bot, "The database cannot be used"))
            renamed(database, "gone", "sessions")
            server.faults.clear()
            await patient.until(lambda p: len(p.said) > before, PATIENCE_SECONDS)

    lines = [json.loads(line) for line in bot.log.splitlines()]
    assert len(lines) > 2
    assert all({"timestamp", "level", "logger", "event"} <= line.keys() for line in lines)
    assert not [word for word in SECRETS if word in bot.log.decode()]
    assert TOKEN.split(":")[1] not in bot.log.decode()


async def _logged(bot: BotProcess, words: str) -> bool:
    return words.encode() in bot.log


async def test_health_and_counts_of_a_bot_at_work(tmp_path: Path) -> None:
    port, patients = free_port(), 5
    plans = {chat: plan(real_engine(), seed=chat) for chat in range(1, patients + 1)}
    async with (
        BotApiServer() as server,
        running(BotProcess(server, f"sqlite:///{tmp_path / 'bot.db'}", PTBOT_HEALTH__PORT=str(port))),
    ):
        await until(lambda: _answers(port, "/readyz", 200))
        await asyncio.gather(*(converse(Patient(server, chat), plans[chat]) for chat in plans))
        await until(lambda: _up_to_date(port))
        counted = _samples((await shown(port, "/metrics"))[1])
        status, told = await shown(port, "/readyz")
        assert (await shown(port, "/healthz"))[0] == 200

    ready, questions = json.loads(told), sum(len(p.answers) for p in plans.values())
    assert (status, ready["ready"], ready["waiting"]) == (200, True, 0)
    assert 0 <= ready["last_update_seconds"] < PATIENCE_SECONDS
    for plan_ in plans.values():
        assert counted[f'ptbot_results_total{{tier="{plan_.result.assessment["tier"]}"}}'] >= 1
    assert _sum(counted, "ptbot_results_total") == patients
    assert _sum(counted, "ptbot_answered_total") == questions
    assert _sum(counted, "ptbot_updates_total") == counted["ptbot_batch_updates_sum"] >= questions
    assert _sum(counted, "ptbot_replies_total") == counted["ptbot_reply_seconds_count"] > questions
    assert (counted["ptbot_database_up"], counted["ptbot_lease_held"], counted["ptbot_workers"]) == (1, 1, 1)


async def test_without_its_tables_the_bot_is_not_ready_but_alive(tmp_path: Path) -> None:
    port, database = free_port(), tmp_path / "bot.db"
    async with (
        BotApiServer() as server,
        running(BotProcess(server, f"sqlite:///{database}", PTBOT_HEALTH__PORT=str(port))),
    ):
        await until(lambda: _answers(port, "/readyz", 200))
        renamed(database, "outbox", "gone")
        await until(lambda: _answers(port, "/readyz", 503))
        assert (await shown(port, "/healthz"))[0] == 200
        renamed(database, "gone", "outbox")
        await until(lambda: _answers(port, "/readyz", 200))


async def _answers(port: int, path: str, status: int) -> bool:
    return (await shown(port, path))[0] == status


async def _up_to_date(port: int) -> bool:
    """Updates came, and nothing waits any more. What is shown may be a second old."""
    told = json.loads((await shown(port, "/readyz"))[1])
    return told.get("last_update_seconds") is not None and told["waiting"] == 0


def _samples(page: str) -> dict[str, float]:
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def _sum(counted: dict[str, Any], name: str) -> float:
    return float(sum(value for key, value in counted.items() if key.startswith(name)))
