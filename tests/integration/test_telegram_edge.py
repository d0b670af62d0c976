"""The Telegram adapter over real HTTP, with a script in place of the engine: one behaviour a test."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from bot.adapters.telegram.reading import read
from bot.conversation import Conversation, Update
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Opened, SentOther, Ticked, Typed
from bot.dialogue.outputs import Ask, Conclude, Offered, Output, Reject, Say, Settle, Tick
from bot.dialogue.step import Step
from tests.botapi import BotApiServer, Fault, Group, Patient
from tests.integration.conftest import Told
from tests.support.memory_store import MemoryStore
from tests.support.sessions import PLAIN
from tests.support.telegram_bot import WORDS, Script, running, settled, until

CHOICES = (Offered("yes", "Yes"), Offered("no", "No"))
QUESTION = Ask(1, "pain", "yes_no", "Does it hurt?", CHOICES, progress=(1, 18))
SIGNS = Ask(1, "signs", "many_of", "Which of these?", (Offered("fever", "Fever"), Offered("none", "None")))
WHERE = Ask(1, "where", "one_of", "Where?", CHOICES, picture="body.png")


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """Every call of the bot must have been a proper one."""
    async with BotApiServer() as started:
        yield started
        assert started.violations == []


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(time.time)


@pytest.fixture
def patient(server: BotApiServer) -> Patient:
    return Patient(server, 7)


def answering(question: Ask) -> Script:
    """Asks this, and settles it at a tap."""
    return Script(MemoryStore(time.time), lambda update: _turn(question, update))


def _turn(question: Ask, update: Update) -> Sequence[Output]:
    match update.done:
        case Opened():
            return [question]
        case Chose((choice,), 1):
            return [Settle(1, question.text, choice.title()), Say("Thank you.")]
        case Ticked(choice, on, 1):
            return [Tick(Ask(1, "signs", "many_of", "Which of these?", SIGNS.choices, picked=(choice,) * on))]
        case Typed(text):
            return [Say(f"You said {text}.")]
        case done:
            return [Say(f"{done}")]


# What patients see


async def test_an_answered_question_shows_its_answer_and_loses_its_buttons(
    server: BotApiServer, patient: Patient
) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start()
        question = await patient.until_sees("Does it hurt?")
        assert question.text == "Does it hurt?\n\n1 of about 18"
        await patient.tap("Yes")
        await patient.until_sees("Thank you.")
        after = next(seen for seen in patient.said if seen.message_id == question.message_id)
        assert (after.text, after.labels) == ("Does it hurt?\n\n✓ Yes", [])
        await patient.until(lambda screen: not screen.waiting_taps)


async def test_a_question_with_a_picture(server: BotApiServer, patient: Patient) -> None:
    script = answering(WHERE)
    other = Patient(server, 8)
    async with running(server, script.handle, script.store):
        await patient.start()
        question = await patient.until_sees("Where?")
        assert question.photo
        assert question.labels[:2] == ["Yes", "No"]
        await patient.tap("No")
        await patient.until_sees("Where?\n\n✓ No")
        await other.start()
        await other.until_sees("Where?")
    first, second = server.calls("sendPhoto")
    assert first.params["photo"].endswith("bytes>")
    assert second.params["photo"] == question.photo  # uploaded once


async def test_a_picture_question_is_settled_by_the_next_process_too(server: BotApiServer, patient: Patient) -> None:
    script = answering(WHERE)
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Where?")
        await settled(server, script.store)
    async with running(server, script.handle, script.store):
        await patient.tap("No")
        await patient.until_sees("Where?\n\n✓ No")


async def test_a_picture_that_telegram_refuses_leaves_the_question(
    server: BotApiServer, patient: Patient, told: Told
) -> None:
    script = answering(WHERE)
    server.faults.add("sendPhoto", Fault(code=400))
    async with running(server, script.handle, script.store):
        await patient.start()
        question = await patient.until_sees("Where?")
        assert not question.photo
        await patient.tap("No")
        await patient.until_sees("Where?\n\n✓ No")
    assert "Its bare words are tried" in told()


async def test_ticks(server: BotApiServer, patient: Patient) -> None:
    script = answering(SIGNS)
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Which of these?")
        await patient.tap("☐ Fever")
        await patient.until(lambda screen: "☑ Fever" in screen.last.labels and "Done" in screen.last.labels)
        await patient.tap("☑ Fever")
        await patient.until(lambda screen: "☐ Fever" in screen.last.labels and "Done" not in screen.last.labels)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 819 + "x",  # 4,096
        "Paragraph.\n\n" * 900,
        "😀" * 5000,
        "<b>unclosed & **bold** </i>" * 300,
        "**" * 10,
    ],
)
async def test_long_and_odd_texts_arrive_whole(server: BotApiServer, patient: Patient, text: str) -> None:
    script = Script(MemoryStore(time.time), lambda update: [Say(text)])
    async with running(server, script.handle, script.store):
        await patient.say("hi")
        await patient.until(lambda screen: screen.said)
        await settled(server, script.store)
    arrived = "".join(seen.text for seen in patient.said)
    assert _bare(arrived) == _bare(text)


def _bare(text: str) -> str:
    return "".join(text.replace("*", "").split())


@pytest.mark.parametrize("text", ["a" * 4096, "😀" * 2048, "مرحبا", "½ <script>", "**"])
async def test_whatever_is_typed_can_be_quoted(server: BotApiServer, patient: Patient, text: str) -> None:
    script = Script(MemoryStore(time.time), lambda update: _quoted(update))
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Does it hurt?")
        await patient.say(text)
        await patient.until(lambda screen: "✓ " + text[:50] in screen.said[0].text)


def _quoted(update: Update) -> Sequence[Output]:
    return [Settle(1, QUESTION.text, update.done.text)] if isinstance(update.done, Typed) else [QUESTION]


async def test_what_is_not_words(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.send_sticker()
        await patient.send_voice()
        await patient.send_location()
        await patient.send_photo()
        await patient.send_photo("my knee")
        await patient.edit(await patient.say("knee"), "hip")
        await patient.send(extra={"contact": {"phone_number": "1", "first_name": "P"}})
        await settled(server, script.store)
    done = [update.done for update in script.taken]
    kinds = ["sticker", "voice", "location", "photo", "edited", "contact"]
    assert [one.kind for one in done if isinstance(one, SentOther)] == kinds
    assert [one.text for one in done if isinstance(one, Typed)] == ["my knee", "knee"]


async def test_forged_buttons(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start()
        await patient.until_sees("Does it hurt?")
        message, button = patient.message_with("Yes")
        for data in ("", "nonsense", "1c1." + "x" * 60, "9c1.yes", "1k1.rm -rf"):
            await patient.tap_on(message, type(button)("Forged", data or " "))
        await settled(server, script.store)
        await patient.until(lambda screen: not screen.waiting_taps)
    assert {update.done for update in script.taken[1:]} == {Chose((), 0)}


async def test_groups_are_told_once(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    group = Group(server, -5)
    async with running(server, script.handle, script.store):
        await group.add_bot(patient)
        await group.until_sees("private chats only")
        await group.say(patient, "/start")
        await group.say(patient, "my knee hurts")
        await settled(server, script.store)
    assert [seen.text for seen in group.said] == [WORDS["group_reply"]]
    assert all(update.done is None for update in script.taken)


async def test_the_menu(server: BotApiServer) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await until(lambda: server.calls("setMyDescription"))
    ((scope, commands),) = server.world.commands.items()
    assert "all_private_chats" in scope[0]
    assert {command["command"] for command in commands} >= {"start", "back", "delete", "emergency", "stop"}


# Delivering


async def test_telegram_asks_to_wait(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    other = Patient(server, 8)
    server.faults.add("sendMessage", Fault(code=429, retry_after=1))
    async with running(server, script.handle, script.store):
        began = time.monotonic()
        await patient.say("one")
        await until(lambda: server.calls("sendMessage"))
        await other.say("two")
        await other.until_sees("You said two.")
        assert time.monotonic() - began < 0.9  # others do not wait
        await patient.until_sees("You said one.")
        assert time.monotonic() - began >= 1


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
    script = Script(MemoryStore(time.time), lambda update: [alarm if update.done == Typed("numb") else QUESTION])
    question_fails = Fault(code=500)
    async with running(server, script.handle, script.store):
        server.faults.add("sendMessage", question_fails, times=4)
        await patient.start()
        await until(lambda: len(server.calls("sendMessage")) == 4)
        began = time.monotonic()  # the question is tried again in 0.8 seconds
        await patient.say("numb")
        await patient.until_sees("Call 112 now.")
        assert time.monotonic() - began < 0.6
        await patient.until_sees("Does it hurt?")


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


async def test_commands_and_payloads(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start("oslo__spring")
        await patient.say("/help@test_bot")
        await settled(server, script.store)
    assert [update.done for update in script.taken] == [Opened("oslo__spring"), Commanded("help")]
    assert script.taken[0].language == "en"
