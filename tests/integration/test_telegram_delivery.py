"""How the outbox reaches people, over real HTTP: in order, in spite of everything."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from bot.adapters.telegram.reading import read
from bot.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.outputs import Ask, Offered, Reject, Say, Settle
from bot.dialogue.step import Step
from bot.watch import Watch
from tests.botapi import BotApiServer, Fault, Patient
from tests.integration.conftest import Told
from tests.support.delivering import delivering, met
from tests.support.memory_store import MemoryStore
from tests.support.scripted import CHOICES, QUESTION, WHERE, answering
from tests.support.sessions import PLAIN
from tests.support.telegram_bot import Script, running, settled, until


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
