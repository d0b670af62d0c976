"""The test server itself, driven by the real `telegram.Bot` over HTTP: every rule it promises to keep."""

import asyncio
import re
import struct
import sys
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer, Fault, Group, Patient, duplicating, shuffling

CHAT = 7


class Clock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.75

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[BotApiServer]:
    async with BotApiServer(clock=clock) as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with new_bot(server) as running:
        yield running


@pytest.fixture
async def patient(server: BotApiServer, bot: Bot) -> Patient:
    person = Patient(server, CHAT, "Ada")
    await person.start()
    return person


def new_bot(server: BotApiServer) -> Bot:
    """Without loading the certificates of the world, which takes longer than a test."""
    polls, calls = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(server.token, base_url=server.base_url, request=calls, get_updates_request=polls)


def png(width: int = 90, height: int = 90) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x00\x00\x00\x00rest"


def keys(*rows: list[str]) -> InlineKeyboardMarkup:
    buttons = [[InlineKeyboardButton(label, callback_data=f"a:{label}") for label in row] for row in rows]
    return InlineKeyboardMarkup(buttons)


def raw_keys(**button: str) -> dict[str, Any]:
    """For buttons that python-telegram-bot itself would not build."""
    return {"api_kwargs": {"reply_markup": {"inline_keyboard": [[button]]}}}


def refused(text: str, kind: type[TelegramError] = BadRequest) -> Any:
    """The library changes upper and lower case in what the server said, so that is not compared."""
    return pytest.raises(kind, match=f"(?i)^{re.escape(text)}")


# Texts


async def test_a_message_is_sent_and_seen(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "Hello & welcome", reply_markup=keys(["Yes", "No"], ["Stop"]))
    assert (sent.chat_id, sent.text, sent.date.timestamp()) == (CHAT, "Hello & welcome", 1_700_000_000)
    assert sent.from_user
    assert sent.from_user.is_bot
    assert patient.last.text == "Hello & welcome"
    assert patient.buttons() == ["Yes", "No", "Stop"]
    assert [seen.text for seen in patient.messages] == ["/start", "Hello & welcome"]
    assert server.violations == []


async def test_an_empty_text_is_refused(bot: Bot, patient: Patient) -> None:
    with refused("Message text is empty"):
        await bot.send_message(CHAT, "")


@pytest.mark.parametrize("text", [" \n ", "<b> </b>"])
async def test_a_blank_text_is_refused(bot: Bot, patient: Patient, text: str) -> None:
    with refused("Text must be non-empty"):
        await bot.send_message(CHAT, text, parse_mode="HTML")


async def test_4096_units_fit_after_entities_are_read(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    with refused("Message is too long"):
        await bot.send_message(CHAT, "x" * 4097)


async def test_an_emoji_counts_two_units(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "\U0001f600" * 2048)
    with refused("Message is too long"):
        await bot.send_message(CHAT, "\U0001f600" * 2048 + "x")


async def test_too_long_an_edit_is_refused(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "short")
    with refused("MESSAGE_TOO_LONG"):
        await bot.edit_message_text("x" * 4097, CHAT, sent.message_id)


async def test_html_becomes_entities(bot: Bot, patient: Patient) -> None:
    html = ' \U0001f600 <b>a <i>b</i></b> &lt;c&gt; <a href="https://example.org/?a=1&amp;b=2">d</a> '
    sent = await bot.send_message(CHAT, html, parse_mode="HTML")
    assert sent.text == "\U0001f600 a b <c> d"
    found = [(entity.type, sent.parse_entity(entity)) for entity in sent.entities]
    assert found == [("bold", "a b"), ("italic", "b"), ("text_link", "d")]
    assert sent.entities[-1].url == "https://example.org/?a=1&b=2"


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("one<br/>two", 'Unsupported start tag "br/" at byte offset 3'),
        ("pain < 5", 'Unsupported start tag "" at byte offset 5'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x<b", "Unclosed start tag at byte offset 1"),
        ('<b>x</b><a href="x', 'Unclosed start tag "a" at byte offset 8'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_html_is_refused(server: BotApiServer, bot: Bot, patient: Patient, html: str, problem: str) -> None:
    with refused("Can't parse entities"):
        await bot.send_message(CHAT, html, parse_mode="HTML")
    told = f"Bad Request: can't parse entities: {problem}"
    assert [violation.description for violation in server.violations] == [told]


async def test_an_unknown_parse_mode_is_refused(bot: Bot, patient: Patient) -> None:
    with refused("Unsupported parse_mode"):
        await bot.send_message(CHAT, "x", parse_mode="RTF")


async def test_a_reply_needs_its_message(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(patient.messages[0].message_id))
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "/start"
    await bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True))
    with refused("Message to be replied not found"):
        await bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(999))


