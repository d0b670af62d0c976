"""Photos and their captions."""

from __future__ import annotations

import pytest
from telegram import Bot

from tests.botapi import Patient
from tests.support.botapi_client import CHAT, keys, png, refused


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
