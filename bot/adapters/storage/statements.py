"""What is said to the database about conversations: built and compiled once for each dialect.

What is done for many chats or outputs at once takes them as the parameter "rows"; see given.py.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ClauseElement,
    ColumnElement,
    Delete,
    Double,
    FromClause,
    Insert,
    Select,
    Table,
    and_,
    any_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)

from bot.adapters.storage import leases
from bot.adapters.storage.compiled import compiled, inserting
from bot.adapters.storage.given import given
from bot.adapters.storage.prepared import Spelled
from bot.adapters.storage.rows import ASKING, CONCLUDING, NOTHING
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

Clauses = dict[str, ClauseElement]


@cache
def spelled(dialect: str) -> Spelled:
    """For "sqlite" or "postgresql"."""
    groups = (_of_updates, _of_sessions, _of_outputs, _of_marks, _of_screens, _of_timers, _of_leases, _of_erasing)
    said = {name: compiled(dialect, clause) for group in groups for name, clause in group(dialect).items()}
    return Spelled(lock_chats=compiled(dialect, _locking(dialect)) if dialect == "postgresql" else None, **said)


def _of_updates(dialect: str) -> Clauses:
    return {
        "note_updates": _adding(dialect, updates).on_conflict_do_nothing().returning(updates.c.id),
        "forget_updates": delete(updates).where(updates.c.handled_at < bindparam("before")),
        "backlog": select(
            select(func.count()).select_from(outbox).scalar_subquery(),
            select(outbox.c.created_at).order_by(outbox.c.id).limit(1).scalar_subquery(),
            select(func.max(updates.c.handled_at)).scalar_subquery(),
        ),
    }


def _of_sessions(dialect: str) -> Clauses:
    chats, save = given(dialect, sessions.c.chat), _adding(dialect, sessions)
    asked = given(dialect, outbox.c.chat, outbox.c.turn)  # with the turn that may have arrived
    return {
        "unlock_empty": delete(sessions).where(
            _among(dialect, sessions.c.chat, select(chats.c.chat)), sessions.c.session.is_(None)
        ),
        "read_sessions": select(
            asked.c.chat, sessions.c.session, sessions.c.has_left, _waiting(asked), _waiting(asked, _arrived(asked))
        ).select_from(asked.outerjoin(sessions, sessions.c.chat == asked.c.chat)),
        "save_sessions": save.on_conflict_do_update(
            index_elements=[sessions.c.chat],
            set_={name: save.excluded[name] for name in ("session", "flow_hash", "updated_at", "has_left")},
        ),
        "mark_left": update(sessions).where(sessions.c.chat == _CHAT).values(has_left=bindparam("left")),
        "add_answers": _adding(dialect, answers),
    }


def _of_outputs(dialect: str) -> Clauses:
    ids = select(given(dialect, outbox.c.id).c.id)
    return {
        "add_outputs": _adding(dialect, outbox).returning(outbox.c.id),
        "find_outputs": select(outbox.c.id)
        .where(_mine, ~_waits_for_another)
        .order_by(outbox.c.rank, outbox.c.id)
        .limit(bindparam("at_most")),
        "find_blocked": select(outbox.c.chat, func.min(outbox.c.rank))
        .where(_mine, _waits_for_another)
        .group_by(outbox.c.chat),
        "read_outputs": select(outbox.c.id, outbox.c.chat, outbox.c.output, outbox.c.created_at)
        .where(_among(dialect, outbox.c.id, ids))
        .order_by(outbox.c.rank, outbox.c.id),
        "find_mine": select(outbox.c.id).where(_mine, _among(dialect, outbox.c.id, ids)),
    }


def _of_marks(dialect: str) -> Clauses:
    over, ids = given(dialect, outbox.c.chat, outbox.c.turn, outbox.c.kind), select(given(dialect, outbox.c.id).c.id)
    same_turn = or_(over.c.turn == outbox.c.turn, over.c.turn.is_(None))
    is_over = exists().where(over.c.chat == outbox.c.chat, over.c.kind == outbox.c.kind, same_turn)
    chats = select(given(dialect, outbox.c.chat).c.chat)
    return {
        "forget_over": _forgetting(dialect, _among(dialect, outbox.c.chat, chats), is_over),
        "forget_outputs": _forgetting(dialect, _among(dialect, outbox.c.id, ids)).returning(outbox.c.id),
        "forget_until": delete(outbox).where(outbox.c.chat == _CHAT, outbox.c.id <= bindparam("last")),
        "count_waiting": select(func.count()).where(outbox.c.chat == _CHAT),
    }


def _of_screens(dialect: str) -> Clauses:
    note, turns = _adding(dialect, shown), given(dialect, shown.c.chat, shown.c.turn)
    kept = select(given(dialect, shown.c.turn).c.turn)
    return {
        "read_shown": select(shown.c.message_id).where(shown.c.chat == _CHAT, shown.c.turn == bindparam("of_turn")),
        "note_shown": note.on_conflict_do_update(
            index_elements=[shown.c.chat, shown.c.turn],
            set_={"message_id": note.excluded.message_id},
            where=shown.c.message_id != note.excluded.message_id,
        ),
        "forget_shown": delete(shown).where(tuple_(shown.c.chat, shown.c.turn).in_(select(turns))),
        "forget_shown_but": delete(shown).where(shown.c.chat == _CHAT, shown.c.turn.not_in(kept)),
    }


def _of_timers(dialect: str) -> Clauses:
    among = timers.c.chat.in_(select(given(dialect, timers.c.chat).c.chat))
    return {
        "add_timers": _adding(dialect, timers),
        "forget_timers": delete(timers).where(among),
        "lock_due_chats": select(timers.c.chat)
        .join(sessions, timers.c.chat == sessions.c.chat)
        .where(timers.c.due_at <= _NOW)
        .order_by(timers.c.due_at)
        .limit(bindparam("at_most"))
        .with_for_update(of=sessions, skip_locked=True),
        "take_timers": delete(timers)
        .where(among, timers.c.due_at <= _NOW)
        .returning(timers.c.chat, timers.c.kind, timers.c.due_at),
    }


def _of_leases(dialect: str) -> Clauses:
    return {
        "renew_lease": leases.renewing(dialect),
        "end_lease": leases.end_lease,
        "forget_dead": leases.forgetting_dead(dialect),
        "take_over": leases.taking_over(dialect),
        "count_living": leases.counting_living(dialect),
    }


def _of_erasing(_: str) -> Clauses:
    tables = {"session": sessions, "answers": answers, "outputs": outbox, "timers": timers}
    return {f"erase_{name}": delete(table).where(table.c.chat == _CHAT) for name, table in tables.items()}


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
    return delete(outbox).where(_among(dialect, outbox.c.id, locked))


def _among(dialect: str, column: ColumnElement[int], found: Select[Any]) -> ColumnElement[bool]:
    """Is it one of these? PostgreSQL, which cannot know how few they are, would rather read the whole table for IN."""
    if dialect == "sqlite":
        return column.in_(found)
    return column == any_(func.array(found.scalar_subquery(), type_=ARRAY(BigInteger)))


def _locking(dialect: str) -> Insert:
    """A row that is there is locked and left as it is: WHERE false keeps it from being changed, not from being locked.

    What is read in the next statement is then what those left who held the lock before.
    """
    locked: Insert = _adding(dialect, sessions).on_conflict_do_update(
        index_elements=[sessions.c.chat], set_={"has_left": sessions.c.has_left}, where=false()
    )
    return locked


def _waiting(asked: FromClause, arrived: ColumnElement[bool] | None = None) -> Any:
    """The least rank of what other workers have yet to send to a chat; NOTHING if only this one has; null if nobody."""
    others = outbox.c.worker != _WORKER
    rank = case((others if arrived is None else and_(others, not_(arrived)), outbox.c.rank), else_=NOTHING)
    return select(func.min(rank)).where(outbox.c.chat == asked.c.chat).scalar_subquery()


def _arrived(asked: FromClause) -> ColumnElement[bool]:
    """Once a turn has arrived: what shows it, and what belongs to an earlier one, unless an alarm may overtake it."""
    shows_it = and_(outbox.c.turn == asked.c.turn, or_(outbox.c.kind == ASKING, outbox.c.kind == CONCLUDING))
    earlier = and_(outbox.c.turn < asked.c.turn, outbox.c.kind != CONCLUDING)
    return func.coalesce(or_(earlier, shows_it), false())
