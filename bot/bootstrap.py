"""From settings to flow, numbers and clinics, and to an engine. What runs on Telegram is put together in running.py.

What only Telegram needs is imported where it is used: it takes half a second that most commands spare.
"""

from __future__ import annotations

import asyncio

from bot.dialogue.engine import Engine
from bot.flow.clinics import Clinic
from bot.flow.errors import PtbotError
from bot.flow_files import read_clinics, read_flow, read_numbers
from bot.settings import Settings


class NameUnknownError(PtbotError):
    """A link needs the bot's name. Set telegram.username (PTBOT_TELEGRAM__USERNAME), or the token to ask Telegram."""


def engine_of(settings: Settings) -> Engine:
    """The engine over everything that the settings name. Raises FlowError."""
    numbers = read_numbers(settings.flow.numbers)
    clinics = read_clinics(settings.clinics.file, numbers) if settings.clinics.file else {}
    return Engine(read_flow(settings.flow.folder), numbers, clinics)


def clinics_of(settings: Settings) -> dict[str, Clinic]:
    """The clinics that share the bot. Raises FlowError."""
    file = settings.clinics.file
    return read_clinics(file, read_numbers(settings.flow.numbers)) if file else {}


def username_of(settings: Settings) -> str:
    """The bot's name on Telegram: as set, else Telegram is asked. Raises PtbotError."""
    if settings.telegram.username:
        return settings.telegram.username
    if not settings.telegram.token:
        raise NameUnknownError
    return asyncio.run(_asked_name(settings.telegram.token, settings.telegram.base_url))


async def _asked_name(token: str, base_url: str) -> str:
    from telegram.error import InvalidToken, TelegramError

    from bot.adapters.telegram.transport import Api
    from bot.adapters.telegram.trouble import TokenError

    try:
        async with Api(token, base_url) as api:
            me = await api.call("getMe")
    except InvalidToken:
        raise TokenError from None
    except TelegramError as error:
        raise NameUnknownError(f"Telegram did not tell the bot's name ({error}). Set telegram.username.") from None
    return str(me["username"])
