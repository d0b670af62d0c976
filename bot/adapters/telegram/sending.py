"""Makes one call to Telegram until it is answered: waits where asked to, tries again where that helps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

import structlog
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.adapters.telegram.pace import CALLS_PER_SECOND, ChatPace, Pace
from bot.adapters.telegram.render import Call, Shown, makes_message
from bot.adapters.telegram.texts import plain
from bot.adapters.telegram.transport import Api, ThrottledError
from bot.adapters.telegram.trouble import TokenError, Trouble, pauses
from bot.adapters.telegram.wire import UnreachableError
from bot.watch import Watch

LONGEST_PAUSE_SECONDS = 10.0
LONGEST_URGENT_PAUSE_SECONDS = 1.0
GIVE_UP_SECONDS = 300.0  # of a call that Telegram answers with errors of its own

Wanted = Callable[[], Awaitable[bool]]

_log = structlog.get_logger(__name__)


async def always() -> bool:
    """It is wanted whatever happens."""
    return True


class Verdict(Enum):
    """What a refusal means."""

    DONE = auto()  # there is nothing left to do
    GONE = auto()  # nobody can be reached in this chat any more
    REFUSED = auto()  # Telegram does not take it in this form


_OF_PICTURES = ("sendPhoto", "editMessageCaption")
_DONE = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
)
_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "input_user_deactivated",
)


def verdict(error: TelegramError) -> Verdict:
    """What a refusal by Telegram means for us."""
    told = error.message.lower()
    if isinstance(error, Forbidden | ChatMigrated) or any(text in told for text in _GONE):
        return Verdict.GONE
    return Verdict.DONE if any(text in told for text in _DONE) else Verdict.REFUSED


class ChatGoneError(Exception):
    """The person blocked the bot, or the chat is no more."""


class _RefusedError(Exception):
    """Telegram does not take the call in this form."""


class UnwantedError(Exception):
    """It need not be tried again: it has arrived, though the answer was lost, or was erased, or is another worker's."""


class StuckError(Exception):
    """It was tried for long enough: others should not wait for it any more. It may work at another time."""


class _FailingError(StuckError):
    """Telegram itself fails at this call: it may be its form."""


@dataclass(slots=True)
class _Tries:
    """At one call, in whatever form."""

    urgent: bool
    once: bool
    wanted: Wanted
    _begun: bool = False

    async def begin(self) -> None:
        """The next one. Raises UnwantedError."""
        if self._begun and not await self.wanted():
            raise UnwantedError
        self._begun = True


