"""What Telegram shows about the bot: its commands, and what it is before anybody has pressed Start."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.adapters.telegram.texts import clip
from bot.adapters.telegram.transport import Api
from bot.dialogue.commands import MENU

COMMAND_LIMIT, SHORT_LIMIT, LONG_LIMIT = 256, 120, 512  # of the texts

_log = structlog.get_logger(__name__)


async def show_menu(api: Api, words: Mapping[str, str]) -> None:
    """Set the commands and descriptions. The bot works without them, so a refusal is only logged."""
    commands = [BotCommand(name, clip(words[f"command_{name}"], COMMAND_LIMIT)) for name in MENU]
    try:
        await api.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
        await api.set_my_short_description(clip(words["bot_short_description"].strip(), SHORT_LIMIT))
        await api.set_my_description(clip(words["bot_description"].strip(), LONG_LIMIT))
    except TelegramError as error:
        _log.warning("The bot's menu could not be set. The next start tries again", reason=str(error))
