"""What is said to the database about conversations. Built once; SQLAlchemy keeps the compiled form.

What is done for many chats or outputs at once takes them as the parameter "rows"; see given.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Double,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningDelete

from bot.adapters.storage.given import given
from bot.adapters.storage.rows import NOTHING
from bot.adapters.storage.tables import answers, outbox, sessions, shown, timers, updates

_CHAT: BindParameter[Any] = bindparam("of_chat")
_TURN: BindParameter[Any] = bindparam("of_turn")
_WORKER: BindParameter[str] = bindparam("of_worker")
_NOW: BindParameter[float] = bindparam("now", type_=Double)

mark_left: Update = update(sessions).where(sessions.c.chat == _CHAT).values(has_left=bindparam("left"))

_mine = outbox.c.worker == _WORKER
_others = outbox.alias("others")
_waits_for_another = exists().where(  # worker; what is urgent waits only for what is urgent
    _others.c.chat == outbox.c.chat,
    _others.c.worker != _WORKER,
    _others.c.id < outbox.c.id,
    _others.c.rank <= outbox.c.rank,
)
find_outputs: Select[Any] = (
    select(outbox.c.id)
    .where(_mine, ~_waits_for_another)
    .order_by(outbox.c.rank, outbox.c.id)
    .limit(bindparam("at_most"))
)
find_blocked: Select[Any] = (
    select(outbox.c.chat, func.min(outbox.c.rank)).where(_mine, _waits_for_another).group_by(outbox.c.chat)
)

read_shown: Select[Any] = select(shown.c.message_id).where(shown.c.chat == _CHAT, shown.c.turn == _TURN)
forget_shown_but: Delete = delete(shown).where(
    shown.c.chat == _CHAT, shown.c.turn.not_in(bindparam("turns", expanding=True))
)

lock_due_chats: Select[Any] = (  # a chat once for each of its timers
    select(timers.c.chat)
    .join(sessions, timers.c.chat == sessions.c.chat)
    .where(timers.c.due_at <= _NOW)
    .order_by(timers.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(of=sessions, skip_locked=True)
)

forget_until: Delete = delete(outbox).where(outbox.c.chat == _CHAT, outbox.c.id <= bindparam("last"))
count_waiting: Select[Any] = select(func.count()).where(outbox.c.chat == _CHAT)
forget_planned: tuple[Delete, ...] = tuple(delete(table).where(table.c.chat == _CHAT) for table in (outbox, timers))
erase: tuple[Delete, ...] = (
    *(delete(table).where(table.c.chat == _CHAT) for table in (sessions, answers)),
    *forget_planned,
)
forget_updates: Delete = delete(updates).where(updates.c.handled_at < bindparam("before"))
backlog: Select[Any] = select(
    select(func.count()).select_from(outbox).scalar_subquery(),
    select(outbox.c.created_at).order_by(outbox.c.id).limit(1).scalar_subquery(),
    select(func.max(updates.c.handled_at)).scalar_subquery(),
)


@dataclass(frozen=True)
class Spelled:
    """The statements that each dialect spells for itself."""

    note_updates: Insert  # returns the ids that are new
    lock_chats: Insert | None  # one after the other, with a row for each; SQLite locks everything by itself
    unlock_empty: Delete  # rows that were made only to be locked
    read_sessions: Select[Any]  # with the least rank of what other workers have yet to send there; see `_others_rank`
    save_sessions: Insert
    add_answers: Insert
    add_outputs: Insert  # returns the ids
    read_outputs: Select[Any]
    find_mine: Select[Any]
    forget_redrawn: Delete
    forget_questions: Delete
    forget_outputs: ReturningDelete[Any]  # returns the ids that were still there
    note_shown: Insert
    forget_shown: Delete
    add_timers: Insert
    forget_timers: Delete
    take_timers: ReturningDelete[Any]  # those that are due; returns them


def spelled(dialect: str) -> Spelled:
    """For "sqlite" or "postgresql"."""
    chats, ids = given(dialect, sessions.c.chat), given(dialect, outbox.c.id)
    turns = given(dialect, shown.c.chat, shown.c.turn)
    among = select(chats.c.chat)
    save, note_shown = _adding(dialect, sessions), _adding(dialect, shown)
    return Spelled(
        note_updates=_adding(dialect, updates).on_conflict_do_nothing().returning(updates.c.id),
        lock_chats=_locking(dialect) if dialect == "postgresql" else None,
        unlock_empty=delete(sessions).where(sessions.c.chat.in_(among), sessions.c.session.is_(None)),
        read_sessions=select(chats.c.chat, sessions.c.session, sessions.c.has_left, _waiting(chats.c.chat)).select_from(
            chats.outerjoin(sessions, sessions.c.chat == chats.c.chat)
        ),
        save_sessions=save.on_conflict_do_update(
            index_elements=[sessions.c.chat],
            set_={name: save.excluded[name] for name in ("session", "flow_hash", "updated_at", "has_left")},
        ),
        add_answers=_adding(dialect, answers),
        add_outputs=_adding(dialect, outbox).returning(outbox.c.id),
        read_outputs=select(outbox.c.id, outbox.c.chat, outbox.c.output, outbox.c.created_at)
        .where(outbox.c.id.in_(select(ids.c.id)))
        .order_by(outbox.c.rank, outbox.c.id),
        find_mine=select(outbox.c.id).where(_mine, outbox.c.id.in_(select(ids.c.id))),
        forget_redrawn=_forgetting(
            dialect, tuple_(outbox.c.chat, outbox.c.turn).in_(select(turns)), outbox.c.kind.in_(("tick", "settle"))
        ),
        forget_questions=_forgetting(dialect, outbox.c.chat.in_(among), outbox.c.kind == "ask"),
        forget_outputs=_forgetting(dialect, outbox.c.id.in_(select(ids.c.id))).returning(outbox.c.id),
        note_shown=note_shown.on_conflict_do_update(
            index_elements=[shown.c.chat, shown.c.turn],
            set_={"message_id": note_shown.excluded.message_id},
            where=shown.c.message_id != note_shown.excluded.message_id,
        ),
        forget_shown=delete(shown).where(tuple_(shown.c.chat, shown.c.turn).in_(select(turns))),
        add_timers=_adding(dialect, timers),
        forget_timers=delete(timers).where(timers.c.chat.in_(among)),
        take_timers=delete(timers)
        .where(timers.c.chat.in_(among), timers.c.due_at <= _NOW)
        .returning(timers.c.chat, timers.c.kind, timers.c.due_at),
    )


def _adding(dialect: str, table: Table) -> Any:
    """The given rows go into the table."""
    into: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    columns = [each for each in table.columns if each is not table.autoincrement_column]
    rows = select(given(dialect, *columns)).where(true())  # WHERE, or SQLite takes ON CONFLICT for a part of FROM
    return into(table).from_select([each.name for each in columns], rows)


def _forgetting(dialect: str, *which: ColumnElement[bool]) -> Delete:
    """Outputs of many chats. All lock them in the order of their ids, or two workers might wait for each other."""
    if dialect == "sqlite":  # one writer at a time
        return delete(outbox).where(*which)
    locked = select(outbox.c.id).where(*which).order_by(outbox.c.id).with_for_update()
    return delete(outbox).where(outbox.c.id.in_(locked))


def _locking(dialect: str) -> Insert:
    """A row that is there is locked and left as it is: WHERE false keeps it from being changed, not from being locked.

    What is read in the next statement is then what those left who held the lock before.
    """
    locked: Insert = _adding(dialect, sessions).on_conflict_do_update(
        index_elements=[sessions.c.chat], set_={"has_left": sessions.c.has_left}, where=false()
    )
    return locked


def _waiting(chat: Any) -> Any:
    """The least rank of what other workers have yet to send to a chat; NOTHING if only this one has; null if nobody."""
    rank = case((outbox.c.worker != _WORKER, outbox.c.rank), else_=NOTHING)
    return select(func.min(rank)).where(outbox.c.chat == chat).scalar_subquery()
