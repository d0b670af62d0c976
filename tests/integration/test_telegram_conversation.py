"""The real conversation on Telegram: the real flow and engine, over real HTTP."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable

import pytest

from bot.adapters.telegram import callback_data
from bot.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose
from tests.botapi import BotApiServer, Patient, Seen
from tests.support.dialogue_flow import real_engine
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import running, settled

FOOTER = ("‹ Back", "Help", "Emergency")


@pytest.fixture
def engine() -> Engine:
    return real_engine()


@pytest.fixture
async def server(engine: Engine, store: MemoryStore) -> AsyncIterator[BotApiServer]:
    """A server with the bot at work. Every call of the bot must have been a proper one."""
    async with BotApiServer() as started:
        async with running(started, Conversation(engine, store, time.time).handle, store):
            yield started
        assert started.violations == []


@pytest.fixture
def patient(server: BotApiServer) -> Patient:
    return Patient(server, 7)


def asked(seen: Seen) -> bool:
    """Can it be answered?"""
    return all(label in seen.labels for label in FOOTER)


async def question(patient: Patient, after: Seen | None = None) -> Seen:
    """The question on the screen, once it is newer than the one given."""
    found: Seen | None = await patient.until(lambda screen: _newest(screen.last, after))
    assert found
    return found


def _newest(last: Seen, after: Seen | None) -> Seen | None:
    return last if asked(last) and (after is None or last.message_id > after.message_id) else None


def newer(before: Seen) -> Callable[[Patient], bool]:
    """Has the bot written something since?"""
    return lambda screen: screen.last.message_id > before.message_id


async def begun(patient: Patient) -> Seen:
    await patient.start()
    return await question(patient)


async def answered(patient: Patient, shown: Seen) -> Seen:
    """Taps `None of these`, else the first answer; the next question."""
    answers = [button for button in shown.buttons if isinstance(callback_data.read(button.data), Chose)]
    none = [button for button in answers if callback_data.read(button.data).ids == ("none",)]  # type: ignore[union-attr]
    await patient.tap_on(shown, (none or answers)[0])
    return await question(patient, shown)


async def test_a_conversation_from_hello_to_the_result(server: BotApiServer, patient: Patient) -> None:
    shown = await begun(patient)
    for _ in range(40):
        if "Start over" in shown.labels:
            break
        shown = await answered(patient, shown)
    assert "Start over" in shown.labels
    with_buttons = [seen for seen in patient.said if asked(seen)]
    assert with_buttons == [patient.last]
    assert sum("\n\n✓ " in seen.text for seen in patient.said) > 8


async def test_a_double_tap_counts_once(server: BotApiServer, patient: Patient, store: MemoryStore) -> None:
    shown = await begun(patient)
    first = shown.buttons[0]
    await patient.tap_on(shown, first)
    await patient.tap_on(shown, first)
    await question(patient, shown)
    await settled(server, store)
    session = store.session(7)
    assert session is not None
    assert len(session.answers) == 1
    assert sum(asked(seen) for seen in patient.said) == 1
    assert len(patient.said) == 3  # greeting, question answered, question


async def test_an_old_button_shows_the_present_question_again(
    server: BotApiServer, patient: Patient, store: MemoryStore
) -> None:
    first = await begun(patient)
    second = await answered(patient, first)
    third = await answered(patient, second)
    await patient.tap_on(first, first.buttons[0])
    again = await question(patient, third)
    assert (again.text, again.labels) == (third.text, third.labels)
    await settled(server, store)
    assert [seen for seen in patient.said if asked(seen)] == [again]


async def test_forged_buttons_show_the_present_question_again(server: BotApiServer, patient: Patient) -> None:
    shown = await begun(patient)
    for data in ("rubbish", "1c1.no_such_answer", "1d1", "1t1.me.me", "9" * 64):
        before = patient.last
        await patient.tap_on(shown, type(shown.buttons[0])("Forged", data))
        await patient.until(newer(before))
    await patient.until(lambda screen: not screen.waiting_taps)
    assert any(asked(seen) for seen in patient.said)


async def test_what_cannot_be_read_is_answered_and_the_question_stays(server: BotApiServer, patient: Patient) -> None:
    shown = await begun(patient)
    for act in (patient.send_sticker, patient.send_voice, patient.send_location, patient.send_photo):
        before = patient.last
        await act()
        await patient.until(newer(before))
    await answered(patient, shown)


async def test_ticking_and_done(server: BotApiServer, patient: Patient) -> None:
    shown = await begun(patient)
    while not (boxes := [label for label in shown.labels if label.startswith("☐")]):
        shown = await answered(patient, shown)
    await patient.tap_on(shown, boxes[-1])
    after = await question(patient, None)
    async with asyncio.timeout(5):
        while after.message_id == shown.message_id and "Done" not in after.labels:
            await patient.chat.changed.wait()
            after = patient.last
    assert "Done" in after.labels or after.message_id > shown.message_id  # an emergency does not wait for Done


async def test_back_help_and_emergency_are_always_at_hand(server: BotApiServer, patient: Patient) -> None:
    first = await begun(patient)
    second = await answered(patient, first)
    await patient.tap("Help")
    third = await question(patient, second)
    assert third.text == second.text
    await patient.tap("Emergency")
    fourth = await question(patient, third)
    assert patient.sees("Call ")
    await patient.tap("‹ Back")  # from the question which country
    fifth = await question(patient, fourth)
    assert fifth.text == second.text
    await patient.tap("‹ Back")
    sixth = await question(patient, fifth)
    assert sixth.text == first.text


async def test_deleting_everything_leaves_no_buttons(
    server: BotApiServer, patient: Patient, store: MemoryStore
) -> None:
    await answered(patient, await begun(patient))
    await patient.say("/delete")
    await patient.until(lambda screen: any("/delete" in seen.text for seen in screen.messages))
    await patient.until(lambda screen: any(_yes(seen) for seen in screen.said[-1:]))
    shown = patient.last
    await patient.tap_on(shown, lambda data: callback_data.read(data) == Chose(("yes",), _turn(shown)))
    await patient.until(lambda screen: "erased" in screen.last.text.lower())
    await settled(server, store)
    assert not any(asked(seen) for seen in patient.said)
    assert store.session(7) is None


def _yes(seen: Seen) -> bool:
    return any(read == Chose(("yes",), _turn(seen)) for read in map(callback_data.read, (b.data for b in seen.buttons)))


def _turn(seen: Seen) -> int | None:
    return next((read.turn for b in seen.buttons if isinstance(read := callback_data.read(b.data), Chose)), None)


@pytest.mark.parametrize("seed", range(2))
async def test_patients_who_tap_anything(server: BotApiServer, store: MemoryStore, seed: int) -> None:
    """Ten at once, forty taps each, old buttons among them."""
    await asyncio.gather(*(_tap_about(Patient(server, 100 + number), seed) for number in range(10)))
    await settled(server, store)
    assert not server.unanswered


async def _tap_about(patient: Patient, seed: int) -> None:
    rng = random.Random(f"{seed} {patient.chat_id}")
    await patient.start()
    await question(patient)
    for _ in range(40):
        shown = rng.choice([seen for seen in patient.said if seen.buttons] or [await question(patient)])
        button = rng.choice([button for button in shown.buttons if button.data])
        await patient.tap_on(shown, button)
        await patient.until(lambda screen: not screen.waiting_taps)
