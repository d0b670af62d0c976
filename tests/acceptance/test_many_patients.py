"""Many patients at once, over HTTP, on the bot as operators run it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.dialogue.engine import Engine
from bot.flow_files import load_package_flow, load_package_numbers
from tests.botapi import BotApiServer, Patient
from tests.support.plans import plan
from tests.support.process import BotProcess
from tests.support.simulated import converse, plain

PATIENTS = 200


async def test_two_hundred_patients_get_the_results_that_the_engine_gives(tmp_path: Path) -> None:
    engine = Engine(load_package_flow(), load_package_numbers())
    plans = {chat: plan(engine, seed=chat) for chat in range(1, PATIENTS + 1)}
    assert len({tuple(p.result.parts) for p in plans.values()}) > PATIENTS / 4, "the plans are too much alike"
    async with BotApiServer() as server:
        bot = BotProcess(server, f"sqlite:///{tmp_path / 'bot.db'}")
        await bot.start()
        patients = {chat: Patient(server, chat) for chat in plans}
        await asyncio.gather(*(converse(patients[chat], plans[chat]) for chat in plans))
        for chat, patient in patients.items():
            told = [seen.text for seen in patient.said]
            expected = [plain(part) for part in plans[chat].result.parts]
            assert told[-len(expected) :] == expected
        assert await bot.stop() == 0
        assert server.violations == []
        assert server.unanswered == []
        assert b"Traceback" not in bot.log
        assert b"ERROR" not in bot.log


async def test_a_restart_in_mid_conversation_loses_nothing_and_repeats_no_step(tmp_path: Path) -> None:
    engine = Engine(load_package_flow(), load_package_numbers())
    plans = {chat: plan(engine, seed=1000 + chat) for chat in range(1, 13)}
    async with BotApiServer() as server:
        bot = BotProcess(server, f"sqlite:///{tmp_path / 'bot.db'}")
        await bot.start()
        patients = {chat: Patient(server, chat) for chat in plans}
        everyone = asyncio.gather(*(converse(patients[chat], plans[chat]) for chat in plans))
        for _ in range(5):
            await asyncio.sleep(0.7)
            await bot.kill()
            await bot.start()
        await everyone
        for chat, patient in patients.items():
            asked = [plain(answered.question) for answered in plans[chat].answers]
            await patient.until(lambda p, asked=asked: settled(p) == asked)
        assert await bot.stop() == 0
        assert server.unanswered == []
        assert b"Traceback" not in bot.log


def settled(patient: Patient) -> list[str]:
    """The questions that show the answer given, in order: each step was taken once."""
    return [seen.text.split("\n\n✓")[0] for seen in patient.said if "\n\n✓" in seen.text]
