"""Brings one output onto a phone: the calls that takes, and which message shows the turn from then on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.adapters.telegram.lanes import Lane, superseded
from bot.adapters.telegram.memory import Interruptions, Screens
from bot.adapters.telegram.render import Call, Renderer, Shown, makes_message, turn_changed, turn_shown
from bot.adapters.telegram.sending import Sender, always
from bot.dialogue.outputs import Ask
from bot.ports import Clock, Unsent
from bot.watch import Watch


class Presenter:
    """`message_of` finds the message that shows a chat's turn; its id is negative where it is a picture.

    `wanted` tells whether the output with an id still has to be sent.
    """

    def __init__(
        self,
        sender: Sender,
        renderer: Renderer,
        message_of: Callable[[int, int], Awaitable[int | None]],
        wanted: Callable[[int], Awaitable[bool]],
        clock: Clock,
        watch: Watch,
    ) -> None:
        self._sender, self._renderer, self._message_of, self._wanted = sender, renderer, message_of, wanted
        self._clock, self._watch = clock, watch
        self._screens, self._interruptions = Screens(), Interruptions()

    def superseded(self, lane: Lane, entry: Unsent) -> bool:
        """Is it out of date before it was sent?"""
        overtaken = isinstance(entry.output, Ask) and self._screens.passed(entry)  # by an alarm with buttons
        return overtaken or superseded(entry.output, lane.after(entry))

    def tapped(self, chat: int, turn: int, message: int) -> None:
        """This message shows the turn, as a tap on it tells; negative: a picture."""
        self._screens.tapped(chat, turn, Shown(abs(message), picture=message < 0))

    async def show(self, lane: Lane, entry: Unsent) -> int | None:
        """Make the calls that were not made in an earlier round.

        The message that shows the entry's turn from now on, if one does; negative: a picture.
        Raises ChatGoneError, StuckError, UnwantedError, TokenError.
        """
        shown: Shown | None = None  # the last message made shows the turn
        calls = self._renderer.calls(entry.output, await self._message(entry))
        for call in calls[lane.made.get(entry.id, 0) :]:
            if makes_message(call):
                await self._apologise(lane, entry)
            shown = await self._call(lane, entry, call) or shown
            lane.made[entry.id] = lane.made.get(entry.id, 0) + 1
        return self._noted(entry, shown) if shown else None

    def _noted(self, entry: Unsent, shown: Shown) -> int | None:
        turn = turn_shown(entry.output)
        if turn is None:
            return None
        self._screens.show(entry, turn, shown)
        return -shown.message_id if shown.picture else shown.message_id

    async def _apologise(self, lane: Lane, entry: Unsent) -> None:
        """What is long overdue does not come without a word."""
        now = self._clock()
        if self._interruptions.missed(entry, now):
            for call in self._renderer.missed():
                await self._call(lane, entry, call)
            self._interruptions.told(entry.chat, now)

    async def _call(self, lane: Lane, entry: Unsent, call: Call) -> Shown | None:
        wanted = always if lane.urgent else partial(self._wanted, entry.id)  # an alarm waits for no database
        shown = await self._sender.send(entry.chat, call, urgent=lane.urgent, once=bool(lane.stuck), wanted=wanted)
        if shown:
            self._watch.sent(call.method, self._clock() - entry.since)
        return shown

    async def _message(self, entry: Unsent) -> Shown | None:
        turn = turn_changed(entry.output)
        if turn is None:
            return None
        if known := self._screens.message_of(entry.chat, turn):
            return known
        stored = await self._message_of(entry.chat, turn)
        return Shown(abs(stored), picture=stored < 0) if stored else None