# Buttons


async def test_callback_data_has_at_most_64_bytes(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "x", **raw_keys(text="a", callback_data="é" * 32))
    with refused("BUTTON_DATA_INVALID"):
        await bot.send_message(CHAT, "x", **raw_keys(text="a", callback_data="é" * 32 + "x"))


async def test_a_button_must_do_something(bot: Bot, patient: Patient) -> None:
    with refused("Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"):
        await bot.send_message(CHAT, "x", **raw_keys(text="a", callback_data=""))


@pytest.mark.parametrize("label", ["", "  "])
async def test_a_button_label_is_not_empty(bot: Bot, patient: Patient, label: str) -> None:
    with refused("Inline keyboard button text must be non-empty"):
        await bot.send_message(CHAT, "x", **raw_keys(text=label, callback_data="a"))


async def test_at_most_100_buttons(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(*[["a", "b", "c", "d"]] * 25))
    with refused("Reply markup is too long"):
        await bot.send_message(CHAT, "x", reply_markup=keys(*[["a", "b", "c", "d"]] * 25, ["e"]))


async def test_at_most_8_buttons_a_row(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(list("12345678")))
    with refused("Reply markup is too long"):
        await bot.send_message(CHAT, "x", reply_markup=keys(list("123456789")))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("tel:112", "Wrong HTTP URL"),
        ("tel:+4711", "Wrong port number specified in the URL"),
        ("mailto:a@b.c", "Wrong port number specified in the URL"),
        ("ftp://example.org", "Unsupported URL protocol"),
        ("http://localhost/", "Wrong HTTP URL"),
        ("https://", "URL host is empty"),
    ],
)
async def test_url_buttons_open_http_and_tg_only(
    server: BotApiServer, bot: Bot, patient: Patient, url: str, problem: str
) -> None:
    for good in ("https://example.org/x?y=1", "http://example.org", "tg://resolve?domain=test_bot"):
        await bot.send_message(CHAT, "x", **raw_keys(text="a", url=good))
    with refused("Inline keyboard button URL"):
        await bot.send_message(CHAT, "x", **raw_keys(text="a", url=url))
    told = f"Bad Request: inline keyboard button URL '{url}' is invalid: {problem}"
    assert [violation.description for violation in server.violations] == [told]


async def test_markup_must_be_json(bot: Bot, patient: Patient) -> None:
    with refused("Can't parse reply keyboard markup JSON object"):
        await bot.send_message(CHAT, "x", api_kwargs={"reply_markup": "{"})


async def test_a_reply_keyboard_is_shown_and_cannot_be_edited(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "x", reply_markup=ReplyKeyboardMarkup([["Yes", "No"]]))
    assert patient.buttons() == ["Yes", "No"]
    with refused("Message can't be edited"):
        await bot.edit_message_text("y", CHAT, sent.message_id)


# Edits and deletions


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


# Photos


