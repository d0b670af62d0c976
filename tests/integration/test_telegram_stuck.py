"""What fails for long: others do not wait for it, it is not lost, and who missed something is told so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.outputs import Conclude, Say, Settle
from tests.botapi import BotApiServer, Fault
from tests.support.delivering import delivering, failing_at, met
from tests.support.memory_store import MemoryStore
from tests.support.scripted import QUESTION
from tests.support.stores import Clock
from tests.support.telegram_bot import WORDS, until

# What was missed


async def test_after_an_interruption_the_chat_is_told_once(server: BotApiServer, store: MemoryStore) -> None:
    clock = Clock()
    store, (patient,) = MemoryStore(clock), await met(server, 7)
    with store.unit() as unit:
        unit.send(7, [Settle(1, "Old?", "Yes"), QUESTION, Say("One")])
        unit.send(7, [Say("Call 112 now.", urgent=True), replace(QUESTION, turn=2, text="And now?")])
    clock.now += 31
    async with delivering(server, store, clock=clock) as desk:
        await patient.until_sees("And now?")
        desk.put(7, Say("in time"))
        await patient.until_sees("in time")
        clock.now += 1
        desk.save(7, Say("late again"))
        clock.now += 31
        await patient.until_sees("late again")
    texts = [WORDS["missed"], "Call 112 now.", "One", "And now?\n\n1 of about 18", "in time", WORDS["missed"]]
    assert [seen.text for seen in patient.said] == [*texts, "late again"]


async def test_what_is_in_time_needs_no_apology(server: BotApiServer) -> None:
    clock = Clock()
    store, (patient,) = MemoryStore(clock), await met(server, 7)
    with store.unit() as unit:
        unit.send(7, [Say("One")])
    clock.now += 29
    async with delivering(server, store, clock=clock):
        await patient.until_sees("One")
    assert len(patient.said) == 1


# What Telegram fails at again and again


async def test_what_fails_for_long_holds_up_nothing_and_is_not_lost(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("poison", server, store, monkeypatch) as (desk, patient, failing):
        desk.put(7, Say("poison"), Say("two"))
        await patient.until_sees("two")
        await until(lambda: len(store.tables.outbox) == 1)
        failing.words = None
        desk.put(7, Say("three"))  # the chat is heard of
        await patient.until_sees("three")
        await until(lambda: not store.tables.outbox)
    assert [seen.text for seen in patient.said] == ["two", "poison", "three"]


async def test_what_is_stuck_is_tried_again_by_itself(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("poison", server, store, monkeypatch, rest_seconds=0.05) as (desk, patient, failing):
        desk.put(7, Say("poison", urgent=True), Say("usual"))
        await patient.until_sees("usual")
        await until(lambda: failing.failed > 4)
        failing.words = None
        await patient.until_sees("poison")


async def test_a_stuck_alarm_is_tried_before_the_next_words(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("poison", server, store, monkeypatch) as (desk, patient, failing):
        desk.put(7, Say("poison", urgent=True))
        await until(lambda: failing.failed == 2)  # in its own form, and bare
        failing.words = None
        desk.put(7, Say("usual"))
        await patient.until_sees("usual")
    assert [seen.text for seen in patient.said] == ["poison", "usual"]


async def test_giving_up_a_question_that_has_arrived_repeats_nothing_else(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("poison", server, store, monkeypatch) as (desk, patient, failing):
        desk.put(7, Conclude(2, "result", ("One", "poison"), (), {}))
        await until(lambda: failing.failed == 2)
        server.faults.add("sendMessage", Fault(after=True, seconds=20))  # it arrives, and the answer does not
        desk.put(7, replace(QUESTION, text="Arrived?"))
        await patient.until_sees("Arrived?")
        del store.tables.outbox[max(store.tables.outbox)]  # as a tap does
        desk.put(7, Say("Next"))
        await patient.until_sees("Next", timeout=10)
    assert [seen.text.split("\n")[0] for seen in patient.said] == ["One", "Arrived?", "Next"]


async def test_of_a_stuck_result_no_part_is_repeated(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("poison", server, store, monkeypatch) as (desk, patient, failing):
        desk.put(7, Conclude(2, "result", ("One", "poison", "Three"), (), {}))
        await until(lambda: failing.failed == 2)
        failing.words = None
        desk.put(7, Say("Four"))
        await patient.until_sees("Four")
    assert [seen.text for seen in patient.said] == ["One", "poison", "Three", "Four"]
