"""How the outbox reaches people, over real HTTP: in order, in spite of everything, what is urgent first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram.error import NetworkError

from bot.adapters.telegram.reading import read
from bot.adapters.telegram.transport import Api
from bot.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Typed
from bot.dialogue.outputs import Ask, Conclude, Offered, Reject, Say, Settle
from bot.dialogue.step import Step
from bot.ports import Beat, StorageError, Unsent
from bot.watch import Watch
from tests.botapi import BotApiServer, Fault, Patient
from tests.integration.conftest import Told
from tests.support.delivering import delivering, met
from tests.support.memory_store import MemoryStore
from tests.support.scripted import CHOICES, QUESTION, WHERE, answering
from tests.support.sessions import PLAIN
from tests.support.stores import Clock
from tests.support.telegram_bot import WORDS, Script, running, settled, until


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(time.time)


async def test_telegram_asks_to_wait(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    other = Patient(server, 8)
    server.faults.add("sendMessage", Fault(code=429, retry_after=2))
    async with running(server, script.handle, script.store):
        began = time.monotonic()
        await patient.say("one")
        await until(lambda: server.calls("sendMessage"))
        await other.say("two")
        await other.until_sees("You said two.")
        assert not patient.sees("You said one.")  # others do not wait
        await patient.until_sees("You said one.")
        assert time.monotonic() - began >= 2


@pytest.mark.parametrize("fault", [Fault(code=502), Fault(code=500), Fault(reset=True)])
async def test_sending_is_tried_again(server: BotApiServer, patient: Patient, fault: Fault) -> None:
    script = answering(QUESTION)
    server.faults.add("sendMessage", fault, times=3)
    async with running(server, script.handle, script.store):
        await patient.say("one")
        await patient.say("two")
        await patient.until_sees("You said two.")
    assert [seen.text for seen in patient.said] == ["You said one.", "You said two."]


async def test_an_edit_that_was_done_although_its_answer_was_lost(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Does it hurt?")
        server.faults.add("editMessageText", Fault(reset=True, after=True))
        await patient.tap("Yes")
        await patient.until_sees("Thank you.")
    server.violations.clear()  # the repeated edit, which nobody can avoid


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


async def test_the_patient_deleted_the_question(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start()
        question = await patient.until_sees("Does it hurt?")
        yes = question.find("Yes")
        assert yes
        del patient.chat.messages[question.message_id]
        await patient.tap_on(question, yes)
        await patient.until_sees("Thank you.")
    server.violations.clear()  # the edit of a message that is gone


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


async def test_a_call_that_always_fails_is_given_up(
    server: BotApiServer, patient: Patient, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.sending.GIVE_UP_SECONDS", 0.2)
    script = answering(WHERE)
    server.faults.add("sendPhoto", Fault(code=500), times=9)
    async with running(server, script.handle, script.store):
        await patient.start()
        assert not (await patient.until_sees("Where?")).photo
    assert "Its bare words are tried" in told()


async def test_a_question_whose_sending_was_not_noted_loses_its_buttons(server: BotApiServer, patient: Patient) -> None:
    store = MemoryStore(time.time)
    engine = SimpleNamespace(
        meet=lambda *_, **__: Step(replace(PLAIN, turn=1), (QUESTION,)),
        advance=lambda session, *_: Step(replace(session, turn=2), (Settle(1, "Does it hurt?", "Yes"), Say("Thanks."))),
    )
    conversation = Conversation(cast(Engine, engine), store, time.time)
    async with running(server, conversation.handle, store):
        await patient.start()
        await patient.until_sees("Does it hurt?")
        await settled(server, store)
    store.tables.shown.clear()
    with store.unit() as unit:
        unit.send(7, [QUESTION])  # as if the bot had been killed before it noted the sending
    await patient.tap("Yes")
    conversation.handle([read(update).update for update in server.world.updates.pending])
    async with running(server, conversation.handle, store):
        await patient.until_sees("Thanks.")
    assert [(seen.text, seen.labels) for seen in patient.said] == [("Does it hurt?\n\n✓ Yes", []), ("Thanks.", [])]


async def test_what_is_settled_before_it_was_sent_is_not_sent(server: BotApiServer, patient: Patient) -> None:
    late = Ask(2, "next", "yes_no", "And now?", CHOICES)
    script = Script(MemoryStore(time.time), lambda update: [QUESTION, Settle(1, "Does it hurt?", "Yes"), late])
    async with running(server, script.handle, script.store):
        await patient.say("yes")
        await patient.until_sees("And now?")
    assert [seen.text for seen in patient.said] == ["And now?"]


async def test_an_output_that_cannot_be_shown_does_not_stop_the_bot(
    server: BotApiServer, patient: Patient, told: Told
) -> None:
    broken = Ask(1, "node", "one_of", "Secret?", (Offered("an id that does not fit", "Yes"),))
    script = Script(MemoryStore(time.time), lambda update: [broken, Reject("Please type.")])
    async with running(server, script.handle, script.store):
        await patient.say("hi")
        await patient.until_sees("Please type.")
    assert "reason='ValueError at " in told()
    assert "Secret" not in told()


async def test_an_outbox_that_breaks_repeats_nothing(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    store, failures = script.store, [OSError("away")] * 4
    sent = store.sent

    def failing(delivered: object) -> None:
        if failures:
            raise failures.pop()
        sent(delivered)  # type: ignore[arg-type]

    store.sent = failing  # type: ignore[method-assign]
    async with running(server, script.handle, store):
        await patient.say("one")
        await patient.say("two")
        await patient.until_sees("You said two.")
        await settled(server, script.store)
    assert [seen.text for seen in patient.said] == ["You said one.", "You said two."]


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


async def test_what_waited_at_the_start_is_sent_and_a_stop_leaves_nothing_half_done(
    server: BotApiServer, patient: Patient
) -> None:
    script = answering(QUESTION)
    await patient.say("hello")
    server.world.updates.drop()
    with script.store.unit() as unit:
        unit.send(7, [Say(f"{number}") for number in range(50)])
    server.faults.rate("sendMessage", 1, Fault(seconds=0.02))
    async with running(server, script.handle, script.store):
        await patient.until_sees("3")
    missing = [unsent.output for unsent in script.store.unsent(100, ())]
    assert [Say(seen.text) for seen in patient.said] + missing == [Say(f"{number}") for number in range(50)]


# Handed over, or found in the outbox


class CountingStore(MemoryStore):
    """Counts how often its outbox is read."""

    readings = 0

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        self.readings += 1
        return super().unsent(limit, but)


async def test_what_was_just_saved_is_sent_without_reading_it_again(
    server: BotApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_SECONDS", 60.0)
    store, (patient,) = CountingStore(time.time), await met(server, 7)
    async with delivering(server, store) as desk:
        await until(lambda: store.readings)
        for number in range(5):
            desk.put(7, Say(f"{number}"))
        await patient.until_sees("4")
        await until(lambda: not store.tables.outbox)
    assert [seen.text for seen in patient.said] == ["0", "1", "2", "3", "4"]
    assert store.readings == 1


async def test_what_is_handed_over_before_the_first_reading_comes_after_what_waited(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    with store.unit() as unit:
        unit.send(7, [Say("waited")])
    async with delivering(server, store) as desk:
        desk.put(7, Say("new"))
        await patient.until_sees("new")
    assert [seen.text for seen in patient.said] == ["waited", "new"]


async def test_what_was_taken_over_is_found(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        desk.save(7, Say("of a dead worker"))
        await patient.until_sees("of a dead worker")


async def test_a_long_outbox_is_taken_in_pieces_what_is_urgent_first(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.HELD_AT_MOST", 10)
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_AT_ONCE", 10)
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_ON_SECONDS", 0.02)
    patient, other = await met(server, 7, 8)
    server.faults.rate("sendMessage", 1, Fault(seconds=0.02))
    with store.unit() as unit:
        unit.send(7, [Say(f"{number}") for number in range(40)])
    async with delivering(server, store) as desk:
        await patient.until_sees("0")
        desk.save(8, Say("Call 112 now.", urgent=True))
        desk.put(7, Say("40"))  # not before what is still in the outbox
        await patient.until_sees("40")
    assert [seen.text for seen in patient.said] == [f"{number}" for number in range(41)]
    assert other.said[0].message_id < patient.said[-1].message_id


# Pace


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


# A lease that is lost


async def test_nothing_is_sent_without_the_lease(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    held = [False]
    async with delivering(server, store, may_send=lambda: held[0]) as desk:
        desk.put(7, Say("one"))
        await asyncio.sleep(0.5)
        assert not server.calls("sendMessage")
        held[0] = True
        await patient.until_sees("one")


async def test_what_was_taken_over_meanwhile_is_left_to_the_other_worker(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    held = [True]
    server.faults.add("sendMessage", Fault(code=502), times=6)
    async with delivering(server, store, may_send=lambda: held[0]) as desk:
        desk.put(7, Say("one"))
        await until(lambda: len(server.calls("sendMessage")) == 4)  # its next try comes in 0.8 seconds
        held[0] = False
        store.tables.outbox.clear()  # as if another worker had sent it
        desk.delivery.renewed(Beat(2))
        held[0] = True
        server.faults.clear()
        desk.put(7, Say("two"))
        await patient.until_sees("two")
        await asyncio.sleep(1)
    assert [seen.text for seen in patient.said] == ["two"]


async def test_what_was_taken_over_in_a_gap_that_nobody_noticed_is_not_sent(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        server.faults.add("sendMessage", Fault(code=502), times=4)
        desk.put(7, Say("one"))
        await until(lambda: len(server.calls("sendMessage")) == 4)  # its next try comes in 0.8 seconds
        store.tables.outbox.clear()  # as if another worker had sent it
        desk.delivery.renewed(Beat(2, unbroken=False))
        desk.put(7, Say("two"))
        await patient.until_sees("two")
        await asyncio.sleep(1)
    assert [seen.text for seen in patient.said] == ["two"]


class GapStore(MemoryStore):
    """Something happens while its outbox is read."""

    happens: Callable[[], None] | None = None

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        found = super().unsent(limit, but)
        if found and self.happens:
            self.happens()
            self.happens = None
        return found


async def test_what_was_taken_over_while_it_was_read_is_not_sent(server: BotApiServer) -> None:
    store, (patient,) = GapStore(time.time), await met(server, 7)
    async with delivering(server, store) as desk:

        def gap() -> None:
            store.tables.outbox.clear()
            desk.delivery.renewed(Beat(2, unbroken=False))

        store.happens = gap
        desk.save(7, Say("one"))
        await until(lambda: not store.happens)
        desk.put(7, Say("two"))
        await patient.until_sees("two")
    assert [seen.text for seen in patient.said] == ["two"]


async def test_what_is_dropped_before_its_lane_has_begun_is_sent_all_the_same(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        desk.put(7, Say("one"))
        await until(lambda: patient.sees("one") and not store.tables.outbox)
        desk.put(7, Say("two"))
        desk.delivery.renewed(Beat(1, unbroken=False))
        desk.put(7, Say("three"))
        await patient.until_sees("three")
    assert [seen.text for seen in patient.said] == ["one", "two", "three"]


# What was erased


async def test_what_was_erased_is_not_shown_after_the_farewell(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.REST_SECONDS", 1.0)
    failing, (patient,) = Failing(monkeypatch, "You said"), await met(server, 7)
    async with delivering(server, store) as desk:
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


class Failing:
    """Telegram fails at every message with these words."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
        self.words: str | None = words
        self.failed = 0
        monkeypatch.setattr("bot.adapters.telegram.sending.GIVE_UP_SECONDS", 0.0)
        call = Api.message

        async def sometimes(api: Api, method: str, **params: Any) -> int | None:
            if self.words and self.words in params.get("text", ""):
                self.failed += 1
                raise NetworkError("Internal Server Error")
            return await call(api, method, **params)

        monkeypatch.setattr(Api, "message", sometimes)


