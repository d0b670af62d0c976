"""Updates for getUpdates: kept until a higher offset confirms them."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice

from bench.standin.params import Params
from bench.standin.wire import Connection

BATCH = 100
_CONFLICT = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'


class Polling:
    """The queue, and the one request that waits for something to come into it."""

    def __init__(self, latency_seconds: float) -> None:
        self.pending: deque[tuple[int, str]] = deque()  # id, JSON
        self._latency = latency_seconds
        self._waiting: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None

    def push(self, ident: int, update: str) -> None:
        """Something happened."""
        self.pending.append((ident, update))
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._answer)  # not at once: what comes in this moment goes along

    def get(self, connection: Connection, params: Params) -> None:
        """getUpdates."""
        offset = int(params.get("offset") or 0)
        while self.pending and self.pending[0][0] < offset:
            self.pending.popleft()
        self.stop(_CONFLICT, 409)
        self._waiting = connection
        if self.pending:
            self._answer()
        else:
            self._timer = asyncio.get_running_loop().call_later(float(params.get("timeout") or 0), self._answer)

    def stop(self, answer: bytes = b'{"ok":true,"result":[]}', status: int = 200) -> None:
        """End the request that waits."""
        if self._waiting:
            self._taken().reply(answer, status)

    def _answer(self) -> None:
        if self._waiting is None:
            return
        updates = ",".join(update for _, update in islice(self.pending, BATCH))
        body = f'{{"ok":true,"result":[{updates}]}}'.encode()
        asyncio.get_running_loop().call_later(self._latency, self._taken().reply, body)

    def _taken(self) -> Connection:
        assert self._waiting
        connection, self._waiting = self._waiting, None
        if self._timer:
            self._timer.cancel()
        return connection
