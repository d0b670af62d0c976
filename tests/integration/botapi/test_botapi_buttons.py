"""Buttons under a message, and keyboards in place of the letters."""

from __future__ import annotations

import pytest
from telegram import Bot, ReplyKeyboardMarkup

from tests.botapi import BotApiServer, Patient
from tests.support.botapi_client import CHAT, keys, raw_keys, refused


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
