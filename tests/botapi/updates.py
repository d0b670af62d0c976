"""The queue of updates: kept and given again until a higher offset confirms them; one poller at a time."""

import asyncio
from typing import Any

from tests.botapi.faults import Arrange
from tests.botapi.rules.errors import OTHER_POLLER, TERMINATED_BY_WEBHOOK, RefusedError

Update = dict[str, Any]

MAX_POLL_SECONDS = 50
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    def __init__(self, first_id: int = 1000) -> None:
        self.arrange: Arrange = list  # how a batch is delivered; see faults
        self.allowed: frozenset[str] = frozenset()  # kinds asked for; empty means Telegram's default
        self._pending: list[Update] = []
        self._next_id = first_id
        self._poll: asyncio.Future[None] | None = None  # the one waiting request

    @property
    def pending(self) -> list[Update]:
        """Not confirmed yet, oldest first."""
        return list(self._pending)

    def push(self, update: Update) -> int:
        """Queue exactly this update, whatever the bot asked for; it gets an update_id unless it has one."""
        numbered = {"update_id": self._next_id} | update
        self._next_id = max(self._next_id, numbered["update_id"]) + 1
        self._pending.append(numbered)
        self._wake()
        return int(numbered["update_id"])

    def deliver(self, kind: str, payload: dict[str, Any]) -> int | None:
        """Queue what a person did, unless the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST
        return self.push({kind: payload}) if wanted else None

    def confirm(self, offset: int) -> None:
        """Forget what came before this offset; a negative one keeps only that many of the newest."""
        if offset < 0:
            self._pending = self._pending[offset:]
        elif offset > 0:
            self._pending = [update for update in self._pending if update["update_id"] >= offset]

    def drop(self) -> None:
        """Forget everything that waits."""
        self._pending.clear()

    async def get(self, offset: int, limit: int, timeout_seconds: int) -> list[Update]:
        """What is not confirmed, waiting for something if there is nothing. Raises RefusedError: Conflict."""
        self.confirm(offset)
        if not self._pending and timeout_seconds > 0:
            await self._wait(min(timeout_seconds, MAX_POLL_SECONDS))
        return self.arrange(self._pending[: max(1, min(limit, 100))])

    def stop_polling(self) -> None:
        """The waiting request is answered with nothing."""
        self._wake()

    def interrupt_for_webhook(self) -> None:
        self._interrupt(TERMINATED_BY_WEBHOOK)

    async def _wait(self, seconds: float) -> None:
        self._interrupt(OTHER_POLLER)
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _wake(self) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def _interrupt(self, reason: str) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_exception(RefusedError(409, reason))
