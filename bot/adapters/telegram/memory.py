"""What the delivery remembers of chats for a while, to spare look-ups and repetitions."""

from __future__ import annotations

from typing import NamedTuple

from bot.adapters.telegram.render import Shown
from bot.ports import Unsent

REMEMBERED_CHATS = 5_000  # 200 bytes each; of one that is forgotten the outbox is asked
MISSED_SECONDS = 30.0  # what is so much overdue was missed


class _Latest(NamedTuple):
    output: int  # id of the output
    turn: int
    shown: Shown


class Screens:
    """Which message shows a chat's latest turn."""

    def __init__(self) -> None:
        self._latest: dict[int, _Latest] = {}  # by chat

    def message_of(self, chat: int, turn: int) -> Shown | None:
        """The message that shows the turn, if it is the latest."""
        latest = self._latest.get(chat)
        return latest.shown if latest and latest.turn == turn else None

    def passed(self, entry: Unsent) -> bool:
        """Does the chat show a later turn already?"""
        latest = self._latest.get(entry.chat)
        return latest is not None and latest.output > entry.id

    def show(self, entry: Unsent, turn: int, shown: Shown) -> None:
        """This message shows the turn now."""
        self._keep(entry.chat, _Latest(entry.id, turn, shown))

    def tapped(self, chat: int, turn: int, shown: Shown) -> None:
        """A tap came from the message that shows the turn, whoever sent that."""
        latest = self._latest.get(chat)
        if latest is None or latest.turn < turn:
            self._keep(chat, _Latest(latest.output if latest else 0, turn, shown))

    def _keep(self, chat: int, latest: _Latest) -> None:
        self._latest.pop(chat, None)
        self._latest[chat] = latest
        if len(self._latest) > REMEMBERED_CHATS:
            del self._latest[next(iter(self._latest))]


class Interruptions:
    """Who has to be told that there was one. Times are in seconds since 1970."""

    def __init__(self) -> None:
        self._told: dict[int, float] = {}  # by chat: when

    def missed(self, entry: Unsent, now: float) -> bool:
        """Is it overdue, and does the chat not know of that interruption yet?"""
        return now - entry.since > MISSED_SECONDS and entry.since > self._told.get(entry.chat, 0.0)

    def told(self, chat: int, now: float) -> None:
        """The chat knows of what was before now."""
        self._told.pop(chat, None)
        self._told[chat] = now
        if len(self._told) > REMEMBERED_CHATS:
            del self._told[next(iter(self._told))]
