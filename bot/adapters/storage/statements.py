"""Every statement, named. Built once; SQLAlchemy keeps their compiled form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Delete,
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.adapters.storage.tables import answers, outbox, sessions, shown, updates

_CHAT: BindParameter[Any] = bindparam("of_chat")
_TURN: BindParameter[Any] = bindparam("of_turn")
_ID: BindParameter[Any] = bindparam("of_id")

read_sessions: Select[Any] = (  # in chat order, so that two workers never wait for each other in a circle
    select(sessions.c.chat, sessions.c.session, sessions.c.has_left)
    .where(sessions.c.chat.in_(bindparam("chats", expanding=True)))
    .order_by(sessions.c.chat)
    .with_for_update()
)
mark_left: Update = update(sessions).where(sessions.c.chat == _CHAT).values(has_left=bindparam("left"))

add_answers: Insert = insert(answers)

add_outputs: Insert = insert(outbox)
read_outbox: Select[Any] = (
    select(outbox.c.id, outbox.c.chat, outbox.c.output).order_by(outbox.c.rank, outbox.c.id).limit(bindparam("at_most"))
)
forget_redrawn: Delete = delete(outbox).where(
    outbox.c.chat == _CHAT, outbox.c.turn == _TURN, or_(outbox.c.kind == "tick", outbox.c.kind == "settle")
)
forget_output: Delete = delete(outbox).where(outbox.c.id == _ID)

read_shown: Select[Any] = select(shown.c.message_id).where(shown.c.chat == _CHAT, shown.c.turn == bindparam("of_turn"))
forget_shown: Delete = delete(shown).where(shown.c.chat == _CHAT, shown.c.turn == _TURN)
forget_shown_but: Delete = delete(shown).where(
    shown.c.chat == _CHAT, shown.c.turn.not_in(bindparam("turns", expanding=True))
)

erase: tuple[Delete, ...] = tuple(delete(table).where(table.c.chat == _CHAT) for table in (sessions, answers, outbox))
forget_outputs_of: Delete = delete(outbox).where(outbox.c.chat == _CHAT)
forget_updates: Delete = delete(updates).where(updates.c.handled_at < bindparam("before"))


@dataclass(frozen=True)
class Upserts:
    """The statements whose ON CONFLICT each dialect spells for itself."""

    note_updates: Insert  # returns the ids that are new
    lock_chats: Insert  # a row to lock, for chats that have none yet
    save_sessions: Insert
    remember_shown: Insert  # of what was delivered
    note_shown: Insert


def upserts(dialect: str) -> Upserts:
    """For "sqlite" or "postgresql"."""
    into: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    saved, remembered, noted = into(sessions), into(shown), into(shown)
    # Only while the output still waits: what was erased meanwhile must not come back.
    delivered = select(outbox.c.chat, outbox.c.turn, bindparam("message", type_=BigInteger)).where(outbox.c.id == _ID)
    remembered = remembered.from_select(["chat", "turn", "message_id"], delivered)
    return Upserts(
        note_updates=into(updates).on_conflict_do_nothing().returning(updates.c.id),
        lock_chats=into(sessions).on_conflict_do_nothing(),
        save_sessions=saved.on_conflict_do_update(
            index_elements=[sessions.c.chat],
            set_={name: saved.excluded[name] for name in ("session", "flow_hash", "updated_at", "has_left")},
        ),
        remember_shown=remembered.on_conflict_do_update(
            index_elements=[shown.c.chat, shown.c.turn],
            set_={"message_id": remembered.excluded.message_id},
        ),
        note_shown=noted.on_conflict_do_update(
            index_elements=[shown.c.chat, shown.c.turn],
            set_={"message_id": noted.excluded.message_id},
        ),
    )
