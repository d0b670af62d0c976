"""Updates by polling: until confirmed, in any order, of every kind."""

from __future__ import annotations

import asyncio
from random import Random

from telegram import Bot
from telegram.error import Conflict

from tests.botapi import BotApiServer, Patient, duplicating, shuffling
from tests.support.botapi_client import new_bot, refused


async def test_updates_come_again_until_a_higher_offset_confirms_them(bot: Bot, patient: Patient) -> None:
    await patient.say("one")
    first = await bot.get_updates()
    assert [update.update_id for update in await bot.get_updates()] == [update.update_id for update in first]
    rest = await bot.get_updates(offset=first[1].update_id)
    assert [update.message.text for update in rest if update.message] == ["one"]
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()
    assert await bot.get_updates() == ()


async def test_limit_and_negative_offset(bot: Bot, patient: Patient) -> None:
    for text in "abc":
        await patient.say(text)
    assert len(await bot.get_updates(limit=2)) == 2
    newest = await bot.get_updates(offset=-1)
    assert [update.message.text for update in newest if update.message] == ["c"]
    assert len(await bot.get_updates()) == 1


async def test_a_long_poll_ends_with_the_first_update(bot: Bot, patient: Patient) -> None:
    last = (await bot.get_updates())[-1].update_id
    poll = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=30))
    await asyncio.sleep(0.05)
    await patient.say("hi")
    async with asyncio.timeout(2):
        assert len(await poll) == 1


async def test_a_long_poll_ends_with_its_timeout(bot: Bot) -> None:
    async with asyncio.timeout(3):
        assert await bot.get_updates(timeout=1) == ()


async def test_a_second_poller_ends_the_first(server: BotApiServer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    async with new_bot(server) as other:
        second = asyncio.create_task(other.get_updates(timeout=1))
        with refused("Conflict: terminated by other getUpdates request", Conflict):
            await first
        assert await second == ()


async def test_only_the_kinds_asked_for_are_delivered(bot: Bot, patient: Patient) -> None:
    await bot.get_updates(offset=-1, allowed_updates=["message"])
    await patient.edit(await patient.say("x"), "y")
    assert [update.edited_message for update in await bot.get_updates()] == [None, None]
    await bot.get_updates(allowed_updates=[])
    await patient.edit(await patient.say("x"), "z")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited
    assert edited.text == "z"
    assert edited.edit_date


async def test_every_kind_of_message_a_person_sends(bot: Bot, patient: Patient) -> None:
    await patient.start("clinic-1")
    await patient.send_sticker()
    await patient.send_voice()
    await patient.send_location()
    await patient.send_photo("look")
    await patient.send(extra={"contact": {"phone_number": "1", "first_name": "A"}})
    start, sticker, voice, place, photo, contact = [update.message for update in (await bot.get_updates())[1:]]
    assert start
    assert start.text == "/start clinic-1"
    assert start.entities[0].type == "bot_command"
    assert sticker
    assert sticker.sticker
    assert voice
    assert voice.voice
    assert place
    assert place.location
    assert photo
    assert photo.photo
    assert photo.caption == "look"
    assert contact
    assert contact.contact
    assert start.from_user
    assert (start.from_user.first_name, start.from_user.language_code) == ("Ada", "en")


async def test_raw_updates_arrive_as_they_are(server: BotApiServer, bot: Bot) -> None:
    person = {"id": 9, "is_bot": False, "first_name": "Eve"}
    message = {"message_id": 4, "date": 5, "chat": {"id": 9, "type": "private", "first_name": "Eve"}, "text": "x"}
    server.push_update({"something_new": {"a": 1}})
    server.push_update({"message": message})
    query = {"id": "77", "from": person, "chat_instance": "1", "message": message, "data": "forged"}
    server.push_update({"callback_query": query, "update_id": 5000})
    new, nobody, forged = await bot.get_updates()
    assert new.api_kwargs == {"something_new": {"a": 1}}
    assert nobody.message
    assert nobody.message.from_user is None
    assert forged.update_id == 5000
    assert forged.callback_query
    await forged.callback_query.answer()
    await bot.send_message(9, "hello")
    server.push_update({"callback_query": {"id": "78", "from": person, "chat_instance": "1", "data": "no message"}})
    server.push_update({"message": {"chat": "odd"}, "callback_query": {"message": "odd"}})
    await bot.answer_callback_query("78")
    assert server.violations == []


async def test_duplicate_and_shuffled_delivery(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    for text in "abcdefgh":
        await patient.say(text)
    server.world.updates.arrange = duplicating(1.0, Random(1))
    assert len(await bot.get_updates()) == 18
    server.world.updates.arrange = shuffling(Random(1))
    ids = [update.update_id for update in await bot.get_updates()]
    assert ids != sorted(ids)
    assert len(set(ids)) == 9
