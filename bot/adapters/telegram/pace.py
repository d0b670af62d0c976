"""How fast calls may follow one another. Telegram takes about 30 messages a second from a bot, about one in a chat."""

from __future__ import annotations

import asyncio
from collections import deque

CALLS_PER_SECOND = 28.0
BURST_SECONDS = 1.0  # so much of what was not used may be used at once
CHAT_BURST = 5  # messages
SAME_CAUSE_SECONDS = 1.0  # when two chats are throttled within this time, it is the whole bot
REMEMBERED_CHATS = 5_000  # before those that do not matter any more are forgotten


class Pace:
    """Of all calls together. What is urgent waits only while Telegram refuses everything, and then goes first."""

    def __init__(self, per_second: float | None) -> None:
        self._interval = self._whole = 1 / per_second if per_second else 0.0
        self._next = 0.0  # when a call would come if all were spread evenly
        self._closed_until = 0.0
        self._throttled: tuple[int, float] | None = None  # the chat that was throttled last, and when
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._usual: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None  # there is one as long as somebody waits

    def share(self, workers: int) -> None:
        """So many workers have to get along with what Telegram allows."""
        self._interval = self._whole * max(1, workers)

    def throttled(self, chat: int, seconds: float) -> None:
        """Telegram asked for a wait of so many seconds before the next call to this chat."""
        now = asyncio.get_running_loop().time()
        if self._throttled and self._throttled[0] != chat and now - self._throttled[1] < SAME_CAUSE_SECONDS:
            self._closed_until = max(self._closed_until, now + seconds)
        self._throttled = chat, now

    async def turn(self, *, urgent: bool) -> None:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._opens(urgent=urgent) <= now and (urgent or not self._timer):
            self._count(now)
            return
        waiter: asyncio.Future[None] = loop.create_future()
        (self._urgent if urgent else self._usual).append(waiter)
        self._look_again(loop)
        await waiter

    def _opens(self, *, urgent: bool) -> float:
        return self._closed_until if urgent else max(self._closed_until, self._next - BURST_SECONDS)

    def _count(self, now: float) -> None:
        self._next = max(self._next, now) + self._interval

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer:
            self._timer.cancel()
        waits = self._urgent or self._usual
        self._timer = loop.call_at(self._opens(urgent=bool(self._urgent)), self._let_go, loop) if waits else None

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for queue in (self._urgent, self._usual):
            while queue and self._opens(urgent=queue is self._urgent) <= now:
                waiter = queue.popleft()
                if not waiter.done():  # else nobody waits for it any more
                    waiter.set_result(None)
                    self._count(now)
        self._look_again(loop)


class ChatPace:
    """Of the messages to each chat, a short burst allowed."""

    def __init__(self, per_second: float | None) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._next: dict[int, float] = {}  # by chat: when a message would come if all were spread evenly
        self._full = REMEMBERED_CHATS

    async def turn(self, chat: int) -> None:
        """Wait for the chat's turn."""
        if not self._interval:
            return
        now = asyncio.get_running_loop().time()
        if len(self._next) >= self._full:
            self._forget(now)
        self._next[chat] = max(self._next.get(chat, now), now) + self._interval
        wait = self._next[chat] - now - CHAT_BURST * self._interval
        if wait > 0:
            await asyncio.sleep(wait)

    def _forget(self, now: float) -> None:
        """Forget those that may burst again. Where that leaves many, it does not come again with every message."""
        self._next = {chat: time for chat, time in self._next.items() if time > now}
        self._full = max(REMEMBERED_CHATS, 2 * len(self._next))
