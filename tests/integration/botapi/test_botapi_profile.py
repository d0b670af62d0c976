"""The bot itself: its name, commands, descriptions, webhook."""

from __future__ import annotations

import pytest
from telegram import Bot, BotCommand

from tests.botapi import BotApiServer
from tests.support.botapi_client import refused


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
