"""Receives updates by long polling. The offset moves on only when their effects are saved, so none is ever lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.adapters.telegram.reading import KINDS_OF_UPDATES, Received, read
from bot.adapters.telegram.transport import Api, ThrottledError
from bot.adapters.telegram.trouble import SecondPollerError, TokenError, Trouble, pauses, place
from bot.conversation import StorageError, Update

POLL_SECONDS = 30
POLL_READ_SECONDS = POLL_SECONDS + 15.0
CONFLICTS = 6  # a predecessor that is just stopping causes one or two
NEWCOMER_SECONDS = 20.0  # who meets another poller so soon after its start gives way to it
LONGEST_PAUSE_SECONDS = 10.0
HANDLING_PAUSE_SECONDS = 5.0  # the longest; others wait as well
HANDLING_TRIES = 3  # of an update that cannot be handled

Handle = Callable[[Sequence[Update]], Awaitable[None]]
GiveUp = Callable[[Update], Awaitable[None]]
Handled = Callable[[Sequence[Received]], None]

_log = logging.getLogger(__name__)


class Intake:
    """Gets updates, has them handled, and tells `handled` about each batch that was saved or given up."""

    def __init__(self, api: Api, handle: Handle, give_up: GiveUp, handled: Handled) -> None:
        self._api, self._handle, self._give_up, self._handled = api, handle, give_up, handled
        self._trouble = Trouble("Telegram cannot be reached")
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
        bot = await self._insist("getMe", _is_object)
        await self._remove_webhook()
        _log.info("Listening on Telegram as @%s.", bot.get("username"))

    async def run(self) -> None:
        """Receive until cancelled. Raises PtbotError."""
        while True:
            updates = await self._insist(
                "getUpdates",
                _are_updates,
                read_seconds=POLL_READ_SECONDS,
                offset=self._offset,
                timeout=POLL_SECONDS,
                allowed_updates=KINDS_OF_UPDATES,
            )
            if updates:
                await self._take(sorted(map(read, updates), key=lambda received: received.update.id))

    async def _remove_webhook(self) -> None:
        """With a webhook set, Telegram refuses polling."""
        url = (await self._insist("getWebhookInfo", _is_object)).get("url")
        if url:
            _log.warning("The bot's messages go to a webhook at %s. Removing it to receive them here.", _host(url))
            await self._insist("deleteWebhook", bool)

    async def _insist(self, method: str, fits: Callable[[Any], bool], **params: Any) -> Any:
        """The answer, as soon as there is one that fits. Raises PtbotError where waiting does not help."""
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
            except TelegramError as error:
                self._trouble.met(error)
            else:
                if fits(answer):
                    self._trouble.over()
                    return answer
                self._trouble.met(f"an answer to {method} that makes no sense")
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
        if not await self._failed(batch):
            self._offset, self._pauses = after, pauses(HANDLING_PAUSE_SECONDS)
            self._failures.clear()
            return
        over = await self._one_by_one(batch)
        self._offset = min((received.update.id for received in batch if received.update.id not in over), default=after)
        if self._offset != after:
            await asyncio.sleep(next(self._pauses))

    async def _one_by_one(self, batch: list[Received]) -> set[int]:
        """The ids of those that are over. Nothing overtakes an update of its chat that has to be handled again."""
        over: set[int] = set()
        failed: dict[int, tuple[Received, Exception]] = {}  # by chat
        for received in batch:
            if received.update.chat in failed:
                continue
            if error := await self._failed([received]):
                failed[received.update.chat] = received, error
            else:
                over.add(received.update.id)
        for received, error in failed.values():
            if self._hopeless(received, error, others_work=bool(over)) and await self._given_up(received):
                over.add(received.update.id)
        return over

    def _hopeless(self, received: Received, error: Exception, *, others_work: bool) -> bool:
        """Is it this very update that cannot be handled, and not just the database that is away?"""
        if isinstance(error, StorageError) and not others_work:
            return False
        self._failures[received.update.id] += 1
        return self._failures[received.update.id] >= HANDLING_TRIES

    async def _given_up(self, received: Received) -> bool:
        """Nobody must wait for it any longer, nor its sender in silence."""
        _log.error("Update %d cannot be handled and is passed over.", received.update.id)
        try:
            await self._give_up(received.update)
        except StorageError:
            return False
        except Exception as error:  # a mistake of ours here must not hold up everybody either
            _log.error("Nor can its sender be told so: %s", place(error))
        self._handled([received])
        return True

    async def _failed(self, batch: Sequence[Received]) -> Exception | None:
        """Have them handled together. What went wrong, whatever it was: then they must be handled again."""
        try:
            await self._handle([received.update for received in batch])
        except Exception as error:
            self._saving.met(place(error))
            return error
        self._saving.over()
        self._handled(batch)
        return None


def _is_object(answer: Any) -> bool:
    return isinstance(answer, dict)


def _are_updates(answer: Any) -> bool:
    return isinstance(answer, list) and all(
        isinstance(one, dict) and isinstance(one.get("update_id"), int) for one in answer
    )


def _host(url: str) -> str:
    """Of a webhook's address only the host: the rest may be its secret."""
    return urlsplit(url).hostname or "an unreadable address"