class Sender:
    """Sends calls. A picture is uploaded once; from then on Telegram knows it by its id.

    `calls_per_second`: of all workers together; None for no limit. `chat_calls_per_second`: of messages to one chat.
    """

    def __init__(
        self,
        api: Api,
        picture: Callable[[str], bytes],
        calls_per_second: float | None = CALLS_PER_SECOND,
        chat_calls_per_second: float | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._api, self._picture, self._watch = api, picture, watch or Watch()
        self._pace, self._chat_pace = Pace(calls_per_second), ChatPace(chat_calls_per_second)
        self._trouble = Trouble("Messages cannot be sent")
        self._file_ids: dict[str, str] = {}

    def share(self, workers: int) -> None:
        """So many workers send now."""
        self._pace.share(workers)

    async def send(
        self, chat: int, call: Call, *, urgent: bool = False, once: bool = False, wanted: Wanted = always
    ) -> Shown | None:
        """The message made or changed; None where there is none.

        What Telegram does not take is sent again as bare words, and given up if it refuses these too. `once`: where
        trying again may help, leave that for later. `wanted` is asked before each new try.
        Raises ChatGoneError, StuckError, UnwantedError, TokenError.
        """
        if not urgent and makes_message(call):
            await self._chat_pace.turn(chat)
        tries = _Tries(urgent, once, wanted)
        try:
            return await self._insist(chat, call, tries)
        except (_RefusedError, _FailingError) as error:
            _log.error("Telegram does not take a call. Its bare words are tried", method=call.method, reason=str(error))
            self._file_ids.pop(call.picture or "", None)
        try:
            return await self._insist(chat, _bare(call), tries)
        except _RefusedError as error:
            _log.error("Nor does it take these. They are given up", method=call.method, reason=str(error))
            self._watch.retired("refused")
            return None

    async def _insist(self, chat: int, call: Call, tries: _Tries) -> Shown | None:
        """Make it in this form until it is answered. Raises _RefusedError as well."""
        failing_since: float | None = None
        for pause in pauses(LONGEST_URGENT_PAUSE_SECONDS if tries.urgent else LONGEST_PAUSE_SECONDS):
            await self._pace.turn(urgent=tries.urgent)
            await tries.begin()
            try:
                message = await self._made(chat, call, urgent=tries.urgent)
            except ThrottledError as error:
                self._watch.retried("throttled")
                self._pace.throttled(chat, error.seconds)
                await asyncio.sleep(error.seconds)
            except TelegramError as error:
                if not _passes(error):
                    _refused(error)
                    return None
                failing_since = self._failed(error, failing_since, once=tries.once)
                await asyncio.sleep(pause)
            else:
                self._trouble.over()
                return Shown(message, picture=call.method in _OF_PICTURES) if message else None
        raise AssertionError("pauses never end")

    def _failed(self, error: TelegramError, since: float | None, *, once: bool) -> float | None:
        """Since when Telegram answers this call with errors of its own; a network that is away does not count."""
        away = isinstance(error, UnreachableError | TimedOut)
        self._trouble.met(error)
        self._watch.retried("no_answer" if away else "server_error")
        if away:
            if once:
                raise StuckError from None
            return None
        since = since or time.monotonic()
        if once or time.monotonic() - since >= GIVE_UP_SECONDS:
            raise _FailingError(error.message) from None
        return since

    def _made(self, chat: int, call: Call, *, urgent: bool) -> Awaitable[int | None]:
        if call.picture is None:
            return self._api.message(call.method, urgent=urgent, chat_id=chat, **call.params)
        if known := self._file_ids.get(call.picture):
            return self._api.message(call.method, urgent=urgent, chat_id=chat, photo=known, **call.params)
        return self._uploaded(chat, call, call.picture)

    async def _uploaded(self, chat: int, call: Call, picture: str) -> int | None:
        upload = InputFile(self._picture(picture), picture)
        message = await self._api.upload(call.method, chat_id=chat, photo=upload, **call.params)
        self._file_ids[picture] = message["photo"][-1]["file_id"]
        return int(message["message_id"])


def _passes(error: TelegramError) -> bool:
    """May it work at another time?"""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)  # it counts as one in the library


def _refused(error: TelegramError) -> None:
    """Nothing where there is nothing left to do. Raises ChatGoneError, TokenError, _RefusedError."""
    if isinstance(error, InvalidToken):
        raise TokenError from None
    match verdict(error):
        case Verdict.GONE:
            raise ChatGoneError from None
        case Verdict.REFUSED:
            raise _RefusedError(_unquoted(error.message)) from None


def _unquoted(told: str) -> str:
    """Why a call was refused, without what it may quote."""
    return told.partition('"')[0].strip()


def _bare(call: Call) -> Call:
    """Only the words and our own buttons: markup, links and pictures may be what was refused."""
    params = {name: value for name, value in call.params.items() if name not in ("parse_mode", "caption")}
    words = call.params.get("text") or call.params.get("caption")
    if words:
        params["caption" if call.method == "editMessageCaption" else "text"] = plain(words)
    if "reply_markup" in params:
        rows = [[key for key in row if "url" not in key] for row in params["reply_markup"]["inline_keyboard"]]
        params["reply_markup"] = {"inline_keyboard": [row for row in rows if row]}
    return Call("sendMessage" if call.picture else call.method, params)
