"""The outputs of one transaction, on their way into the outbox and out again."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

from bot.adapters.storage.line import Rows, Transaction
from bot.adapters.storage.prepared import Spelled
from bot.adapters.storage.rows import ASKING, REDRAWING, URGENT, Row, output_row, redraws
from bot.dialogue.outputs import Ask, Output
from bot.ports import Unsent

Written = tuple[Unsent, int]  # into the outbox, with its rank
Key = tuple[int, object]  # a chat, and what later drawings of the same question share


class Outgoing:
    """In sending order."""

    def __init__(self, worker: str, now: float) -> None:
        self._worker, self._now = worker, now
        self._gathered: dict[Key, tuple[Row, Output]] = {}
        self._over: list[Row] = []  # what need not be sent any more: its chat, turn (None: any) and kind
        self._written: dict[Key, tuple[Row, Output, _Numbers, int]] = {}  # with the place among those written with it

    def written(self) -> list[Written]:
        """What went into the outbox, and was not replaced or dropped since. To be asked for after the commit."""
        return [
            (Unsent(numbers.in_order[place], row["chat"], output, self._now), row["rank"])
            for row, output, numbers, place in self._written.values()
        ]

    def add(self, chat: int, output: Output) -> None:
        """Put it into the outbox. A redrawn question replaces older drawings of it that still wait.

        What is urgent replaces the questions that still wait: none of them may follow an alarm.
        """
        row, key = output_row(chat, output, self._worker, self._now), (chat, object())
        if redraws(output):
            turn = row["turn"]
            key = chat, turn
            self._gathered.pop(key, None)
            self._written.pop(key, None)
            self._over += [{"chat": chat, "turn": turn, "kind": kind} for kind in REDRAWING]
        elif row["rank"] == URGENT:
            self._drop(chat, Ask)
            self._over.append({"chat": chat, "turn": None, "kind": ASKING})
        self._gathered[key] = row, output

    def arrived(self, chat: int, turn: int) -> None:
        """The question of this turn need not be sent, if it still waits from before: the person has it."""
        self._over.append({"chat": chat, "turn": turn, "kind": ASKING})

    def drop(self, chat: int) -> None:
        """What was put for this chat."""
        self._drop(chat, object)

    def _drop(self, chat: int, kind: type) -> None:
        gathered, written = self._gathered.items(), self._written.items()
        self._gathered = {key: kept for key, kept in gathered if key[0] != chat or not isinstance(kept[1], kind)}
        self._written = {key: kept for key, kept in written if key[0] != chat or not isinstance(kept[1], kind)}

    def write(self, transaction: Transaction, spelled: Spelled, waiting: Container[int]) -> None:
        """Into the outbox. `waiting`: the chats in which something waited before."""
        over = [row for row in self._over if row["chat"] in waiting or self._written]
        if over:
            transaction.run(spelled.forget_over, rows=over)
        if self._gathered:
            numbers = _Numbers(transaction.run(spelled.add_outputs, rows=[row for row, _ in self._gathered.values()]))
            for place, (key, (row, output)) in enumerate(self._gathered.items()):
                self._written[key] = row, output, numbers, place
        self._gathered, self._over = {}, []


class _Numbers:
    """Ids of outputs that were written together; they were given out in that order."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @cached_property
    def in_order(self) -> list[int]:
        """By the place of the output."""
        return sorted([number for (number,) in self._rows()])
