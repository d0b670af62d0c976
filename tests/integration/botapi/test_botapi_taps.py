"""Taps, and the answers to them."""

from __future__ import annotations

import pytest
from telegram import Bot, Message

from tests.botapi import BotApiServer, Patient
from tests.support.botapi_client import CHAT, keys, raw_keys, refused
from tests.support.stores import Clock


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
