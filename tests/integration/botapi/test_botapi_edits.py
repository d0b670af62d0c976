"""Edits and deletions."""

from __future__ import annotations

from telegram import Bot, Message

from tests.botapi import Patient
from tests.support.botapi_client import CHAT, keys, refused
from tests.support.stores import Clock


async def test_an_edit_is_seen_and_drops_buttons_not_given_again(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "one", reply_markup=keys(["a"]))
    edited = await bot.edit_message_text("two", CHAT, sent.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert (patient.last.text, patient.last.edits, patient.last.rows) == ("two", ("one",), ())


async def test_an_edit_must_change_something(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "<b>x</b>", parse_mode="HTML", reply_markup=keys(["a"]))
    with refused("Message is not modified: specified new message content and reply markup are exactly the same"):
        await bot.edit_message_text("<b>x</b> ", CHAT, sent.message_id, parse_mode="HTML", reply_markup=keys(["a"]))
    with refused("Message is not modified"):
        await bot.edit_message_reply_markup(CHAT, sent.message_id, reply_markup=keys(["a"]))
    await bot.edit_message_reply_markup(CHAT, sent.message_id)
    assert patient.last.rows == ()


async def test_only_a_known_message_can_be_edited(bot: Bot, patient: Patient) -> None:
    with refused("Message to edit not found"):
        await bot.edit_message_text("x", CHAT, 999)


async def test_only_the_bots_own_message_can_be_edited(bot: Bot, patient: Patient) -> None:
    with refused("Message can't be edited"):
        await bot.edit_message_text("x", CHAT, patient.messages[0].message_id)


async def test_a_message_is_deleted_once(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "x")
    await bot.delete_message(CHAT, sent.message_id)
    assert patient.said == []
    with refused("Message to delete not found"):
        await bot.delete_message(CHAT, sent.message_id)


async def test_a_message_cannot_be_deleted_after_48_hours(bot: Bot, patient: Patient, clock: Clock) -> None:
    sent = await bot.send_message(CHAT, "x")
    clock.now += 48 * 3600 + 1
    with refused("Message can't be deleted"):
        await bot.delete_message(CHAT, sent.message_id)
