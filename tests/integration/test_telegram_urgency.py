"""What is urgent comes first, and what is not keeps the pace that Telegram allows."""

from __future__ import annotations

import time

import pytest

from bot.dialogue.inputs import Typed
from bot.dialogue.outputs import Conclude, Say, Settle
from tests.botapi import BotApiServer, Fault, Patient
from tests.support.delivering import delivering, met
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import Script, running, until


async def test_urgent_words_overtake(server: BotApiServer, patient: Patient) -> None:
    alarm = Conclude(2, "emergency", ("Call 112 now.",), (), {}, urgent=True)
    script = Script(MemoryStore(time.time), lambda update: [Say("One"), Settle(1), Say("Two"), alarm])
    async with running(server, script.handle, script.store):
        await patient.say("numb")
        await patient.until_sees("Two")
    assert [seen.text for seen in patient.said] == ["Call 112 now.", "One", "Two"]
    assert patient.said[0].labels == ["‹ Back", "Help", "Emergency"]


async def test_urgent_words_do_not_wait_for_a_call_that_fails(server: BotApiServer, patient: Patient) -> None:
    alarm = Say("Call 112 now.", urgent=True)
    script = Script(MemoryStore(time.time), lambda update: [alarm if update.done == Typed("numb") else Say("Welcome.")])
    async with running(server, script.handle, script.store):
        server.faults.add("sendMessage", Fault(code=500), times=4)
        await patient.start()
        await until(lambda: len(server.calls("sendMessage")) == 4)
        await patient.say("numb")  # the welcome is tried again in 0.8 seconds
        await patient.until_sees("Welcome.")
    assert patient.said[0].text == "Call 112 now."


async def test_an_alarm_does_not_pause_for_long(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.sending.LONGEST_URGENT_PAUSE_SECONDS", 0.05)
    (patient,) = await met(server, 7)
    server.faults.add("sendMessage", Fault(code=502), times=9)  # other words would come after 51 seconds
    async with delivering(server, store) as desk:
        desk.put(7, Say("Call 112 now.", urgent=True))
        await patient.until_sees("Call 112 now.")


async def test_two_throttled_chats_are_the_whole_bot(server: BotApiServer, store: MemoryStore) -> None:
    patients = await met(server, 7, 8, 9, 10)
    server.faults.add("sendMessage", Fault(code=429, retry_after=2), times=2)
    async with delivering(server, store) as desk:
        desk.put(7, Say("one"))
        desk.put(8, Say("two"))
        await until(lambda: len([call for call in server.calls("sendMessage") if call.code]) == 2)
        began = time.monotonic()
        desk.put(9, Say("usual"))
        desk.put(10, Say("Call 112 now.", urgent=True))  # Telegram would refuse it as well
        await patients[2].until_sees("usual")
        await patients[3].until_sees("Call 112 now.")
        assert time.monotonic() - began >= 1.9
        for patient in patients:
            await patient.until(lambda screen: screen.said)
    assert len(server.calls("sendMessage")) == 6


async def test_what_is_urgent_overtakes_the_pace(server: BotApiServer, store: MemoryStore) -> None:
    *usual, alarmed = await met(server, *range(7, 20))
    async with delivering(server, store, calls_per_second=8) as desk:
        for patient in usual:
            desk.put(patient.chat_id, Say("usual"))
        desk.put(alarmed.chat_id, Say("Call 112 now.", urgent=True))
        for patient in usual:
            await patient.until_sees("usual")
    assert alarmed.said[0].message_id < max(patient.said[0].message_id for patient in usual)


async def test_a_chat_has_a_pace_of_its_own(server: BotApiServer, store: MemoryStore) -> None:
    patient, other = await met(server, 7, 8)
    async with delivering(server, store, chat_calls_per_second=5) as desk:
        began = time.monotonic()
        desk.put(7, *(Say(f"{number}") for number in range(8)))
        desk.put(8, Say("other"))
        await patient.until_sees("7")
        assert time.monotonic() - began >= 3 / 5  # five may come at once
    assert other.said[0].message_id < patient.said[-1].message_id
