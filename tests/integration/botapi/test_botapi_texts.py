"""What may be written: lengths, entities, replies."""

from __future__ import annotations

import pytest
from telegram import Bot, ReplyParameters

from tests.botapi import BotApiServer, Patient
from tests.support.botapi_client import CHAT, keys, refused


async def test_a_message_is_sent_and_seen(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    sent = await bot.send_message(CHAT, "Hello & welcome", reply_markup=keys(["Yes", "No"], ["Stop"]))
    assert (sent.chat_id, sent.text, sent.date.timestamp()) == (CHAT, "Hello & welcome", 1_800_000_000)
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
