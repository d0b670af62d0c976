"""What patients see and do on Telegram, over real HTTP, with a script in place of the engine."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from bot.dialogue.inputs import Chose, Commanded, Opened, SentOther, Typed
from bot.dialogue.outputs import Output, Say, Settle
from bot.ports import Update
from tests.botapi import BotApiServer, Fault, Group, Patient
from tests.integration.conftest import Told
from tests.support.memory_store import MemoryStore
from tests.support.scripted import QUESTION, SIGNS, WHERE, answering
from tests.support.telegram_bot import WORDS, Script, running, settled, until


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


async def test_commands_and_payloads(server: BotApiServer, patient: Patient) -> None:
    script = answering(QUESTION)
    async with running(server, script.handle, script.store):
        await patient.start("oslo__spring")
        await patient.say("/help@test_bot")
        await settled(server, script.store)
    assert [update.done for update in script.taken] == [Opened("oslo__spring"), Commanded("help")]
    assert script.taken[0].language == "en"
