"""Many patients at once, over HTTP, on the bot as operators run it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.botapi import BotApiServer, Patient
from tests.support.crashing import repeated
from tests.support.dialogue_flow import real_engine
from tests.support.plans import plan
from tests.support.process import BotProcess, running
from tests.support.recorded import recorded_answers
from tests.support.simulated import asked, converse, plain, settled

PATIENTS = 200


async def test_two_hundred_patients_get_the_results_that_the_engine_gives(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'bot.db'}"
    plans = {chat: plan(real_engine(), seed=chat) for chat in range(1, PATIENTS + 1)}
    assert len({tuple(p.result.parts) for p in plans.values()}) > PATIENTS / 4, "the plans are too much alike"
    async with BotApiServer(tap_seconds=3600) as server:
        bot, patients = BotProcess(server, address), {chat: Patient(server, chat) for chat in plans}
        async with running(bot):
            await asyncio.gather(*(converse(patients[chat], plans[chat]) for chat in plans))
    for chat, patient in patients.items():
        result = [plain(part) for part in plans[chat].result.parts]
        assert [seen.text for seen in patient.said][-len(result) :] == result
        assert settled(patient) == asked(plans[chat])
    assert recorded_answers(address) == {chat: plans[chat].recorded for chat in plans}
    assert (server.violations, server.unanswered, repeated(server.log)) == ([], [], [])
    assert b"Traceback" not in bot.log
    assert b"error" not in bot.log