async def test_a_photo_is_uploaded_once_and_sent_again_by_file_id(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_photo(CHAT, png(400, 300), caption="<i>How</i>", parse_mode="HTML", reply_markup=keys(["ok"]))
    assert (sent.photo[-1].width, sent.caption, sent.caption_entities[0].type) == (400, "How", "italic")
    again = await bot.send_photo(CHAT, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    assert [bool(seen.photo) for seen in patient.said] == [True, True]


async def test_a_caption_has_at_most_1024_units(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_photo(CHAT, png(), caption="x" * 1024)
    with refused("Message caption is too long"):
        await bot.send_photo(CHAT, png(), caption="x" * 1025)
    with refused("MEDIA_CAPTION_TOO_LONG"):
        await bot.edit_message_caption(CHAT, sent.message_id, caption="x" * 1025)


@pytest.mark.parametrize(
    ("photo", "problem"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (b"", "File must be non-empty"),
        (png(9000, 2000), "PHOTO_INVALID_DIMENSIONS"),
        ("AgACunknown", "Wrong remote file identifier specified"),
    ],
)
async def test_only_a_picture_can_be_a_photo(bot: Bot, patient: Patient, photo: bytes | str, problem: str) -> None:
    with refused(problem):
        await bot.send_photo(CHAT, photo)


async def test_text_and_caption_are_edited_by_different_methods(bot: Bot, patient: Patient) -> None:
    text, photo = await bot.send_message(CHAT, "x"), await bot.send_photo(CHAT, png())
    with refused("There is no text in the message to edit"):
        await bot.edit_message_text("y", CHAT, photo.message_id)
    with refused("There is no caption in the message to edit"):
        await bot.edit_message_caption(CHAT, text.message_id, caption="y")
    await bot.edit_message_caption(CHAT, photo.message_id, caption="y")
    assert patient.last.text == "y"


# Taps


async def test_a_tap_is_answered(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(["a", "b"]))
    await patient.tap("a")
    await patient.tap(lambda data: data.endswith("b"))
    first, second = [update.callback_query for update in (await bot.get_updates())[1:]]
    assert first
    assert second
    assert (first.data, second.data) == ("a:a", "a:b")
    assert isinstance(first.message, Message)
    assert first.message.text == "x"
    await first.answer("x" * 200)
    assert patient.toasts == ["x" * 200]
    assert (patient.waiting_taps, len(server.unanswered)) == (1, 1)


async def test_a_toast_has_at_most_200_units(bot: Bot, patient: Patient) -> None:
    with refused("MESSAGE_TOO_LONG"):
        await bot.answer_callback_query("1", "x" * 201)


async def test_an_unknown_tap_is_refused(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    with refused("Query is too old and response timeout expired or query ID is invalid"):
        await bot.answer_callback_query("1")
    assert len(server.violations) == 1


async def test_an_old_tap_is_refused_but_not_the_bots_fault(
    server: BotApiServer, bot: Bot, patient: Patient, clock: Clock
) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(["a"]))
    tap = await patient.tap("a")
    clock.now += 16
    with refused("Query is too old"):
        await bot.answer_callback_query(tap.query_id)
    assert server.violations == []


async def test_a_tap_on_a_screen_that_has_changed_or_gone(bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "x", reply_markup=keys(["a"]))
    old = patient.last
    await bot.edit_message_text("y", CHAT, sent.message_id)
    await patient.tap_on(old, "a")
    await bot.delete_message(CHAT, sent.message_id)
    await patient.tap_on(old, "a")
    changed, gone = [update.callback_query for update in (await bot.get_updates())[1:]]
    assert changed
    assert isinstance(changed.message, Message)
    assert changed.message.text == "y"
    assert gone
    assert gone.message
    assert not gone.message.is_accessible


async def test_a_double_tap_and_buttons_that_cannot_be_tapped(bot: Bot, patient: Patient) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(["a"]))
    await patient.double_tap("a")
    assert len(await bot.get_updates()) == 3
    await bot.send_message(CHAT, "x", **raw_keys(text="site", url="https://example.org"))
    with pytest.raises(AssertionError, match="opens"):
        await patient.tap("site")
    with pytest.raises(AssertionError, match="no button"):
        await patient.tap("missing")


# Who may be written to


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


# Updates


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


# The bot itself


async def test_get_me(bot: Bot) -> None:
    assert (bot.id, bot.username, bot.bot.is_bot) == (1, "test_bot", True)


async def test_commands_are_remembered(server: BotApiServer, bot: Bot) -> None:
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([BotCommand("start", "Börja")], language_code="sv")
    remembered = [commands[0]["description"] for commands in server.world.commands.values()]
    assert remembered == ["Begin", "Börja"]


@pytest.mark.parametrize(
    ("name", "description", "problem"),
    [
        ("Start", "x", "BOT_COMMAND_INVALID"),
        ("see-doctor", "x", "BOT_COMMAND_INVALID"),
        ("a" * 33, "x", "Command length must not exceed 32"),
        ("", "x", "Command must be non-empty"),
        ("start", "", "Command description must be non-empty"),
        ("start", "x" * 257, "Command description length must not exceed 256"),
    ],
)
async def test_bad_commands_are_refused(bot: Bot, name: str, description: str, problem: str) -> None:
    with refused(problem):
        await bot.set_my_commands([(name, description)])


async def test_too_many_commands_are_refused(bot: Bot) -> None:
    with refused("BOT_COMMANDS_TOO_MUCH"):
        await bot.set_my_commands([(f"c{number}", "x") for number in range(101)])


async def test_a_language_is_two_letters(bot: Bot) -> None:
    with refused("Invalid language code specified"):
        await bot.set_my_commands([("start", "x")], language_code="en-GB")


async def test_descriptions_are_remembered_and_limited(server: BotApiServer, bot: Bot) -> None:
    await bot.set_my_description("d" * 512)
    await bot.set_my_short_description("s" * 120)
    assert server.world.descriptions["short_description", ""] == "s" * 120
    with refused("DESCRIPTION_TOO_LONG"):
        await bot.set_my_description("d" * 513)
    with refused("SHORT_DESCRIPTION_TOO_LONG"):
        await bot.set_my_short_description("s" * 121)


async def test_a_webhook_excludes_polling(bot: Bot, patient: Patient) -> None:
    await bot.set_webhook("https://example.org/hook", secret_token="s3", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == ("https://example.org/hook", 1, ("message",))
    with refused("Conflict: can't use getUpdates method while webhook is active", Conflict):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret", "problem"),
    [
        ("http://example.org", None, "Bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://example.org", "a b", "Secret token contains unallowed characters"),
        ("https://example.org", "a" * 257, "Secret token is too long"),
    ],
)
async def test_bad_webhooks_are_refused(bot: Bot, url: str, secret: str | None, problem: str) -> None:
    with refused(problem):
        await bot.set_webhook(url, secret_token=secret)


# Tokens, methods, faults


@pytest.mark.parametrize(
    ("token", "problem"), [("1:other", "Unauthorized"), ("nonsense", "Unauthorized: invalid token specified")]
)
async def test_a_wrong_token_is_refused(server: BotApiServer, token: str, problem: str) -> None:
    code, body = await _post(server, token, "getMe")
    assert (code, body["description"]) == (401, problem)
    async with HTTPXRequest() as request:
        with pytest.raises(InvalidToken):
            await Bot(token, base_url=server.base_url, request=request).get_me()


async def test_an_unknown_method_is_not_found(server: BotApiServer) -> None:
    code, body = await _post(server, server.token, "sendHug")
    assert (code, body) == (404, {"ok": False, "error_code": 404, "description": "Not Found: method not found"})
    assert [violation.method for violation in server.violations] == ["sendHug"]


async def test_arguments_may_come_as_json(server: BotApiServer, patient: Patient) -> None:
    code, body = await _post(server, server.token, "sendMessage", {"chat_id": CHAT, "text": "x", "entities": []})
    assert (code, body["result"]["text"]) == (200, "x")


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # the type of retry_after
async def test_429_says_how_long_to_wait_and_has_no_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(code=429, retry_after=3))
    with refused("Flood control exceeded. Retry in 3 seconds", RetryAfter):
        await bot.send_message(CHAT, "x")
    assert patient.said == []
    await bot.send_message(CHAT, "x")
    assert server.violations == []


async def test_502_before_and_after_the_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(code=502))
    server.faults.add("*", Fault(code=502, after=True))
    for _ in range(2):
        with refused("Bad Gateway", NetworkError):
            await bot.send_message(CHAT, "x")
    assert len(patient.said) == 1