async def test_what_fails_for_long_holds_up_nothing_and_is_not_lost(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, (patient,) = Failing(monkeypatch, "poison"), await met(server, 7)
    async with delivering(server, store) as desk:
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
    monkeypatch.setattr("bot.adapters.telegram.delivery.REST_SECONDS", 0.05)
    failing, (patient,) = Failing(monkeypatch, "poison"), await met(server, 7)
    async with delivering(server, store) as desk:
        desk.put(7, Say("poison", urgent=True), Say("usual"))
        await patient.until_sees("usual")
        await until(lambda: failing.failed > 4)
        failing.words = None
        await patient.until_sees("poison")


async def test_a_stuck_alarm_is_tried_before_the_next_words(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, (patient,) = Failing(monkeypatch, "poison"), await met(server, 7)
    async with delivering(server, store) as desk:
        desk.put(7, Say("poison", urgent=True))
        await until(lambda: failing.failed == 2)  # in its own form, and bare
        failing.words = None
        desk.put(7, Say("usual"))
        await patient.until_sees("usual")
    assert [seen.text for seen in patient.said] == ["poison", "usual"]


async def test_of_a_stuck_result_no_part_is_repeated(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, (patient,) = Failing(monkeypatch, "poison"), await met(server, 7)
    async with delivering(server, store) as desk:
        desk.put(7, Conclude(2, "result", ("One", "poison", "Three"), (), {}))
        await until(lambda: failing.failed == 2)
        failing.words = None
        desk.put(7, Say("Four"))
        await patient.until_sees("Four")
    assert [seen.text for seen in patient.said] == ["One", "poison", "Three", "Four"]


# What is told about it


class Noting(Watch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def sent(self, method: str, seconds: float) -> None:
        assert seconds >= 0
        self.noted.append(method)

    def retried(self, why: str) -> None:
        self.noted.append(why)

    def retired(self, why: str) -> None:
        self.noted.append(why)


async def test_the_watch_hears_of_everything(server: BotApiServer, store: MemoryStore) -> None:
    watch, (patient, _) = Noting(), await met(server, 7, 8)
    for fault in (Fault(code=502), Fault(reset=True), Fault(code=429, retry_after=1)):
        server.faults.add("sendMessage", fault)
    async with delivering(server, store, watch=watch) as desk:
        desk.put(7, QUESTION, replace(QUESTION, turn=2))
        await patient.until(lambda screen: screen.said)
        desk.put(7, Settle(2, "Does it hurt?", "Yes"))
        await patient.until_sees("✓ Yes")
        server.world.chat(8, {}).blocked = True
        desk.put(8, Say("One"), Say("Two"))
        await until(lambda: watch.noted.count("left") == 2)
        server.faults.add("sendMessage", Fault(code=400), times=2)
        desk.put(7, Say("odd"))
        await until(lambda: "refused" in watch.noted)
    assert watch.noted[0] == "superseded"
    assert watch.noted[1:5] == ["server_error", "no_answer", "throttled", "sendMessage"]
    assert watch.noted[5:] == ["editMessageText", "left", "left", "refused"]
