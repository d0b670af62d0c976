"""What the edge itself owes people, whatever the conversation says: taps are answered, groups told where to write."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.adapters.telegram.reading import Received
from bot.adapters.telegram.render import Call
from bot.adapters.telegram.texts import literal
from bot.adapters.telegram.transport import Api, ThrottledError
from bot.adapters.telegram.trouble import pauses

STOP_SECONDS = 1.0
TRY_SECONDS = 15.0  # so long Telegram takes the answer to a tap
LOOK_SECONDS = 1.0  # between two looks whether it is too late
LONGEST_PAUSE_SECONDS = 2.0


class Courtesies:
    """`words` are the edge's own (listed in bot/flow/messages.py)."""

    def __init__(self, api: Api, words: Mapping[str, str]) -> None:
        self._api, self._words = api, words
        self._told_groups: set[int] = set()
        self._under_way: dict[asyncio.Task[None], float] = {}  # nobody waits for them; when it is too late for each
        self._looks = False  # from time to time, whether it is

    def owed(self, received: Received) -> list[Call]:
        """The calls that an update deserves once it is over. Nothing is lost where one of them fails."""
        calls = []
        if received.callback:  # or the phone goes on showing a waiting sign
            calls.append(Call("answerCallbackQuery", {"callback_query_id": received.callback}))
        if received.group and received.group not in self._told_groups:
            self._told_groups.add(received.group)
            text = literal(self._words["group_reply"])
            calls.append(Call("sendMessage", {"chat_id": received.group, "text": text, "parse_mode": "HTML"}))
        return calls

    def make(self, calls: Iterable[Call]) -> None:
        """Make these calls, in the background."""
        for call in calls:
            task = asyncio.create_task(self._made(call))
            self._under_way[task] = time.monotonic() + TRY_SECONDS
            task.add_done_callback(self._under_way.pop)
        if self._under_way and not self._looks:
            self._look()

    async def close(self) -> None:
        """Finish what is under way, if it takes no time."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    def _look(self) -> None:
        for task, late_at in self._under_way.items():
            if late_at <= time.monotonic():
                task.cancel()
        self._looks = bool(self._under_way)
        if self._looks:
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    async def _made(self, call: Call) -> None:
        """A call that may fail for good: a tap too old to be answered, a group that forbids to write."""
        with contextlib.suppress(TelegramError):
            for pause in pauses(LONGEST_PAUSE_SECONDS):
                try:
                    await self._api.call(call.method, **call.params)
                    return
                except ThrottledError as error:
                    await asyncio.sleep(error.seconds)
                except BadRequest:  # counts as a network error in the library
                    return
                except NetworkError:
                    await asyncio.sleep(pause)
