"""Who may be written to."""

from __future__ import annotations

from telegram import Bot
from telegram.error import Forbidden

from tests.botapi import BotApiServer, Group, Patient
from tests.support.botapi_client import CHAT, keys, refused


async def test_a_stranger_cannot_be_written_to(server: BotApiServer, bot: Bot) -> None:
    Patient(server, CHAT)
    with refused("Chat not found"):
        await bot.send_message(CHAT, "x")
    assert server.violations[0].method == "sendMessage"


async def test_a_blocked_bot_is_told_so(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "x")
    await patient.block()
    with refused("Forbidden: bot was blocked by the user", Forbidden):
        await bot.send_message(CHAT, "x")
    with refused("Forbidden: bot was blocked by the user", Forbidden):
        await bot.edit_message_text("y", CHAT, sent.message_id)
    await patient.start()
    await bot.send_message(CHAT, "back")
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    assert server.violations == []


async def test_a_group_chat(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    group = Group(server, -5, "Family")
    await group.add_bot(patient)
    await group.say(patient, "/start@test_bot")
    await bot.send_message(-5, "x", reply_markup=keys(["a"]))
    await group.tap(patient, "a")
    updates = await bot.get_updates()
    assert updates[2].message
    assert updates[2].message.chat.title == "Family"
    assert updates[3].callback_query
    assert updates[3].callback_query.from_user.id == CHAT
    with refused("Message can't be deleted"):
        await bot.delete_message(-5, group.messages[0].message_id)
    await group.remove_bot(patient)
    with refused("Forbidden: bot was kicked from the group chat", Forbidden):
        await bot.send_message(-5, "x")


async def test_chat_actions(bot: Bot, patient: Patient) -> None:
    await bot.send_chat_action(CHAT, "typing")
    assert patient.chat.actions == ["typing"]
    with refused("Wrong parameter action in request"):
        await bot.send_chat_action(CHAT, "juggling")
