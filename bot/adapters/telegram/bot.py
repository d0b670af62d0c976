"""The bot on Telegram: receives and delivers side by side until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.delivery import Delivery
from bot.adapters.telegram.menu import show_menu
from bot.adapters.telegram.transport import Api
from bot.adapters.telegram.trouble import first


class Intake(Protocol):
    """Where updates come from."""

    async def begin(self) -> None:
        """Make sure that they can come. Raises PtbotError."""
        ...

    async def run(self) -> None:
        """Receive until cancelled. Raises PtbotError."""
        ...


class TelegramBot:
    """`words` are the edge's own (listed in bot/flow/messages.py). What is `beside` runs as long as the delivery."""

    def __init__(
        self,
        api: Api,
        intake: Intake,
        delivery: Delivery,
        courtesies: Courtesies,
        words: Mapping[str, str],
        beside: Iterable[Callable[[], Coroutine[Any, Any, None]]] = (),
    ) -> None:
        self._api, self._intake, self._delivery, self._courtesies = api, intake, delivery, courtesies
        self._words, self._beside = words, beside

    async def run(self) -> None:
        """Until cancelled: then first nothing more is received, next nothing delivered. Raises PtbotError."""
        async with self._api:
            await self._intake.begin()
            try:
                async with asyncio.TaskGroup() as group:
                    for run in (self._delivery.run, *self._beside):
                        group.create_task(run())
                    group.create_task(show_menu(self._api, self._words))
                    await self._intake.run()
            except BaseExceptionGroup as errors:
                raise first(errors) from None
            finally:
                await self._courtesies.close()
