"""Receives updates by long polling. The offset moves on only when their effects are saved, so none is ever lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError

from bot.adapters.telegram.reading import KINDS_OF_UPDATES, Received, read
from bot.adapters.telegram.transport import Api, ThrottledError
from bot.adapters.telegram.trouble import SecondPollerError, TokenError, Trouble, pauses, place
from bot.conversation import Update

POLL_SECONDS = 30
POLL_READ_SECONDS = POLL_SECONDS + 15.0
CONFLICTS = 6  # a predecessor that is just stopping causes one or two
NEWCOMER_SECONDS = 20.0  # who meets another poller so soon after its start gives way to it
LONGEST_PAUSE_SECONDS = 10.0
HANDLING_PAUSE_SECONDS = 5.0  # the longest; others wait as well
HANDLING_TRIES = 3  # of an update that alone fails while others do not

Handle = Callable[[Sequence[Update]], Awaitable[None]]
Handled = Callable[[Sequence[Received]], None]

_log = logging.getLogger(__name__)


class Intake:
    """Gets updates, has them handled, and tells `handled` about each batch that was saved."""

    def __init__(self, api: Api, handle: Handle, handled: Handled, trouble: Trouble) -> None:
        self._api, self._handle, self._handled, self._trouble = api, handle, handled, trouble
        self._saving = Trouble("What patients send cannot be saved")
        self._offset = 0
        self._failures: Counter[int] = Counter()  # by update id, of updates tried alone
        self._pauses = pauses(HANDLING_PAUSE_SECONDS)
        self._other = Trouble("Another program receives this bot's messages as well")
        self._conflicts = 0
        self._begun = 0.0
        self._newcomer = False  # the other was there before us

    async def begin(self) -> None:
        """Make sure that Telegram knows the bot and lets it poll. Raises PtbotError."""
        self._begun = time.monotonic()
        bot = await self._insist("getMe")
        await self._remove_webhook()
        _log.info("Listening on Telegram as @%s.", bot.get("username"))

    async def run(self) -> None:
        """Receive until cancelled. Raises PtbotError."""
        while True:
            updates = await self._insist(
                "getUpdates",
                read_seconds=POLL_READ_SECONDS,
                offset=self._offset,
                timeout=POLL_SECONDS,
                allowed_updates=KINDS_OF_UPDATES,
            )
            if updates:
                await self._take(sorted(map(read, updates), key=lambda received: received.update.id))

    async def _remove_webhook(self) -> None:
        """With a webhook set, Telegram refuses polling."""
        url = (await self._insist("getWebhookInfo")).get("url")
        if url:
            _log.warning("The bot's messages go to a webhook at %s. Removing it to receive them here.", _host(url))
            await self._insist("deleteWebhook")

    async def _insist(self, method: str, **params: Any) -> Any:
        """The answer, as soon as Telegram can be reached. Raises PtbotError where waiting does not help."""
        for pause in pauses(LONGEST_PAUSE_SECONDS):
            try:
                answer = await self._api.call(method, **params)
            except InvalidToken:
                raise TokenError from None
            except ThrottledError as error:
                await asyncio.sleep(error.seconds)
                continue
            except Conflict as error:
                self._conflicted(error)
            except BadRequest:  # counts as a network error in the library
                raise
            except NetworkError as error:
                self._trouble.met(error)
            else:
                self._trouble.over()
                return answer
            await asyncio.sleep(pause)
        raise AssertionError("pauses never end")

    def _conflicted(self, error: Conflict) -> None:
        """A second start by mistake must not stop the bot that patients talk to: the newcomer gives way."""
        if self._conflicts == 0:
            self._newcomer = time.monotonic() - self._begun < NEWCOMER_SECONDS
        self._conflicts += 1
        if self._conflicts >= CONFLICTS and (self._newcomer or "webhook" in error.message):
            raise SecondPollerError from None
        self._other.met("stop it, or give it a token of its own")

    async def _take(self, batch: list[Received]) -> None:
        """Have a batch handled. What fails together is tried one by one, so that one update cannot hold up the rest."""
        after = batch[-1].update.id + 1
        if await self._saved(batch):
            self._offset, self._pauses = after, pauses(HANDLING_PAUSE_SECONDS)
            self._failures.clear()
            return
        failed = [received for received in batch if len(batch) == 1 or not await self._saved([received])]
        waiting = [received.update.id for received in failed if not self._given_up(received, len(failed) < len(batch))]
        self._offset = min(waiting, default=after)
        if waiting:
            await asyncio.sleep(next(self._pauses))

    def _given_up(self, received: Received, others_work: bool) -> bool:
        """Is it this very update that cannot be handled? Then the other patients must not wait for it."""
        ident = received.update.id
        self._failures[ident] += 1
        if not others_work or self._failures[ident] < HANDLING_TRIES:
            return False
        _log.error("Update %d cannot be handled and is passed over.", ident)
        return True

    async def _saved(self, batch: Sequence[Received]) -> bool:
        try:
            await self._handle([received.update for received in batch])
        except Exception as error:  # whatever it was: these updates must be handled again
            self._saving.met(place(error))
            return False
        self._saving.over()
        self._handled(batch)
        return True


def _host(url: str) -> str:
    """Of a webhook's address only the host: the rest may be its secret."""
    return urlsplit(url).hostname or "an unreadable address"
