"""One transaction over conversations. Writes are gathered and made together at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.adapters.storage.line import Transaction
from bot.adapters.storage.outgoing import Outgoing, Written
from bot.adapters.storage.prepared import Spelled, Statement
from bot.adapters.storage.remembered import Remembered
from bot.adapters.storage.rows import Row, answer_row, empty_session_row, session_row, timer_row
from bot.dialogue.outputs import Output, Settle
from bot.dialogue.session import Session
from bot.flow.answers import Answer
from bot.ports import DueTimer, Timer, Unsent, Update


class SqlUnit:
    """Fills the `Unit` port."""

    def __init__(
        self, transaction: Transaction, spelled: Spelled, worker: str, now: float, remembered: Remembered
    ) -> None:
        self._run, self._transaction, self._spelled = transaction.run, transaction, spelled
        self._worker, self._now, self._remembered = worker, now, remembered
        self._sessions: dict[int, Session | None] = {}  # of the chats locked so far
        self._unread: dict[int, str | None] = {}  # as stored: whatever is wrong with one, the others can be read
        self._first_tapped: dict[int, int] = {}  # by chat, the turn that has arrived if the session stands there
        self._left: set[int] = set()
        self._saved: dict[int, Row] = {}
        self._given: list[Row] = []
        self._shown: dict[tuple[int, int], Row] = {}
        self._timers: dict[int, list[Row]] = {}
        self._outputs = Outgoing(worker, now)
        self.waiting: dict[int, int] = {}  # by chat, the least rank of what has to be sent before this unit's outputs
        self._waiting_if_arrived: dict[int, int] = {}  # the same, should the turn that was tapped have arrived
        self.erased = False  # was anything?
        self.outgoing: list[Unsent] = []

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Note updates as handled. Those that are new, each once; their chats are locked until the end."""
        if not updates:
            return []
        unique = {update.id: update for update in updates}
        notes = [{"id": number, "handled_at": self._now} for number in sorted(unique)]
        noted = self._run(self._spelled.note_updates, rows=notes)
        doing = [update for update in unique.values() if update.done is not None or update.left or update.returned]
        self._first_tapped = {update.chat: update.tapped or 0 for update in reversed(doing)}  # the first of each chat
        self._load({update.chat for update in doing})
        new = {number for (number,) in noted()}
        return [update for update in unique.values() if update.id in new]

    def session(self, chat: int) -> Session | None:
        """The chat's session, locked until the end of the transaction."""
        self._lock(chat)
        if chat in self._unread:
            self._sessions[chat] = self._remembered.read(chat, self._unread[chat])
            del self._unread[chat]
        return self._sessions[chat]

    def save(self, chat: int, session: Session, given: Sequence[Answer]) -> None:
        """Keep the session, and record the answers given. Who is saved has not left."""
        self._lock(chat)
        self._know(chat, session)
        self._left.discard(chat)
        self._saved[chat] = row = session_row(chat, session, self._now)
        self._remembered.note(chat, row["session"], session, self._now)
        self._given += [answer_row(chat, answer, session.touched_at) for answer in given]

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        """Put outputs into the outbox, in order. A redrawn question replaces older drawings of it that still wait."""
        self._lock(chat)
        for output in outputs if chat not in self._left else ():
            self._outputs.add(chat, output)

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        """This message shows the turn: it has arrived, and what belongs to earlier turns."""
        if turn == self._first_tapped.get(chat) and chat in self._waiting_if_arrived:
            self.waiting[chat] = self._waiting_if_arrived[chat]
            self._outputs.arrived(chat, turn)
        self._shown[chat, turn] = {"chat": chat, "turn": turn, "message_id": message_id}

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        """Delete everything about the chat. Only the farewell remains, until it is sent."""
        self._drop(chat, [self._spelled.erase_session, self._spelled.erase_answers, *self._planned()])
        settled = [{"turn": output.turn} for output in farewell if isinstance(output, Settle)]
        self._run(self._spelled.forget_shown_but, of_chat=chat, rows=settled)
        self._transaction.pause()
        self._know(chat, None)
        self._remembered.forget(chat)
        self._left.discard(chat)
        self.erased = True
        self.send(chat, farewell)

    def mark_left(self, chat: int, *, left: bool, up_to: int | None = None) -> None:
        """Remember that the person blocked the bot, or came back. What waits for somebody who left is retired."""
        if up_to is not None and self._newer_waits(chat, up_to):
            return
        self._drop(chat, self._planned() if left else [])
        self._run(self._spelled.mark_left, of_chat=chat, left=left)
        self._transaction.pause()
        self._left.discard(chat)
        if left and self._known(chat):
            self._left.add(chat)

    def set_timers(self, chat: int, timers: Sequence[Timer]) -> None:
        """The chat has exactly these timers from now on."""
        self._lock(chat)
        self._timers[chat] = [timer_row(chat, timer) for timer in timers]

    def due_timers(self, now: float, limit: int) -> list[DueTimer]:
        """Take timers whose time has come, oldest first, out of the store; their chats are locked until the end."""
        locked = {chat for (chat,) in self._run(self._spelled.lock_due_chats, now=now, at_most=limit)()}
        if not locked:
            return []
        self._read(sorted(locked - self._sessions.keys()))
        taken = self._run(self._spelled.take_timers, rows=_of(locked), now=now)
        return sorted((DueTimer(*row) for row in taken()), key=lambda timer: timer.due)

    def written(self) -> list[Written]:
        """What was put into the outbox. To be asked for after the commit."""
        return self._outputs.written()

    def finish(self) -> None:
        """Write what was gathered."""
        self._flush()
        empty = [chat for chat in self._sessions if not self._known(chat)]
        if empty and self._spelled.lock_chats is not None:
            self._run(self._spelled.unlock_empty, rows=_of(empty))

    def _flush(self) -> None:
        self._write(self._spelled.save_sessions, [self._saved[chat] for chat in sorted(self._saved)])
        self._write(self._spelled.add_answers, self._given)
        self._outputs.write(self._transaction, self._spelled, self.waiting)
        self._write(self._spelled.note_shown, [self._shown[key] for key in sorted(self._shown)])
        self._write(self._spelled.forget_timers, _of(self._timers))
        self._write(self._spelled.add_timers, [row for rows in self._timers.values() for row in rows])
        self._saved, self._given, self._shown, self._timers = {}, [], {}, {}

    def _write(self, statement: Statement, rows: list[Row]) -> None:
        if rows:
            self._run(statement, rows=rows)

    def _planned(self) -> list[Statement]:
        return [self._spelled.erase_outputs, self._spelled.erase_timers]

    def _drop(self, chat: int, forget: Sequence[Statement]) -> None:
        """Whatever was gathered so far is written first, so that nothing comes back later."""
        self._lock(chat)
        self._flush()
        for statement in forget:
            self._run(statement, of_chat=chat)
        if forget:
            self._outputs.drop(chat)

    def _newer_waits(self, chat: int, number: int) -> bool:
        """Does anything, once this output and what is older are retired?"""
        self._lock(chat)
        self._flush()
        self._run(self._spelled.forget_until, of_chat=chat, last=number)
        ((waiting,),) = self._run(self._spelled.count_waiting, of_chat=chat)()
        return bool(waiting)

    def _know(self, chat: int, session: Session | None) -> None:
        self._unread.pop(chat, None)
        self._sessions[chat] = session

    def _known(self, chat: int) -> bool:
        return bool(self._unread.get(chat) or self._sessions.get(chat))

    def _lock(self, chat: int) -> None:
        if chat not in self._sessions:
            self._load({chat})

    def _load(self, chats: set[int]) -> None:
        new = sorted(chats - self._sessions.keys())
        if new and self._spelled.lock_chats is not None:
            rows = [empty_session_row(chat, self._now) for chat in new]
            self._run(self._spelled.lock_chats, rows=rows)
        self._read(new)

    def _read(self, chats: list[int]) -> None:
        """What is stored about chats that were locked in an earlier statement: it then stays as it is."""
        if not chats:
            return
        self._sessions |= dict.fromkeys(chats)
        asked = [{"chat": chat, "turn": self._first_tapped.get(chat, 0)} for chat in chats]
        read = self._run(self._spelled.read_sessions, rows=asked, of_worker=self._worker)
        for chat, text, has_left, waiting, beyond in read():
            self._unread[chat] = text
            if has_left:
                self._left.add(chat)
            if waiting is not None:
                self.waiting[chat], self._waiting_if_arrived[chat] = waiting, beyond


def _of(chats: Iterable[int]) -> list[Row]:
    return [{"chat": chat} for chat in sorted(chats)]
