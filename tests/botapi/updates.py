"""The updates that wait: kept and given again until they are confirmed, by a poll's offset or by the webhook's 200."""

import asyncio
from collections.abc import Callable, Container
from typing import Any

from tests.botapi.faults import Arrange
from tests.botapi.rules.errors import OTHER_POLLER, TERMINATED_BY_WEBHOOK, RefusedError
from tests.botapi.signals import Signal

Update = dict[str, Any]
Queue = tuple[str, int]

MAX_POLL_SECONDS = 50
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    def __init__(self, first_id: int = 1000) -> None:
        self.arrange: Arrange = list  # how a batch is delivered; see faults
        self.again: Callable[[], bool] = lambda: False  # is what was just confirmed given once more? see faults
        self.allowed: frozenset[str] = frozenset()  # kinds asked for; empty means Telegram's default
        self.changed = Signal()  # there may be something to deliver
        self._pending: list[Update] = []
        self._repeated: list[Update] = []  # confirmed, yet given once more
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
        self.changed.fire()
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
            self._forget([update for update in self._pending if update["update_id"] < offset])

    def confirm_one(self, update: Update) -> None:
        """The webhook took it."""
        if update in self._repeated:
            self._repeated.remove(update)
        else:
            self._forget([update])
        self.changed.fire()

    def drop(self) -> None:
        """Forget everything that waits."""
        self._pending.clear()
        self._repeated.clear()

    def heads(self, but: Container[Queue]) -> list[Update]:
        """What a webhook may be given now: the oldest of each queue, apart from these queues."""
        heads: dict[Queue, Update] = {}
        for update in self._repeated + self._pending:
            queue = queue_of(update)
            if queue not in but:
                heads.setdefault(queue, update)
        return self.arrange(list(heads.values()))

    async def get(self, offset: int, limit: int, timeout_seconds: int) -> list[Update]:
        """What is not confirmed, waiting for something if there is nothing. Raises RefusedError: Conflict."""
        self.confirm(offset)
        if not self._pending and not self._repeated and timeout_seconds > 0:
            await self._wait(min(timeout_seconds, MAX_POLL_SECONDS))
        repeated, self._repeated = self._repeated, []
        return self.arrange((repeated + self._pending)[: max(1, min(limit, 100))])

    def stop_polling(self) -> None:
        """The waiting request is answered with nothing."""
        self._wake()

    def interrupt_for_webhook(self) -> None:
        self._interrupt(TERMINATED_BY_WEBHOOK)

    def _forget(self, confirmed: list[Update]) -> None:
        ids = {update["update_id"] for update in confirmed}
        self._pending = [update for update in self._pending if update["update_id"] not in ids]
        self._repeated += [update for update in confirmed if self.again()]

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


def queue_of(update: Update) -> Queue:
    """Where an update waits its turn. On Telegram a chat's messages, a person's taps and a chat's coming and going are
    three queues: a tap may overtake a message."""
    for kind, content in update.items():
        if isinstance(content, dict):
            whose = content.get("from" if kind == "callback_query" else "chat")
            if isinstance(whose, dict) and "id" in whose:
                return kind.removeprefix("edited_"), whose["id"]
    return "of its own", update["update_id"]
