"""Sends what waits in the outbox: in order within a chat, chats side by side, what is urgent first.

What Telegram has answered is marked as sent within milliseconds, so that a crash repeats hardly more than what was
under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol, TypeVar

from bot.adapters.telegram.render import Renderer, Shown, turn_changed, turn_shown
from bot.adapters.telegram.sending import ChatGoneError, Sender
from bot.adapters.telegram.trouble import Trouble, insist, place
from bot.conversation import Delivered, Unsent
from bot.dialogue.outputs import Ask, Conclude, Output, Say, Settle, Tick
from bot.flow.errors import PtbotError

READ_AT_ONCE = 1000
LONGEST_PAUSE_SECONDS = 5.0
MARK_SECONDS = 0.005  # marks wait so long for others: a commit costs about as much as sending a message
STOP_SECONDS = 2.0  # what is under way at a stop gets so long to be finished and marked
REMEMBERED_CHATS = 20_000

T = TypeVar("T")
Lane = tuple[int, bool]  # a chat, and whether it is for what is urgent: that never waits for what is not

_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """Where outputs wait. A message id is negative where the message is a picture."""

    async def unsent(self, limit: int, but: Collection[int]) -> Sequence[Unsent]:
        """Outputs waiting to be sent, urgent ones first, else in order. `but`: ids already under way."""
        ...

    async def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered: remember which messages show which turns."""
        ...

    async def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs need not, or cannot, be delivered any more."""
        ...

    async def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent."""
        ...

    async def mark_left(self, chat: int) -> None:
        """The person blocked the bot: remember it and retire all that waits for them."""
        ...


class Delivery:
    """Delivers the outbox until cancelled."""

    def __init__(self, sender: Sender, renderer: Renderer, outbox: Outbox) -> None:
        self._sender, self._renderer, self._outbox = sender, renderer, outbox
        self._trouble = Trouble("The outbox cannot be read or marked")
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._waiting: defaultdict[Lane, dict[int, Unsent]] = defaultdict(dict)  # by lane, then by id
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._more = False  # the outbox holds more than was read
        self._delivered: dict[int, Delivered] = {}  # by id: not marked yet
        self._unmarked, self._marking = asyncio.Event(), asyncio.Lock()
        self._shown: dict[int, tuple[int, Shown]] = {}  # by chat: the turn shown last, to spare a look-up

    def wake(self) -> None:
        """There may be something new in the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver; what is under way when this is cancelled is finished first. Raises PtbotError."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_marking())
            try:
                while True:
                    self._woken.clear()
                    self._accept(await self._unsent(), group)
                    await self._woken.wait()
            except asyncio.CancelledError:
                await self._stop()
                raise

    async def _unsent(self) -> Sequence[Unsent]:
        under_way = {ident for waiting in self._waiting.values() for ident in waiting} | self._delivered.keys()
        return await self._insist(lambda: self._outbox.unsent(READ_AT_ONCE, under_way))

    async def _stop(self) -> None:
        self._stopping.set()
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=STOP_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._mark(), STOP_SECONDS)

    def _accept(self, entries: Sequence[Unsent], group: asyncio.TaskGroup) -> None:
        self._more = len(entries) >= READ_AT_ONCE
        for entry in entries:
            self._waiting[entry.chat, _urgent(entry.output)][entry.id] = entry
        for lane in self._waiting.keys() - self._lanes.keys():
            self._lanes[lane] = group.create_task(self._serve(lane))

    async def _serve(self, lane: Lane) -> None:
        """Deliver what waits in one lane, and what comes meanwhile."""
        chat, waiting = lane[0], self._waiting[lane]
        try:
            while waiting and not self._stopping.is_set():
                if not lane[1] and (chat, True) in self._lanes:
                    await asyncio.wait([self._lanes[chat, True]])
                    continue
                entry = waiting[min(waiting)]
                await self._deliver(entry, [other.output for other in waiting.values() if other.id > entry.id])
                del waiting[entry.id]
        except ChatGoneError:
            waiting.clear()
            await self._insist(lambda: self._outbox.mark_left(chat))
        finally:
            del self._lanes[lane], self._waiting[lane]
            if self._more or waiting:
                self.wake()

    async def _deliver(self, entry: Unsent, later: Sequence[Output]) -> None:
        try:
            if not _superseded(entry.output, later):
                self._note(entry, await self._send(entry))
                return
        except (ChatGoneError, PtbotError):
            raise
        except Exception as error:  # a mistake of ours in one output must not silence the bot for everybody
            _log.error("An output cannot be shown: %s", place(error))
        await self._insist(lambda: self._outbox.retire([entry]))

    async def _send(self, entry: Unsent) -> Shown | None:
        """The last message made shows the turn."""
        shown: Shown | None = None
        for call in self._renderer.calls(entry.output, await self._message(entry)):
            shown = await self._sender.send(entry.chat, call, urgent=_urgent(entry.output)) or shown
        return shown

    def _note(self, entry: Unsent, shown: Shown | None) -> None:
        """It was delivered; the mark follows."""
        turn, message_id = turn_shown(entry.output), None
        if shown is not None and turn is not None:
            self._remember(entry.chat, turn, shown)
            message_id = -shown.message_id if shown.picture else shown.message_id
        self._delivered[entry.id] = Delivered(entry, message_id)
        self._unmarked.set()

    async def _keep_marking(self) -> None:
        while True:
            await self._unmarked.wait()
            self._unmarked.clear()
            await asyncio.sleep(MARK_SECONDS)
            await self._mark()

    async def _mark(self) -> None:
        async with self._marking:
            delivered = list(self._delivered.values())
            if delivered:
                await self._insist(lambda: self._outbox.sent(delivered))
            for one in delivered:
                del self._delivered[one.unsent.id]

    async def _message(self, entry: Unsent) -> Shown | None:
        turn = turn_changed(entry.output)
        if turn is None:
            return None
        known = self._shown.get(entry.chat)
        if known and known[0] == turn:
            return known[1]
        stored = await self._insist(lambda: self._outbox.message_of(entry.chat, turn))
        return Shown(abs(stored), picture=stored < 0) if stored else None

    def _remember(self, chat: int, turn: int, shown: Shown) -> None:
        self._shown.pop(chat, None)
        self._shown[chat] = (turn, shown)
        if len(self._shown) > REMEMBERED_CHATS:
            del self._shown[next(iter(self._shown))]

    async def _insist(self, act: Callable[[], Awaitable[T]]) -> T:
        return await insist(act, self._trouble, LONGEST_PAUSE_SECONDS)


def _urgent(output: Output) -> bool:
    return isinstance(output, Say | Conclude) and output.urgent


def _superseded(output: Output, later: Sequence[Output]) -> bool:
    """Is it out of date before it was sent? Ticks that changed again, and a question that is already settled."""
    if isinstance(output, Tick):
        return any(turn_changed(other) == output.ask.turn for other in later)
    return isinstance(output, Ask) and any(isinstance(other, Settle) and other.turn == output.turn for other in later)
