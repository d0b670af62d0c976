"""Calls that have to be answered before anything else makes sense: they are made until they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from telegram.error import InvalidToken, TelegramError

from bot.adapters.telegram.transport import READ_SECONDS, Api, ThrottledError
from bot.adapters.telegram.trouble import TokenError, Trouble, pauses

LONGEST_PAUSE_SECONDS = 10.0


class Asking:
    """Asks Telegram. That it cannot be reached is said once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._trouble = Trouble("Telegram cannot be reached")

    async def ask(
        self,
        method: str,
        fits: Callable[[Any], bool],
        *,
        but: tuple[type[TelegramError], ...] = (),
        read_seconds: float = READ_SECONDS,
        **params: Any,
    ) -> Any:
        """The answer, as soon as there is one that fits. Raises TokenError, and the errors in `but`."""
        for pause in pauses(LONGEST_PAUSE_SECONDS):
            try:
                answer = await self._api.call(method, read_seconds=read_seconds, **params)
            except but:
                raise
            except InvalidToken:
                raise TokenError from None
            except ThrottledError as error:
                await asyncio.sleep(error.seconds)
                continue
            except TelegramError as error:
                self._trouble.met(error)
            else:
                if fits(answer):
                    self._trouble.over()
                    return answer
                self._trouble.met(f"an answer to {method} that makes no sense")
            await asyncio.sleep(pause)
        raise AssertionError("pauses never end")

    async def webhook(self) -> str:
        """The address that Telegram brings updates to; empty where there is none. Raises TokenError."""
        url = (await self.ask("getWebhookInfo", is_object)).get("url")
        return url if isinstance(url, str) else ""


def is_object(answer: Any) -> bool:
    """Is it a JSON object?"""
    return isinstance(answer, dict)
