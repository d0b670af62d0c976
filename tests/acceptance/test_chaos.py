"""Everything goes wrong a little, all the time: every patient still gets the right result."""

from __future__ import annotations

import asyncio
from random import Random

from tests.botapi import BotApiServer, Fault, Patient, shuffling, sometimes
from tests.support.dialogue_flow import real_engine
from tests.support.plans import plan
from tests.support.process import running
from tests.support.recorded import recorded_answers
from tests.support.setups import Setup
from tests.support.simulated import asked, converse, seen_asked, settled
from tests.support.telegram_bot import until

PATIENTS = 100
SHARE = 0.02  # of the calls, for each kind of trouble
RETRY_AFTER_SECONDS = 0.05  # Telegram asks for whole ones
DUPLICATES = 0.05
DOUBLE_TAPS = 0.1
EXCUSED = ("message is not modified",)  # an edit made again, since the answer to it was lost


def trouble(server: BotApiServer, random: Random) -> None:
    """From now on calls, polls and webhooks fail now and then, and updates come twice and in any order."""
    server.faults.random = random
    for method in ("*", "getUpdates", "webhook"):
        server.faults.rate(method, SHARE, Fault(code=429, retry_after=RETRY_AFTER_SECONDS))
        server.faults.rate(method, SHARE, Fault(code=502))
        server.faults.rate(method, SHARE, Fault(reset=True))
        server.faults.rate(method, SHARE, Fault(reset=True, after=True))
    server.world.updates.again = sometimes(DUPLICATES, random)
    server.world.updates.arrange = shuffling(random)


async def test_every_patient_gets_the_right_result(setup: Setup) -> None:
    random = Random(2026)
    plans = {chat: plan(real_engine(), seed=5000 + chat) for chat in range(1, PATIENTS + 1)}
    async with BotApiServer(tap_seconds=3600) as server:
        trouble(server, random)
        bots, patients = setup.bots(server), {chat: Patient(server, chat) for chat in plans}
        twice = sometimes(DOUBLE_TAPS, random)
        async with running(*bots):
            await asyncio.gather(*(converse(patients[chat], plans[chat], twice) for chat in plans))
            for chat, patient in patients.items():
                await patient.until(lambda p, chat=chat: settled(p) == asked(plans[chat]), 60)
            await until(lambda: not server.unanswered, 15)
            server.faults.clear()
    assert recorded_answers(setup.address) == {chat: plans[chat].recorded for chat in plans}
    assert {chat: seen_asked(patient) for chat, patient in patients.items()} == {
        chat: asked(plans[chat]) for chat in plans
    }
    assert [told for told in server.violations if not any(text in told.description for text in EXCUSED)] == []
    for bot in bots:
        assert b"Traceback" not in bot.log