async def test_a_connection_breaks_before_or_after_the_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(reset=True))
    server.faults.add("sendMessage", Fault(reset=True, after=True))
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(CHAT, "x")
    assert len(patient.said) == 1
    assert [call.code for call in server.calls("sendMessage")] == [0, 0]


async def test_faults_by_rate_and_slowness(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.rate("*", 1.0, Fault(seconds=0.05))
    started = asyncio.get_running_loop().time()
    await bot.send_message(CHAT, "x")
    assert asyncio.get_running_loop().time() - started >= 0.05
    server.faults.clear()
    server.faults.add("sendMessage", Fault(seconds=5, after=True))
    with pytest.raises(TimedOut):
        await bot.send_message(CHAT, "late", read_timeout=0.05)
    assert patient.last.text == "late"
    server.faults.rate("sendMessage", 0.5, Fault(code=502))
    results = await asyncio.gather(*(bot.send_message(CHAT, "x") for _ in range(40)), return_exceptions=True)
    assert 8 < sum(isinstance(result, NetworkError) for result in results) < 32


async def test_every_call_is_logged(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    await bot.send_photo(CHAT, png())
    call = server.log[-1]
    assert (call.method, call.code, call.params["photo"]) == ("sendPhoto", 200, f"<{len(png())} bytes>")
    with pytest.raises(BadRequest):
        await bot.send_message(CHAT, "")
    assert (server.log[-1].code, server.log[-1].answer) == (400, "Bad Request: message text is empty")
    assert server.violations[0].description == "Bad Request: message text is empty"


# People


async def test_a_patient_waits_for_what_comes(bot: Bot, patient: Patient) -> None:
    async def soon() -> None:
        await asyncio.sleep(0.02)
        await bot.send_message(CHAT, "Where does it hurt?")

    task = asyncio.create_task(soon())
    assert (await patient.until_sees("hurt")).text == "Where does it hurt?"
    await task
    with pytest.raises(AssertionError, match=r"(?s)not seen within 0.01 s.*person: /start.*bot: Where does it hurt"):
        await patient.until(lambda screen: screen.buttons(), 0.01)


async def test_200_patients_at_once(server: BotApiServer) -> None:
    """Through raw HTTP, because python-telegram-bot's default client would be what is measured."""
    patients = [Patient(server, number) for number in range(1, 201)]
    url = f"{server.base_url}{server.token}/"
    started = asyncio.get_running_loop().time()
    async with aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
        echo = group.create_task(_echo(client, url))
        async with asyncio.TaskGroup() as people:
            for person in patients:
                people.create_task(_talk(person, 10))
        echo.cancel()
    assert asyncio.get_running_loop().time() - started < 15
    assert len(server.calls("sendMessage")) == 2000
    assert server.violations == []


async def test_the_server_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.botapi", "--port", "0", "--token", "5:x"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    base_url = (await process.stdout.readline()).decode().split()[1]
    control = base_url.removesuffix("/bot") + "/control"
    try:
        async with Bot("5:x", base_url=base_url) as bot, aiohttp.ClientSession() as client:
            await client.post(f"{control}/chats/3/start", data="")
            await bot.send_message(3, "hello", reply_markup=keys(["a"]))
            seen = await (await client.get(f"{control}/chats/3")).json()
            assert [message["text"] for message in seen] == ["/start", "hello"]
            assert (await client.post(f"{control}/chats/3/tap", data="a")).status == 200
            assert (await client.post(f"{control}/chats/3/tap", data="b")).status == 409
            await client.post(f"{control}/update", json={"odd": {}})
            assert len(await bot.get_updates()) == 3
            assert await (await client.get(f"{control}/violations")).json() == []
    finally:
        process.terminate()
        await process.wait()


async def _talk(person: Patient, turns: int) -> None:
    for turn in range(turns):
        await person.say(str(turn))
        await person.until_sees(f"echo {turn}.", 15)


async def _echo(client: aiohttp.ClientSession, url: str) -> None:
    """The smallest bot: one poller, all replies at once."""
    offset = 0
    while True:
        async with client.post(url + "getUpdates", data={"timeout": 10, "offset": offset}) as answer:
            updates = (await answer.json())["result"]
        offset = updates[-1]["update_id"] + 1 if updates else offset
        await asyncio.gather(*(_reply(client, url, update["message"]) for update in updates))


async def _reply(client: aiohttp.ClientSession, url: str, message: dict[str, Any]) -> None:
    content = {"chat_id": message["chat"]["id"], "text": f"echo {message['text']}."}
    async with client.post(url + "sendMessage", data=content) as answer:
        assert answer.status == 200


async def _post(server: BotApiServer, token: str, method: str, body: object = None) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{server.base_url}{token}/{method}", json=body) as answer,
    ):
        return answer.status, await answer.json()
