"""One transaction over conversations. Writes are gathered and made together at the end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.adapters.storage import statements
from bot.adapters.storage.rows import (
    Row,
    answer_row,
    empty_session_row,
    output_row,
    read_session,
    redraws,
    session_row,
    turn_of,
)
from bot.adapters.storage.statements import Upserts
from bot.conversation import Update
from bot.dialogue.outputs import Output, Settle
from bot.dialogue.session import Session
from bot.flow.answers import Answer


class SqlUnit:
    """Fills the `Unit` port."""

    def __init__(self, connection: Connection, upserts: Upserts, now: float) -> None:
        self._connection, self._upserts, self._now = connection, upserts, now
        self._sessions: dict[int, Session | None] = {}  # of the chats locked so far
        self._unread: dict[int, str | None] = {}  # as stored: whatever is wrong with one, the others can be read
        self._left: set[int] = set()
        self._saved: dict[int, Row] = {}
        self._given: list[Row] = []
        self._outputs: dict[object, Row] = {}  # in sending order
        self._redrawn: list[Row] = []
        self.erased = False  # was anything?
        self._shown: dict[tuple[int, int], Row] = {}

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Note updates as handled. Those that are new, each once; their chats are locked until the end."""
        if not updates:
            return []
        unique = {update.id: update for update in updates}
        notes = [{"id": number, "handled_at": self._now} for number in sorted(unique)]
        new = set(self._connection.execute(self._upserts.note_updates, notes).scalars())
        taken = [update for update in unique.values() if update.id in new]
        self._load({update.chat for update in taken if update.done is not None})
        return taken

    def session(self, chat: int) -> Session | None:
        """The chat's session, locked until the end of the transaction."""
        self._lock(chat)
        if chat in self._unread:
            self._sessions[chat] = read_session(self._unread[chat])
            del self._unread[chat]
        return self._sessions[chat]

    def save(self, chat: int, session: Session, given: Sequence[Answer]) -> None:
        """Keep the session, and record the answers given. Who is saved has not left."""
        self._know(chat, session)
        self._left.discard(chat)
        self._saved[chat] = session_row(chat, session, self._now)
        self._given += [answer_row(chat, answer, session.touched_at) for answer in given]

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        """Put outputs into the outbox, in order. A redrawn question replaces older drawings of it that still wait."""
        self._lock(chat)
        for output in outputs if chat not in self._left else ():
            self._put(chat, output)

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        """This message shows the turn."""
        self._shown[chat, turn] = {"chat": chat, "turn": turn, "message_id": message_id}

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        """Delete everything about the chat. Only the farewell remains, until it is sent."""
        self.flush()
        self.erased = True
        for statement in statements.erase:
            self._connection.execute(statement, {"of_chat": chat})
        settled = [output.turn for output in farewell if isinstance(output, Settle)]
        self._connection.execute(statements.forget_shown_but, {"of_chat": chat, "turns": settled})
        self._know(chat, None)
        self._left.discard(chat)
        self.send(chat, farewell)

    def mark_left(self, chat: int, *, left: bool) -> None:
        """Remember that the person blocked the bot, or came back. What waits for somebody who left is retired."""
        self.flush()
        known = self._connection.execute(statements.mark_left, {"of_chat": chat, "left": left}).rowcount
        self._left.discard(chat)
        if left:
            self._connection.execute(statements.forget_outputs_of, {"of_chat": chat})
            self._left |= {chat} if known else set()

    def flush(self) -> None:
        """Write what was gathered."""
        gathered = (
            (self._upserts.save_sessions, [self._saved[chat] for chat in sorted(self._saved)]),
            (statements.add_answers, self._given),
            (statements.forget_redrawn, self._redrawn),
            (statements.add_outputs, list(self._outputs.values())),
            (self._upserts.note_shown, [self._shown[key] for key in sorted(self._shown)]),
        )
        for statement, rows in gathered:
            if rows:
                self._connection.execute(statement, rows)
        self._saved, self._given, self._outputs, self._redrawn, self._shown = {}, [], {}, [], {}

    def _know(self, chat: int, session: Session | None) -> None:
        self._unread.pop(chat, None)
        self._sessions[chat] = session

    def _lock(self, chat: int) -> None:
        if chat not in self._sessions:
            self._load({chat})

    def _load(self, chats: set[int]) -> None:
        if not chats:
            return
        in_order = sorted(chats)
        self._sessions |= dict.fromkeys(in_order)
        if self._connection.dialect.name == "postgresql":  # a row must exist to be locked; SQLite locks everything
            rows = [empty_session_row(chat, self._now) for chat in in_order]
            self._connection.execute(self._upserts.lock_chats, rows)
        for chat, text, has_left in self._connection.execute(statements.read_sessions, {"chats": in_order}):
            self._unread[chat] = text
            if has_left:
                self._left.add(chat)

    def _put(self, chat: int, output: Output) -> None:
        key: object = object()
        if redraws(output):
            turn = turn_of(output)
            key = "redrawn", chat, turn
            self._outputs.pop(key, None)
            self._redrawn.append({"of_chat": chat, "of_turn": turn})
        self._outputs[key] = output_row(chat, output, self._now)
