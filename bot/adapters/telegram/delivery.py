"""Sends what waits in the outbox: in order within a chat, chats side by side, what is urgent first.

What was just saved is handed over directly; what a dead worker left, or waited for another worker, is found by reading.
What Telegram has taken is marked as sent within milliseconds, so that a crash repeats hardly more than what was under
way.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable

import structlog

from bot.adapters.telegram.lanes import Lane, is_urgent
from bot.adapters.telegram.outbox import InsistentOutbox, Outbox
from bot.adapters.telegram.presenting import Presenter
from bot.adapters.telegram.render import Renderer
from bot.adapters.telegram.sending import ChatGoneError, Sender, StuckError, UnwantedError
from bot.adapters.telegram.trouble import place
from bot.flow.errors import PtbotError
from bot.ports import Beat, Clock, Delivered, Unsent, Update
from bot.watch import Watch

HELD_AT_MOST = 5000  # outputs; the rest stays in the outbox
READ_AT_ONCE = 1000
URGENT_AT_ONCE = 50  # of what is urgent, when no more is held
READ_SECONDS = 0.5  # between two readings
READ_ON_SECONDS = 0.1  # where there is more to read
LEASE_LOOK_SECONDS = 0.2
LOOK_SECONDS = 0.5  # between two looks whether what is held still has to be sent
REST_SECONDS = 60.0  # what is stuck is tried again so often
STOP_SECONDS = 0.8  # what is under way at a stop gets so long to be finished, and so long to be marked

_log = structlog.get_logger(__name__)


class Delivery:
    """Delivers the outbox until cancelled. `may_send`: is what waits there certainly ours?"""

    def __init__(
        self,
        sender: Sender,
        renderer: Renderer,
        outbox: Outbox,
        *,
        clock: Clock = time.time,
        may_send: Callable[[], bool] = lambda: True,
        watch: Watch | None = None,
    ) -> None:
        self._sender, self._may_send, self._watch = sender, may_send, watch or Watch()
        self._outbox = InsistentOutbox(outbox, self._forget)
        self._presenter = Presenter(sender, renderer, self._outbox.message_of, self._outbox.wanted, clock, self._watch)
        self._woken, self._stopping = asyncio.Event(), False
        self._group: asyncio.TaskGroup  # of the lanes, while it runs
        self._lanes: dict[tuple[int, bool], Lane] = {}  # by chat, and whether it is the urgent one
        self._held: set[int] = set()  # ids of what waits in a lane, is under way, or not marked yet
        self._over: set[int] = set()  # ids that left the outbox since the last reading began
        self._complete = False  # the outbox holds nothing that was not read
        self._dropped = False  # since the last reading began

    def put(self, unsent: Iterable[Unsent]) -> None:
        """These were just saved: deliver them."""
        full = len(self._held) >= HELD_AT_MOST
        self._complete = self._complete and not full
        if self._complete and self._may_send() and not self._stopping:
            self._accept(unsent)
        elif not full:  # they come after what is there
            self.wake()

    def tapped(self, updates: Iterable[Update]) -> None:
        """These came: their taps tell which messages show what, though another worker may have sent them."""
        for update in updates:
            if update.message is not None and update.tapped is not None:
                self._presenter.tapped(update.chat, update.tapped, update.message)

    def wake(self) -> None:
        """There may be something new in the outbox."""
        self._woken.set()

    def renewed(self, beat: Beat) -> None:
        """The lease was renewed. To be called before `may_send` takes note of it."""
        self._sender.share(beat.living)
        if not (beat.unbroken and self._may_send()):
            self._drop()

    async def run(self) -> None:
        """Deliver; what is under way when this is cancelled is finished first. Raises PtbotError."""
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._outbox.keep_marking())
            self._group.create_task(self._mind_the_lease())
            self._group.create_task(self._mind_what_is_lost())
            try:
                while True:
                    await self._read()
                    with contextlib.suppress(TimeoutError):
                        seconds = READ_SECONDS if self._complete else READ_ON_SECONDS
                        await asyncio.wait_for(self._woken.wait(), seconds)
            except asyncio.CancelledError:
                await self._stop()
                raise

    async def _read(self) -> None:
        self._woken.clear()
        if not self._may_send():
            return
        full = len(self._held) >= HELD_AT_MOST
        limit = URGENT_AT_ONCE if full else READ_AT_ONCE
        self._over.clear()
        self._dropped = False
        entries = await self._outbox.unsent(limit, frozenset(self._held))
        if self._dropped or not self._may_send():  # meanwhile: these may belong to another worker by now
            return
        self._complete = len(entries) < limit and not full
        fitting = (entry for entry in entries if not full or is_urgent(entry.output))
        self._accept(entry for entry in fitting if entry.id not in self._over)

    async def _mind_the_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_LOOK_SECONDS)
            if not self._may_send():
                self._drop()

    async def _mind_what_is_lost(self) -> None:
        """What was erased must not be shown after the farewell; nor what another worker sends by now."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            held = {ident for lane in self._lanes.values() for ident in lane.waiting}
            if held:
                self._lose(held - await self._outbox.waiting(held))

    def _lose(self, lost: set[int]) -> None:
        for lane in self._lanes.values():
            if lane.sending in lost:
                lane.give_up()
            for ident in lost & lane.waiting.keys():
                self._lost(lane, ident)

    def _lost(self, lane: Lane, ident: int) -> None:
        self._forget(ident)
        lane.drop(ident)

    async def _stop(self) -> None:
        self._stopping = True
        if tasks := [lane.task for lane in self._lanes.values() if lane.task]:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        await self._outbox.finish(STOP_SECONDS)

    def _drop(self) -> None:
        """What waits may belong to another worker by now. The next reading tells."""
        self._complete, self._dropped = False, True
        for lane in self._lanes.values():
            if lane.task:
                lane.task.cancel()

    def _forget(self, ident: int) -> None:
        """It is not in the outbox any more."""
        self._held.discard(ident)
        self._over.add(ident)

    def _accept(self, entries: Iterable[Unsent]) -> None:
        for entry in entries:
            if entry.id not in self._held:
                self._held.add(entry.id)
                self._lane(entry.chat, is_urgent(entry.output)).add(entry)
                if alarms := self._lanes.get((entry.chat, True)):
                    alarms.hear()

    def _lane(self, chat: int, urgent: bool) -> Lane:
        lane = self._lanes.get((chat, urgent))
        if lane is None:
            lane = self._lanes[chat, urgent] = Lane(chat, urgent=urgent)
            lane.task = self._group.create_task(self._serve(lane))
            lane.task.add_done_callback(lambda _: self._end(lane))  # it may be cancelled before it has begun
        return lane

    async def _serve(self, lane: Lane) -> None:
        """Deliver what waits in one lane, and what comes meanwhile."""
        try:
            while lane.waiting and not self._stopping:
                await self._round(lane)
                if lane.waiting and not self._stopping:
                    await lane.rest(REST_SECONDS)
        finally:
            self._end(lane)

    def _end(self, lane: Lane) -> None:
        """Nothing more is sent by this lane. What still waits there has to be read again."""
        if self._lanes.get((lane.chat, lane.urgent)) is not lane:
            return
        del self._lanes[lane.chat, lane.urgent]
        lane.end()
        if lane.waiting:
            self._held -= lane.waiting.keys()
            self._complete, self._dropped = False, True

    async def _round(self, lane: Lane) -> None:
        """Try each once. Where one is stuck, the others are not tried for long either: it may be the chat."""
        tried: set[int] = set()
        while (entry := lane.first(tried)) and self._may_send() and not self._stopping:
            if not lane.urgent and (alarms := self._lanes.get((lane.chat, True))):
                await alarms.passed()
            tried.add(entry.id)
            try:
                await self._deliver(lane, entry)
            except StuckError:
                lane.stuck.add(entry.id)
            except ChatGoneError:
                await self._gone(lane)
            except UnwantedError:
                self._lost(lane, entry.id)
            except asyncio.CancelledError:
                if not lane.gave_up():
                    raise
                self._lost(lane, entry.id)
            else:
                lane.drop(entry.id)

    async def _gone(self, lane: Lane) -> None:
        """What waits now was refused. Who writes meanwhile is back, and has something newer to wait for."""
        refused = sorted(lane.waiting)
        await self._outbox.mark_left(lane.chat, refused[-1])
        for ident in refused:
            self._watch.retired("left")
            self._lost(lane, ident)

    async def _deliver(self, lane: Lane, entry: Unsent) -> None:
        try:
            if not self._presenter.superseded(lane, entry):
                lane.sending = entry.id
                self._outbox.delivered(Delivered(entry, await self._presenter.show(lane, entry)))
                return
            self._watch.retired("superseded")
        except (ChatGoneError, StuckError, UnwantedError, PtbotError):
            raise
        except Exception as error:  # a mistake of ours in one output must not silence the bot for everybody
            _log.error("An output cannot be shown", reason=place(error), chat=entry.chat)
            self._watch.retired("refused")
        finally:
            lane.sending = None
        await self._outbox.retire([entry])
