"""Nothing reaches those who blocked the bot, or had all about them deleted, until they come back."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.dialogue.outputs import Say
from bot.ports import StorageError
from tests.botapi import BotApiServer, Fault, Patient
from tests.support.delivering import delivering, failing_at, met
from tests.support.memory_store import MemoryStore
from tests.support.scripted import QUESTION, answering
from tests.support.telegram_bot import Script, running, settled, until


async def test_a_blocked_bot(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    other = Patient(server, 8)
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Does it hurt?")
        server.world.chat(7, {}).blocked = True  # without the update that says so
        with script.store.unit() as unit:
            unit.send(7, [Say("One"), Say("Two")])
        await other.say("knee")
        await other.until_sees("You said knee.")
        await settled(server, script.store)
        server.world.chat(7, {}).blocked = False
        await patient.say("back again")
        await patient.until_sees("You said back again.")
    assert len([call for call in server.calls("sendMessage") if call.code == 403]) == 1
    assert not patient.sees("One")


async def test_a_person_who_is_gone_is_marked_as_left(server: BotApiServer, store: MemoryStore) -> None:
    script = Script(store, lambda update: [])
    store.tables.sessions[99] = "{}"
    with store.unit() as unit:
        unit.send(99, [Say("Nobody hears this."), Say("Nor this.")])
    async with running(server, script.handle, store):
        await until(lambda: 99 in store.tables.left)
    assert store.unsent() == []
    server.violations.clear()  # a chat that the server has never met


class SlowToLearnStore(MemoryStore):
    """It may take it a while to note that somebody left."""

    away = True
    asked = 0

    def mark_left(self, chat: int, *, left: bool, up_to: int | None = None) -> None:
        self.asked += 1
        if self.away:
            raise StorageError("The database is away.")
        super().mark_left(chat, left=left, up_to=up_to)


async def test_who_comes_back_before_the_leaving_is_noted_has_not_left(server: BotApiServer) -> None:
    store, (patient,) = SlowToLearnStore(time.time), await met(server, 7)
    store.tables.sessions[7] = "{}"
    async with delivering(server, store) as desk:
        server.world.chat(7, {}).blocked = True
        desk.put(7, Say("One"), Say("Two"))
        await until(lambda: store.asked)
        server.world.chat(7, {}).blocked = False
        desk.put(7, Say("Welcome back."))
        store.away = False
        await patient.until_sees("Welcome back.")
        await until(lambda: not store.tables.outbox)
    assert [seen.text for seen in patient.said] == ["Welcome back."]
    assert store.tables.left == set()


async def test_what_was_erased_is_not_shown_after_the_farewell(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with failing_at("You said", server, store, monkeypatch, rest_seconds=1.0) as (desk, patient, failing):
        desk.put(7, Say("You said it hurts."), Say("One"))
        await patient.until_sees("One")  # the first is stuck
        with store.unit() as unit:
            unit.erase(7, [])
        await asyncio.sleep(0.6)
        failing.words = None
        desk.put(7, Say("All is deleted."))
        await patient.until_sees("All is deleted.")
        await asyncio.sleep(1.5)
    assert [seen.text for seen in patient.said] == ["One", "All is deleted."]


async def test_what_another_worker_erased_is_not_tried_again(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    server.faults.add("sendMessage", Fault(code=502), times=5)
    async with delivering(server, store) as desk:
        desk.put(7, Say("You said it hurts."), Say("One"))
        await until(lambda: len(server.calls("sendMessage")) == 5)  # its next try comes in 1.6 seconds
        with store.unit() as unit:
            unit.erase(7, [Say("All is deleted.")])
        await patient.until_sees("All is deleted.")
        await asyncio.sleep(1.6)
    assert [seen.text for seen in patient.said] == ["All is deleted."]
    assert len(server.calls("sendMessage")) == 6
