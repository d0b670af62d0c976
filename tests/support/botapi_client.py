"""The real `telegram.Bot` as a client of the test server, and what its calls need."""

from __future__ import annotations

import re
import struct
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer

CHAT = 7


def new_bot(server: BotApiServer) -> Bot:
    """Without loading the certificates of the world, which takes longer than a test."""
    polls, calls = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(server.token, base_url=server.base_url, request=calls, get_updates_request=polls)


def png(width: int = 90, height: int = 90) -> bytes:
    """The beginning of a picture, which is all the server looks at."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x00\x00\x00\x00rest"


def keys(*rows: list[str]) -> InlineKeyboardMarkup:
    """Buttons under a message."""
    buttons = [[InlineKeyboardButton(label, callback_data=f"a:{label}") for label in row] for row in rows]
    return InlineKeyboardMarkup(buttons)


def raw_keys(**button: str) -> dict[str, Any]:
    """For buttons that python-telegram-bot itself would not build."""
    return {"api_kwargs": {"reply_markup": {"inline_keyboard": [[button]]}}}


def refused(text: str, kind: type[TelegramError] = BadRequest) -> Any:
    """The library changes upper and lower case in what the server said, so that is not compared."""
    return pytest.raises(kind, match=f"(?i)^{re.escape(text)}")
