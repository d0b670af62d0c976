"""The `Store` port in memory. Everything goes through JSON, as in a database; one contract suite runs on both."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from bot.adapters.storage.rows import read_session, turn_of
from bot.dialogue.outputs import Ask, Conclude, Output, Settle, Tick, output_from_data, output_to_data
from bot.dialogue.session import Session
from bot.flow.answers import Answer
from bot.ports import LEASE_SECONDS, Backlog, Beat, Clock, Delivered, DueTimer, Timer, Unsent, Update


@dataclass
class Tables:
    """What the tables would hold."""

    sessions: dict[int, str] = field(default_factory=dict)
    answers: list[tuple[int, str, Any]] = field(default_factory=list)  # chat, question, value
    outbox: dict[int, Waiting] = field(default_factory=dict)
    shown: dict[tuple[int, int], int] = field(default_factory=dict)  # chat, turn -> message
    updates: dict[int, float] = field(default_factory=dict)  # id -> when it was handled
    timers: dict[tuple[int, str], float] = field(default_factory=dict)  # chat, kind -> when it is due
    left: set[int] = field(default_factory=set)
    workers: dict[str, tuple[float, float]] = field(default_factory=dict)  # id -> since, until
    last_id: int = 0


@dataclass(frozen=True)
class Waiting:
    """A row of the outbox."""

    chat: int
    output: str
    worker: str
    since: float


class MemoryStore:
    """Fills the ports `Store` and `Unit`."""

    def __init__(self, clock: Clock, tables: Tables | None = None, worker: str = "poller") -> None:
        self.tables = tables or Tables()
        self._clock, self._worker = clock, worker
        self._known = {number for number, row in self.tables.outbox.items() if row.worker == worker}  # to the delivery
        self._last_id = 0  # before this unit
        self._beaten = False
        self.heartbeat()

    @contextmanager
    def unit(self) -> Iterator[MemoryStore]:
        before = deepcopy(vars(self.tables))
        self._last_id, self._tapped, self._first = self.tables.last_id, dict[int, int](), dict[int, int | None]()
        try:
            yield self
        except BaseException:
            vars(self.tables).update(before)
            raise

    @property
    def outgoing(self) -> list[Unsent]:
        written = [one for one in self._waiting() if one.id > self._last_id]
        ready = [one for one in written if not self._has_to_wait(one)]
        self._known |= {one.id for one in ready}
        return ready

    def take(self, updates: Sequence[Update]) -> list[Update]:
        unique = {update.id: update for update in updates}
        doing = [one for one in unique.values() if one.done is not None or one.left or one.returned]
        self._first = {update.chat: update.tapped for update in reversed(doing)}
        new = [update for update in unique.values() if update.id not in self.tables.updates]
        self.tables.updates |= {update.id: self._clock() for update in new}
        return new

    def session(self, chat: int) -> Session | None:
        return read_session(self.tables.sessions.get(chat))

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
            if getattr(output, "urgent", False):
                self._drop(lambda one: one.chat == chat and isinstance(one.output, Ask))
            self.tables.last_id += 1
            text = json.dumps(output_to_data(output))
            self.tables.outbox[self.tables.last_id] = Waiting(chat, text, self._worker, self._clock())

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        self.tables.shown[chat, turn] = message_id
        if self._first.get(chat) == turn:
            self._tapped[chat] = turn
            self._drop(lambda one: one.chat == chat and isinstance(one.output, Ask) and one.output.turn == turn)

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        tables = self.tables
        tables.sessions.pop(chat, None)
        tables.answers = [row for row in tables.answers if row[0] != chat]
        tables.left.discard(chat)
        self._drop(lambda one: one.chat == chat)
        self.set_timers(chat, ())
        kept = {output.turn for output in farewell if isinstance(output, Settle)}
        tables.shown = {key: shown for key, shown in tables.shown.items() if key[0] != chat or key[1] in kept}
        self.send(chat, farewell)

    def mark_left(self, chat: int, *, left: bool, up_to: int | None = None) -> None:
        if up_to is not None:
            self._drop(lambda one: one.chat == chat and one.id <= up_to)
            if any(one.chat == chat for one in self._waiting()):
                return
        self.tables.left.discard(chat)
        if left:
            self._drop(lambda one: one.chat == chat)
            self.set_timers(chat, ())
            if chat in self.tables.sessions:
                self.tables.left.add(chat)

    def set_timers(self, chat: int, timers: Sequence[Timer]) -> None:
        kept = {key: due for key, due in self.tables.timers.items() if key[0] != chat}
        self.tables.timers = kept | {(chat, timer.kind): timer.due for timer in timers}

    def due_timers(self, now: float, limit: int) -> list[DueTimer]:
        due = [DueTimer(*key, due) for key, due in self.tables.timers.items() if due <= now]
        taken = sorted(due, key=lambda timer: timer.due)[:limit]
        for timer in taken:
            del self.tables.timers[timer.chat, timer.kind]
        return taken

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        mine = [one for one in self._waiting() if self._is_mine(one) and one.id not in but]
        ready = [one for one in mine if not any(map(self._is_others, self._before(one)))]
        handed = sorted(ready, key=lambda one: (not _urgent(one), one.id))[:limit]
        self._known |= {one.id for one in handed}
        return handed

    def waiting(self, ids: Collection[int]) -> set[int]:
        return {one.id for one in self._waiting() if one.id in ids and self._is_mine(one)}

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

    def heartbeat(self) -> Beat:
        workers, now = self.tables.workers, self._clock()
        unbroken = self._worker in self._living() or not self._beaten
        since = workers[self._worker][0] if self._worker in self._living() else now
        workers[self._worker], self._beaten = (since, now + LEASE_SECONDS), True
        if now - since > LEASE_SECONDS:
            self._take_over()
        return Beat(len(self._living()), unbroken)

    def leave(self) -> None:
        del self.tables.workers[self._worker]

    def backlog(self) -> Backlog:
        times = [row.since for row in self.tables.outbox.values()]
        return Backlog(len(times), min(times, default=None), max(self.tables.updates.values(), default=None))

    def _take_over(self) -> None:
        living = self._living()
        for number, row in self.tables.outbox.items():
            if row.worker not in living:
                self.tables.outbox[number] = replace(row, worker=self._worker)

    def _living(self) -> set[str]:
        return {worker for worker, (_, until) in self.tables.workers.items() if until >= self._clock()}

    def _has_to_wait(self, one: Unsent) -> bool:
        earlier = [other for other in self._before(one) if other.id <= self._last_id and not self._arrived(other)]
        return any(self._is_others(other) or other.id not in self._known for other in earlier)

    def _arrived(self, one: Unsent) -> bool:
        turn, tapped = turn_of(one.output), self._tapped.get(one.chat, 0)
        if turn is None or self._is_mine(one):
            return False
        earlier = turn < tapped and not isinstance(one.output, Conclude)
        return earlier or (turn == tapped and isinstance(one.output, Ask | Conclude))

    def _before(self, one: Unsent) -> list[Unsent]:
        """What has to be sent before it."""
        older = [other for other in self._waiting() if other.chat == one.chat and other.id < one.id]
        return [other for other in older if _urgent(other) or not _urgent(one)]

    def _is_mine(self, one: Unsent) -> bool:
        return self.tables.outbox[one.id].worker == self._worker

    def _is_others(self, one: Unsent) -> bool:
        return not self._is_mine(one)

    def _waiting(self) -> list[Unsent]:
        return [
            Unsent(number, row.chat, output_from_data(json.loads(row.output)), row.since)
            for number, row in self.tables.outbox.items()
        ]

    def _drop(self, which: Any) -> None:
        for one in filter(which, self._waiting()):
            del self.tables.outbox[one.id]


def _urgent(one: Unsent) -> bool:
    return getattr(one.output, "urgent", False)


def _redrawn(output: Output) -> int | None:
    if isinstance(output, Tick):
        return output.ask.turn
    return output.turn if isinstance(output, Settle) else None
