"""The bot is killed at any moment, again and again: nothing is lost, no step taken twice, hardly a message repeated."""

from __future__ import annotations

from tests.botapi import BotApiServer
from tests.support.crashing import crashes
from tests.support.setups import Setup

KILLS = 5
EXCUSED = ("message is not modified",)  # an edit made again, as the bot died before it noted that it was made


async def test_every_patient_reaches_the_end_however_often_the_bot_dies(setup: Setup) -> None:
    async with BotApiServer(tap_seconds=3600) as server:
        found = await crashes(setup, server, seed=7).run(KILLS)
    print(found.kills)
    assert (len(found.kills), found.unfinished) == (KILLS, 0)
    assert (found.lost, found.doubled, found.astray) == (0, 0, ())
    assert all(kill.repeated <= kill.waiting for kill in found.kills)
    assert [told for told in server.violations if not any(text in told.description for text in EXCUSED)] == []
    assert server.unanswered == []
    assert b"Traceback" not in found.log
