"""What is said to the database about leases. All times are its own, whose clock the workers share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Double,
    Insert,
    Select,
    Update,
    bindparam,
    case,
    cast,
    delete,
    extract,
    func,
    select,
    update,
)

from bot.adapters.storage.compiled import inserting
from bot.adapters.storage.tables import outbox, workers
from bot.ports import LEASE_SECONDS

end_lease: Delete = delete(workers).where(workers.c.id == bindparam("of_worker"))
_NOW: dict[str, ColumnElement[float]] = {
    "postgresql": cast(extract("epoch", func.clock_timestamp()), Double),
    "sqlite": (func.julianday("now", type_=Double) - 2440587.5) * 86400.0,
}


def counting_living(dialect: str) -> Select[Any]:
    """How many workers hold a lease."""
    return select(func.count()).select_from(_living(dialect).subquery())


def forgetting_dead(dialect: str) -> Delete:
    """Who has no lease any more."""
    return delete(workers).where(workers.c.until < _NOW[dialect])


def renewing(dialect: str) -> Insert:
    """Hold a lease for another LEASE_SECONDS. Returns since when it is held without a gap, and until when."""
    now = _NOW[dialect]
    held = inserting(dialect)(workers).values(id=bindparam("of_worker"), since=now, until=now + LEASE_SECONDS)
    without_gap = case((workers.c.until >= held.excluded.since, workers.c.since), else_=held.excluded.since)
    renewed: Insert = held.on_conflict_do_update(
        index_elements=[workers.c.id], set_={"since": without_gap, "until": held.excluded.until}
    ).returning(workers.c.since, workers.c.until)
    return renewed


def taking_over(dialect: str) -> Any:
    """What workers without a lease have yet to send. Returns its chats and ranks."""
    left = select(outbox.c.id).where(outbox.c.worker.not_in(_living(dialect))).with_for_update(skip_locked=True)
    taken: Update = update(outbox).where(outbox.c.id.in_(left)).values(worker=bindparam("of_worker"))
    return taken.returning(outbox.c.chat, outbox.c.rank)


def _living(dialect: str) -> Select[Any]:
    return select(workers.c.id).where(workers.c.until >= _NOW[dialect])
