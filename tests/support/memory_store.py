"""The `Store` port in memory. Everything goes through JSON, as in a database; one contract suite runs on both."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from bot.conversation import Clock, Delivered, Unsent, Update
from bot.dialogue.outputs import Output, Settle, Tick, output_from_data, output_to_data
from bot.dialogue.session import Session, session_from_data
from bot.flow.answers import Answer


@dataclass
class Tables:
    """What the tables would hold."""

    sessions: dict[int, str] = field(default_factory=dict)
    answers: list[tuple[int, str, Any]] = field(default_factory=list)  # chat, question, value
    outbox: dict[int, tuple[int, str]] = field(default_factory=dict)  # id -> chat, output
    shown: dict[tuple[int, int], int] = field(default_factory=dict)  # chat, turn -> message
    updates: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    last_id: int = 0


class MemoryStore:
    """Fills the ports `Store` and `Unit`."""

    def __init__(self, clock: Clock) -> None:
        self.tables = Tables()
        self._clock = clock

    @contextmanager
    def unit(self) -> Iterator[MemoryStore]:
        before = deepcopy(self.tables)
        try:
            yield self
        except BaseException:
            self.tables = before
            raise

    def take(self, updates: Sequence[Update]) -> list[Update]:
        new = {update.id: update for update in updates if update.id not in self.tables.updates}
        self.tables.updates |= set(new)
        return list(new.values())

    def session(self, chat: int) -> Session | None:
        text = self.tables.sessions.get(chat)
        return session_from_data(json.loads(text)) if text else None

    def save(self, chat: int, session: Session, given: Sequence[Answer]) -> None:
        self.tables.sessions[chat] = json.dumps(session.to_data())
        self.tables.answers += [(chat, answer.question, json.loads(json.dumps(answer.value))) for answer in given]
        self.tables.left.discard(chat)

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        if chat in self.tables.left:
            return
        for output in outputs:
            if _redrawn(output) is not None:
                self._drop(lambda one, new=output: one.chat == chat and _redrawn(one.output) == _redrawn(new))
            self.tables.last_id += 1
            self.tables.outbox[self.tables.last_id] = (chat, json.dumps(output_to_data(output)))

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        self.tables.shown[chat, turn] = message_id

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        tables = self.tables
        tables.sessions.pop(chat, None)
        tables.answers = [row for row in tables.answers if row[0] != chat]
        tables.left.discard(chat)
        self._drop(lambda one: one.chat == chat)
        kept = {output.turn for output in farewell if isinstance(output, Settle)}
        tables.shown = {key: shown for key, shown in tables.shown.items() if key[0] != chat or key[1] in kept}
        self.send(chat, farewell)

    def mark_left(self, chat: int, *, left: bool) -> None:
        self.tables.left.discard(chat)
        if left:
            self._drop(lambda one: one.chat == chat)
            if chat in self.tables.sessions:
                self.tables.left.add(chat)

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        waiting = [one for one in self._waiting() if one.id not in but]
        return sorted(waiting, key=lambda one: (not getattr(one.output, "urgent", False), one.id))[:limit]

    def sent(self, delivered: Sequence[Delivered]) -> None:
        for one in delivered:
            output, turn = one.unsent.output, getattr(one.unsent.output, "turn", None)
            waits = one.unsent.id in self.tables.outbox
            if waits and one.message_id is not None and turn is not None and not isinstance(output, Settle):
                self.tables.shown[one.unsent.chat, turn] = one.message_id
        self.retire([one.unsent for one in delivered])

    def retire(self, unsent: Sequence[Unsent]) -> None:
        for one in unsent:
            self.tables.outbox.pop(one.id, None)
            if isinstance(one.output, Settle):
                self.tables.shown.pop((one.chat, one.output.turn), None)

    def message_of(self, chat: int, turn: int) -> int | None:
        return self.tables.shown.get((chat, turn))

    def _waiting(self) -> list[Unsent]:
        return [
            Unsent(number, chat, output_from_data(json.loads(text)))
            for number, (chat, text) in self.tables.outbox.items()
        ]

    def _drop(self, which: Any) -> None:
        for one in filter(which, self._waiting()):
            del self.tables.outbox[one.id]


def _redrawn(output: Output) -> int | None:
    if isinstance(output, Tick):
        return output.ask.turn
    return output.turn if isinstance(output, Settle) else None
