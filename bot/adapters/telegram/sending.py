"""Makes one call to Telegram until it is answered: waits where asked to, tries again where that helps."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.adapters.telegram.render import Call, Shown
from bot.adapters.telegram.texts import plain
from bot.adapters.telegram.transport import Api, ThrottledError, UnreachableError
from bot.adapters.telegram.trouble import TokenError, Trouble, pauses

LONGEST_PAUSE_SECONDS = 10.0
GIVE_UP_SECONDS = 300.0  # of a call that Telegram answers with errors of its own; a network that is away does not count
CALLS_PER_SECOND = 28.0  # Telegram takes about 30 messages a second from one bot

_log = logging.getLogger(__name__)


class Verdict(Enum):
    """What a refusal means."""

    DONE = auto()  # there is nothing left to do
    GONE = auto()  # nobody can be reached in this chat any more
    REFUSED = auto()  # Telegram does not take it in this form


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


class Pace:
    """Spreads calls out, a burst of one second's worth allowed."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now - 1) + self._interval
        if self._next > now:
            await asyncio.sleep(self._next - now)


class Sender:
    """Sends calls. A picture is uploaded once; from then on Telegram knows it by its id."""

    def __init__(self, api: Api, picture: Callable[[str], bytes], per_second: float | None) -> None:
        self._api, self._picture = api, picture
        self._trouble = Trouble("Messages cannot be sent")
        self._pace = Pace(per_second) if per_second else None
        self._file_ids: dict[str, str] = {}

    async def send(self, chat: int, call: Call, *, urgent: bool = False) -> Shown | None:
        """The message made or changed; None where there is none. Raises ChatGoneError, TokenError.

        What Telegram does not take is sent again as bare words, and given up if that fails too.
        """
        for form in (call, _bare(call)):
            try:
                return self._noted(form, await self._insist(chat, form, urgent=urgent))
            except InvalidToken:
                raise TokenError from None
            except TelegramError as error:
                match verdict(error):
                    case Verdict.GONE:
                        raise ChatGoneError from None
                    case Verdict.DONE:
                        return None
                _log.error("Telegram refuses %s: %s", form.method, error.message[:120])
                self._file_ids.pop(call.picture or "", None)
        return None

    async def _insist(self, chat: int, call: Call, *, urgent: bool) -> Any:
        failing_since: float | None = None
        for pause in pauses(LONGEST_PAUSE_SECONDS):
            if self._pace and not urgent:
                await self._pace.turn()
            try:
                answer = await self._api.call(call.method, chat_id=chat, **self._params(call))
            except ThrottledError as error:
                await asyncio.sleep(error.seconds)
            except BadRequest:  # counts as a network error in the library
                raise
            except (UnreachableError, TimedOut) as error:
                failing_since = None
                self._trouble.met(error)
                await asyncio.sleep(pause)
            except NetworkError as error:
                self._trouble.met(error)
                failing_since = failing_since or time.monotonic()
                if not urgent and time.monotonic() - failing_since >= GIVE_UP_SECONDS:
                    raise TelegramError(error.message) from None
                await asyncio.sleep(pause)
            else:
                self._trouble.over()
                return answer
        raise AssertionError("pauses never end")

    def _params(self, call: Call) -> Mapping[str, Any]:
        if call.picture is None:
            return call.params
        known = self._file_ids.get(call.picture)
        return {**call.params, "photo": known or InputFile(self._picture(call.picture), call.picture)}

    def _noted(self, call: Call, answer: Any) -> Shown | None:
        if not isinstance(answer, dict) or "message_id" not in answer:
            return None
        photo = answer.get("photo")
        if call.picture and photo:
            self._file_ids[call.picture] = photo[-1]["file_id"]
        return Shown(int(answer["message_id"]), picture=bool(photo))


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
