"""Who stops in the middle, on the bot as operators run it: reminded once, whatever is killed, and never at night."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.botapi import BotApiServer, Patient
from tests.support.process import BotProcess

PATIENCE_SECONDS = 60.0
TWO_SECONDS = "0.0005"  # hours
REMINDER = "Shall we go on?"


def bot_on(server: BotApiServer, database: Path, after_hours: str = TWO_SECONDS, **settings: str) -> BotProcess:
    return BotProcess(server, f"sqlite:///{database}", PTBOT_REMINDERS__AFTER_HOURS=after_hours, **settings)


async def stop_in_the_middle(server: BotApiServer, chat: int, *words: str) -> Patient:
    """Begin, answer one question, and perhaps say more; then do nothing."""
    patient = Patient(server, chat)
    await patient.start()
    await patient.until(lambda p: "Me, 16 to 44" in p.last.labels, PATIENCE_SECONDS)
    await patient.tap("Me, 16 to 44")
    await patient.until(lambda p: asked(p) and "Me, 16 to 44" not in p.last.labels, PATIENCE_SECONDS)
    for said in words:
        before = patient.last.message_id
        await patient.say(said)
        await patient.until(lambda p, before=before: p.last.message_id > before + 1, PATIENCE_SECONDS)
    return patient


def asked(patient: Patient) -> bool:
    return "Help" in patient.last.labels


def reminders(patient: Patient) -> int:
    return sum(REMINDER in seen.text for seen in patient.said)


async def reminded(patient: Patient) -> None:
    await patient.until(lambda p: reminders(p) > 0 and asked(p), PATIENCE_SECONDS)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - a file tells nobody when it changes
            await asyncio.sleep(0.05)


def rows(database: Path, query: str) -> list[tuple[int, float]]:
    connection = sqlite3.connect(database, timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def timers(database: Path) -> dict[int, float]:
    """When each chat is reminded."""
    return dict(rows(database, "SELECT chat, due_at FROM timers"))


def all_sent(database: Path) -> bool:
    return rows(database, "SELECT count(*), 0 FROM outbox") == [(0, 0)]


async def test_one_reminder_after_all_kills(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    async with BotApiServer() as server:
        bot = bot_on(server, database)
        await bot.start()
        pausing = await stop_in_the_middle(server, 1)
        await until(lambda: all_sent(database))  # or what was under way is said twice
        await bot.kill()
        due = timers(database)[1]
        await until(lambda: time.time() > due)
        await bot.start()
        await reminded(pausing)
        await until(lambda: all_sent(database))
        await bot.kill()
        await bot.start()
        await reminded(await stop_in_the_middle(server, 2))
        assert reminders(pausing) == 1
        assert timers(database) == {}
        shown = pausing.last
        await pausing.tap("None of these")
        await pausing.until(lambda p: p.last.message_id > shown.message_id and asked(p), PATIENCE_SECONDS)
        await reminded(await stop_in_the_middle(server, 3))
        assert reminders(pausing) == 1
        assert await bot.stop() == 0
        assert server.violations == []
        assert b"Traceback" not in bot.log


async def test_none_after_an_emergency_nor_to_who_wants_none(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        bot = bot_on(server, tmp_path / "bot.db")
        await bot.start()
        let_be = [
            await stop_in_the_middle(server, 1, "I have crushing chest pain and can not breathe"),
            await stop_in_the_middle(server, 2, "/stop"),
            await stop_in_the_middle(server, 3, "no reminders", "never"),
            await stop_in_the_middle(server, 4, "/emergency"),
            await stop_in_the_middle(server, 5, "/delete", "yes"),
        ]
        assert "call" in let_be[0].last.text.lower()
        gone = await stop_in_the_middle(server, 6)
        await gone.block()
        await reminded(await stop_in_the_middle(server, 7))  # later than all of them
        await reminded(await stop_in_the_middle(server, 8))
        assert [reminders(patient) for patient in [*let_be, gone]] == [0] * 6
        assert await bot.stop() == 0


async def test_not_at_night_though_it_was_due_by_day(tmp_path: Path) -> None:
    database, now = tmp_path / "bot.db", datetime.now(UTC)
    night = {
        "PTBOT_REMINDERS__TIME_ZONE": "UTC",
        "PTBOT_REMINDERS__QUIET_FROM": f"{now - timedelta(hours=2):%H:%M}",
        "PTBOT_REMINDERS__QUIET_UNTIL": f"{now + timedelta(hours=2):%H:%M}",
    }
    async with BotApiServer() as server:
        by_day, by_night = bot_on(server, database), bot_on(server, database, **night)
        await by_day.start()
        patient = await stop_in_the_middle(server, 1)
        await by_day.kill()
        morning = time.time() + 1.5 * 3600
        assert timers(database)[1] < morning
        await by_night.start()
        await until(lambda: timers(database).get(1, 0) > morning)
        assert reminders(patient) == 0
        assert await by_night.stop() == 0
        assert reminders(patient) == 0
