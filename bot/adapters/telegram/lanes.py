"""What waits for one chat. What is urgent has a lane of its own: that never waits for what is not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Set

from bot.adapters.telegram.render import turn_changed
from bot.dialogue.outputs import Ask, Conclude, Output, Say, Settle, Tick
from bot.ports import Unsent


class Lane:
    """Outputs for a chat, delivered in the order of their ids."""

    def __init__(self, chat: int, *, urgent: bool) -> None:
        self.chat, self.urgent = chat, urgent
        self.waiting: dict[int, Unsent] = {}  # by id
        self.stuck: set[int] = set()  # ids that were tried for long: the others no longer wait for them
        self.made: dict[int, int] = {}  # by id, how many of its calls
        self.sending: int | None = None  # id of what is under way
        self.task: asyncio.Task[None] | None = None
        self._giving_up = False
        self._quiet = asyncio.Event()  # it rests, or is at its end
        self._heard: asyncio.Event | None = None  # ends a rest

    def add(self, entry: Unsent) -> None:
        """One more."""
        self.waiting[entry.id] = entry
        self.hear()

    def hear(self) -> None:
        """The chat was heard of: what is stuck is tried again."""
        if self._heard:
            self._heard.set()
            self._quiet.clear()

    def drop(self, ident: int) -> None:
        """It is over, if it was not yet."""
        self.waiting.pop(ident, None)
        self.made.pop(ident, None)
        self.stuck.discard(ident)

    def give_up(self) -> None:
        """What is under way need not be sent any more; the lane goes on with what comes after it."""
        if self.task and not self._giving_up:
            self._giving_up = True
            self.task.cancel()

    def gave_up(self) -> bool:
        """To be asked in the task that was cancelled: was it for this alone?"""
        given_up, self._giving_up = self._giving_up, False
        return given_up and self.task is not None and self.task.uncancel() == 0

    def first(self, but: Set[int]) -> Unsent | None:
        """The next one that was not tried in this round."""
        left = self.waiting.keys() - but
        return self.waiting[min(left)] if left else None

    def after(self, entry: Unsent) -> Iterator[Output]:
        """What follows it."""
        return (other.output for other in self.waiting.values() if other.id > entry.id)

    async def rest(self, seconds: float) -> None:
        """All that is left is stuck: wait until the chat is heard of, or for so long."""
        self._heard = asyncio.Event()
        self._quiet.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)
        self._heard = None
        self._quiet.clear()

    def end(self) -> None:
        """Nobody need wait for it any more."""
        self._quiet.set()

    async def passed(self) -> None:
        """Wait until all that can be delivered is."""
        await self._quiet.wait()


def is_urgent(output: Output) -> bool:
    """Does it overtake everything else?"""
    return isinstance(output, (Say, Conclude)) and output.urgent


def superseded(output: Output, later: Iterable[Output]) -> bool:
    """Is it out of date before it was sent? Ticks that changed again, and a question after which another came."""
    if isinstance(output, Tick):
        return any(turn_changed(other) == output.ask.turn for other in later)
    return isinstance(output, Ask) and any(
        isinstance(other, (Ask, Conclude)) or (isinstance(other, Settle) and other.turn == output.turn)
        for other in later
    )
