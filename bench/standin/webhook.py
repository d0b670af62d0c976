"""Posts updates to the bot: those of a chat one after the other, different chats side by side."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

AGAIN_SECONDS = 0.2
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Update = tuple[int, str]  # chat, JSON
Take = Callable[[dict[str, Any]], None]


class Webhook:
    """Delivers to several addresses, each time to the one with the fewest requests under way, as load balancers do."""

    def __init__(self, addresses: tuple[str, ...], take: Take, connections: int) -> None:
        self.secret = ""
        self._take, self._connections = take, connections  # at most so many requests under way
        self._targets = [_Target(address) for address in addresses]
        self._ready: deque[Update] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._behind: dict[int, deque[str]] = {}  # by chat: what waits for the one under way

    def __len__(self) -> int:
        return len(self._behind) + sum(map(len, self._behind.values()))

    def push(self, chat: int, update: str) -> None:
        """Something happened in a chat."""
        if chat in self._behind:
            self._behind[chat].append(update)
            return
        self._behind[chat] = deque()
        self._ready.append((chat, update))
        self._pump()

    def _pump(self) -> None:
        while self._ready and sum(one.busy for one in self._targets) < self._connections:
            target = min(self._targets, key=lambda one: one.busy)
            target.busy += 1
            task = asyncio.ensure_future(self._deliver(target, self._ready.popleft()))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _deliver(self, target: _Target, update: Update) -> None:
        chat, body = update
        try:
            status, answer = await target.post(body.encode(), self.secret)
        except OSError:
            status, answer = 0, b""
        target.busy -= 1
        if status == 200:
            self._taken(chat, answer)
        else:
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._again, update)
        self._pump()

    def _taken(self, chat: int, answer: bytes) -> None:
        if answer.startswith(b"{"):
            self._take(json.loads(answer))
        if self._behind[chat]:
            self._ready.append((chat, self._behind[chat].popleft()))
        else:
            del self._behind[chat]

    def _again(self, update: Update) -> None:
        self._ready.appendleft(update)
        self._pump()


class _Target:
    """One address, with connections that are kept."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.busy = 0
        self._head = f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        self._idle: list[_Client] = []

    async def post(self, body: bytes, secret: str) -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError."""
        client = await self._client()
        head = f"{self._head}X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        answer = await client.request(head.encode() + body)
        self._idle.append(client)
        return answer

    async def _client(self) -> _Client:
        while self._idle:
            if not (client := self._idle.pop()).closed:
                return client
        _, client = await asyncio.get_running_loop().create_connection(_Client, self.host, self.port)
        return client


class _Client(asyncio.Protocol):
    """One connection to the bot; one request at a time."""

    closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_lost(self, _: Exception | None) -> None:
        self.closed = True
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def request(self, data: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        start, size = end + 4, int(length[1]) if length else 0
        if len(self._buffer) >= start + size:
            status, body = int(self._buffer[9:12]), self._buffer[start : start + size]
            self._buffer = b""
            self._answer.set_result((status, body))
