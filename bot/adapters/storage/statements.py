"""What is said to the database about conversations: built and compiled once for each dialect.

What is done for many chats or outputs at once takes them as the parameter "rows"; see given.py.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Delete,
    Double,
    Insert,
    Table,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)

from bot.adapters.storage import leases
from bot.adapters.storage.compiled import compiled, inserting
from bot.adapters.storage.given import given
from bot.adapters.storage.prepared import Spelled, Statement
from bot.adapters.storage.rows import NOTHING
from bot.adapters.storage.tables import answers, outbox, sessions, shown, timers, updates

_CHAT: BindParameter[Any] = bindparam("of_chat")
_WORKER: BindParameter[str] = bindparam("of_worker")
_NOW: BindParameter[float] = bindparam("now", type_=Double)

_mine = outbox.c.worker == _WORKER
_others = outbox.alias("others")
_waits_for_another = exists().where(  # worker; what is urgent waits only for what is urgent
    _others.c.chat == outbox.c.chat,
    _others.c.worker != _WORKER,
    _others.c.id < outbox.c.id,
    _others.c.rank <= outbox.c.rank,
)
_planned = tuple(delete(table).where(table.c.chat == _CHAT) for table in (outbox, timers))
_kept = tuple(delete(table).where(table.c.chat == _CHAT) for table in (sessions, answers))


@cache
def spelled(dialect: str) -> Spelled:
    """For "sqlite" or "postgresql"."""
    chats, ids = given(dialect, sessions.c.chat), given(dialect, outbox.c.id)
    turns, turn = given(dialect, shown.c.chat, shown.c.turn), given(dialect, shown.c.turn)
    among = select(chats.c.chat)
    save, note_shown = _adding(dialect, sessions), _adding(dialect, shown)

    def said(clause: ClauseElement) -> Statement:
        return compiled(dialect, clause)

    return Spelled(
        note_updates=said(_adding(dialect, updates).on_conflict_do_nothing().returning(updates.c.id)),
        forget_updates=said(delete(updates).where(updates.c.handled_at < bindparam("before"))),
        lock_chats=said(_locking(dialect)) if dialect == "postgresql" else None,
        unlock_empty=said(delete(sessions).where(sessions.c.chat.in_(among), sessions.c.session.is_(None))),
        read_sessions=said(
            select(chats.c.chat, sessions.c.session, sessions.c.has_left, _waiting(chats.c.chat)).select_from(
                chats.outerjoin(sessions, sessions.c.chat == chats.c.chat)
            )
        ),
        save_sessions=said(
            save.on_conflict_do_update(
                index_elements=[sessions.c.chat],
                set_={name: save.excluded[name] for name in ("session", "flow_hash", "updated_at", "has_left")},
            )
        ),
        mark_left=said(update(sessions).where(sessions.c.chat == _CHAT).values(has_left=bindparam("left"))),
        add_answers=said(_adding(dialect, answers)),
        add_outputs=said(_adding(dialect, outbox).returning(outbox.c.id)),
        find_outputs=said(
            select(outbox.c.id)
            .where(_mine, ~_waits_for_another)
            .order_by(outbox.c.rank, outbox.c.id)
            .limit(bindparam("at_most"))
        ),
        find_blocked=said(
            select(outbox.c.chat, func.min(outbox.c.rank)).where(_mine, _waits_for_another).group_by(outbox.c.chat)
        ),
        read_outputs=said(
            select(outbox.c.id, outbox.c.chat, outbox.c.output, outbox.c.created_at)
            .where(outbox.c.id.in_(select(ids.c.id)))
            .order_by(outbox.c.rank, outbox.c.id)
        ),
        find_mine=said(select(outbox.c.id).where(_mine, outbox.c.id.in_(select(ids.c.id)))),
        forget_redrawn=said(
            _forgetting(
                dialect,
                tuple_(outbox.c.chat, outbox.c.turn).in_(select(turns)),
                or_(outbox.c.kind == "tick", outbox.c.kind == "settle"),
            )
        ),
        forget_questions=said(_forgetting(dialect, outbox.c.chat.in_(among), outbox.c.kind == "ask")),
        forget_outputs=said(_forgetting(dialect, outbox.c.id.in_(select(ids.c.id))).returning(outbox.c.id)),
        forget_until=said(delete(outbox).where(outbox.c.chat == _CHAT, outbox.c.id <= bindparam("last"))),
        count_waiting=said(select(func.count()).where(outbox.c.chat == _CHAT)),
        read_shown=said(select(shown.c.message_id).where(shown.c.chat == _CHAT, shown.c.turn == bindparam("of_turn"))),
        note_shown=said(
            note_shown.on_conflict_do_update(
                index_elements=[shown.c.chat, shown.c.turn],
                set_={"message_id": note_shown.excluded.message_id},
                where=shown.c.message_id != note_shown.excluded.message_id,
            )
        ),
        forget_shown=said(delete(shown).where(tuple_(shown.c.chat, shown.c.turn).in_(select(turns)))),
        forget_shown_but=said(delete(shown).where(shown.c.chat == _CHAT, shown.c.turn.not_in(select(turn.c.turn)))),
        add_timers=said(_adding(dialect, timers)),
        forget_timers=said(delete(timers).where(timers.c.chat.in_(among))),
        lock_due_chats=said(
            select(timers.c.chat)
            .join(sessions, timers.c.chat == sessions.c.chat)
            .where(timers.c.due_at <= _NOW)
            .order_by(timers.c.due_at)
            .limit(bindparam("at_most"))
            .with_for_update(of=sessions, skip_locked=True)
        ),
        take_timers=said(
            delete(timers)
            .where(timers.c.chat.in_(among), timers.c.due_at <= _NOW)
            .returning(timers.c.chat, timers.c.kind, timers.c.due_at)
        ),
        forget_planned=tuple(map(said, _planned)),
        erase=tuple(map(said, (*_kept, *_planned))),
        backlog=said(
            select(
                select(func.count()).select_from(outbox).scalar_subquery(),
                select(outbox.c.created_at).order_by(outbox.c.id).limit(1).scalar_subquery(),
                select(func.max(updates.c.handled_at)).scalar_subquery(),
            )
        ),
        renew_lease=said(leases.renewing(dialect)),
        end_lease=said(leases.end_lease),
        forget_dead=said(leases.forgetting_dead(dialect)),
        take_over=said(leases.taking_over(dialect)),
        count_living=said(leases.counting_living(dialect)),
    )


def _adding(dialect: str, table: Table) -> Any:
    """The given rows go into the table."""
    columns = [each for each in table.columns if each is not table.autoincrement_column]
    rows = select(given(dialect, *columns)).where(true())  # WHERE, or SQLite takes ON CONFLICT for a part of FROM
    return inserting(dialect)(table).from_select([each.name for each in columns], rows)


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
