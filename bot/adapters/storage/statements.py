"""What is said to the database about conversations. Built once; SQLAlchemy keeps the compiled form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Delete,
    Double,
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningDelete

from bot.adapters.storage.numbers import numbers
from bot.adapters.storage.tables import answers, outbox, sessions, shown, timers, updates

_CHAT: BindParameter[Any] = bindparam("of_chat")
_TURN: BindParameter[Any] = bindparam("of_turn")
_NOW: BindParameter[float] = bindparam("now", type_=Double)

mark_left: Update = update(sessions).where(sessions.c.chat == _CHAT).values(has_left=bindparam("left"))
add_answers: Insert = insert(answers)

_mine = outbox.c.worker == bindparam("of_worker")
_others = outbox.alias("others")
_waits_for_another = exists().where(  # worker; what is urgent waits only for what is urgent
    _others.c.chat == outbox.c.chat,
    _others.c.worker != bindparam("of_worker"),
    _others.c.id < outbox.c.id,
    _others.c.rank <= outbox.c.rank,
)
add_outputs: Insert = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
find_outputs: Select[Any] = (
    select(outbox.c.id)
    .where(_mine, ~_waits_for_another)
    .order_by(outbox.c.rank, outbox.c.id)
    .limit(bindparam("at_most"))
)
find_blocked: Select[Any] = (
    select(outbox.c.chat, func.min(outbox.c.rank)).where(_mine, _waits_for_another).group_by(outbox.c.chat)
)
forget_redrawn: Delete = delete(outbox).where(
    outbox.c.chat == _CHAT, outbox.c.turn == _TURN, or_(outbox.c.kind == "tick", outbox.c.kind == "settle")
)

read_shown: Select[Any] = select(shown.c.message_id).where(shown.c.chat == _CHAT, shown.c.turn == _TURN)
forget_shown: Delete = delete(shown).where(shown.c.chat == _CHAT, shown.c.turn == _TURN)
forget_shown_but: Delete = delete(shown).where(
    shown.c.chat == _CHAT, shown.c.turn.not_in(bindparam("turns", expanding=True))
)

add_timers: Insert = insert(timers)
lock_due_chats: Select[Any] = (  # a chat once for each of its timers
    select(timers.c.chat)
    .join(sessions, timers.c.chat == sessions.c.chat)
    .where(timers.c.due_at <= _NOW)
    .order_by(timers.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(of=sessions, skip_locked=True)
)

forget_planned: tuple[Delete, ...] = tuple(delete(table).where(table.c.chat == _CHAT) for table in (outbox, timers))
erase: tuple[Delete, ...] = (
    *(delete(table).where(table.c.chat == _CHAT) for table in (sessions, answers)),
    *forget_planned,
)
forget_updates: Delete = delete(updates).where(updates.c.handled_at < bindparam("before"))
backlog: Select[Any] = select(
    select(func.count()).select_from(outbox).scalar_subquery(),
    select(func.min(outbox.c.created_at)).scalar_subquery(),
    select(func.max(updates.c.handled_at)).scalar_subquery(),
)


@dataclass(frozen=True)
class Spelled:
    """The statements that each dialect spells for itself. Lists of chats or ids are the parameter "numbers"."""

    note_updates: Insert  # returns the ids that are new
    lock_chats: Insert | None  # one after the other, with a row for each; SQLite locks everything by itself
    unlock_empty: Delete  # rows that were made only to be locked
    read_sessions: Select[Any]  # with the least rank of what other workers have yet to send there
    save_sessions: Insert
    read_outputs: Select[Any]
    forget_outputs: ReturningDelete[Any]  # returns the ids that were still there
    note_shown: Insert
    forget_timers: Delete
    take_timers: ReturningDelete[Any]  # those that are due; returns them


def spelled(dialect: str) -> Spelled:
    """For "sqlite" or "postgresql"."""
    into: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    given = numbers(dialect)
    among = select(given.c.value)
    saved, noted = into(sessions), into(shown)
    new = select(given.c.value, _NOW).where(true())  # WHERE, or SQLite takes ON CONFLICT for a part of FROM
    others = select(func.min(outbox.c.rank)).where(
        outbox.c.chat == given.c.value, outbox.c.worker != bindparam("of_worker")
    )
    return Spelled(
        note_updates=into(updates)
        .from_select(["id", "handled_at"], new)
        .on_conflict_do_nothing()
        .returning(updates.c.id),
        lock_chats=_lock_chats() if dialect == "postgresql" else None,
        unlock_empty=delete(sessions).where(sessions.c.chat.in_(among), sessions.c.session.is_(None)),
        read_sessions=select(
            given.c.value, sessions.c.session, sessions.c.has_left, others.scalar_subquery()
        ).select_from(given.outerjoin(sessions, sessions.c.chat == given.c.value)),
        save_sessions=saved.on_conflict_do_update(
            index_elements=[sessions.c.chat],
            set_={name: saved.excluded[name] for name in ("session", "flow_hash", "updated_at", "has_left")},
        ),
        read_outputs=select(outbox.c.id, outbox.c.chat, outbox.c.output, outbox.c.created_at)
        .where(outbox.c.id.in_(among))
        .order_by(outbox.c.rank, outbox.c.id),
        forget_outputs=delete(outbox).where(outbox.c.id.in_(among)).returning(outbox.c.id),
        note_shown=noted.on_conflict_do_update(
            index_elements=[shown.c.chat, shown.c.turn], set_={"message_id": noted.excluded.message_id}
        ),
        forget_timers=delete(timers).where(timers.c.chat.in_(among)),
        take_timers=delete(timers)
        .where(timers.c.chat.in_(among), timers.c.due_at <= _NOW)
        .returning(timers.c.chat, timers.c.kind, timers.c.due_at),
    )


def _lock_chats() -> Insert:
    """A row that is there is locked and left as it is: WHERE false keeps it from being changed, not from being locked.

    What is read in the next statement is then what those left who held the lock before.
    """
    locked = postgresql.insert(sessions).from_select(
        ["chat", "updated_at", "has_left"], select(numbers("postgresql").c.value, _NOW, false())
    )
    return locked.on_conflict_do_update(
        index_elements=[sessions.c.chat], set_={"has_left": sessions.c.has_left}, where=false()
    )
