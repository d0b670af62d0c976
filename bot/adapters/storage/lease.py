"""A worker's lease: who holds one is alive, and what those without one have left to do is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
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

from bot.adapters.storage.compiled import compiled, inserting
from bot.adapters.storage.line import Transaction
from bot.adapters.storage.tables import outbox, workers
from bot.ports import LEASE_SECONDS


@dataclass(frozen=True, slots=True)
class Renewed:
    """What renewing a lease found."""

    unbroken: bool  # held since it was renewed the last time?
    # Was it held for longer than a lease, without a gap? After an outage of the database all leases have run out, and
    # only who has a yes here takes over from others: by then they all had the time to renew theirs.
    may_take_over: bool


class Lease:
    """One worker's. All times are the database's, whose clock the workers share."""

    def __init__(self, dialect: str, worker: str) -> None:
        self._worker = {"of_worker": worker}
        self._since: float | None = None  # when the lease that was renewed last had been taken
        now = _NOW[dialect]
        self._renew = compiled(dialect, _renewal(dialect, now))
        self._take_over = compiled(dialect, _take_over(_living(dialect)))
        self._forget_dead = compiled(dialect, delete(workers).where(workers.c.until < now))
        self._count_living = compiled(dialect, counting_living(dialect))
        self._end = compiled(dialect, delete(workers).where(workers.c.id == bindparam("of_worker")))

    def renew(self, transaction: Transaction) -> Renewed:
        """Hold it for another LEASE_SECONDS."""
        ((since, until),) = transaction.run(self._renew, **self._worker)()
        unbroken = self._since is None or since <= self._since  # who takes it anew has it since later
        self._since = since
        return Renewed(unbroken, may_take_over=until - since > 2 * LEASE_SECONDS)

    def take_over(self, transaction: Transaction) -> list[tuple[int, int]]:
        """What workers without a lease have yet to send is this worker's from now on: the chats and ranks of it."""
        transaction.run(self._forget_dead)
        return [(chat, rank) for chat, rank in transaction.run(self._take_over, **self._worker)()]

    def living(self, transaction: Transaction) -> int:
        """How many workers hold a lease."""
        ((living,),) = transaction.run(self._count_living)()
        return int(living)

    def end(self, transaction: Transaction) -> None:
        """Others need not wait until it runs out."""
        transaction.run(self._end, **self._worker)


_NOW: dict[str, ColumnElement[float]] = {
    "postgresql": cast(extract("epoch", func.clock_timestamp()), Double),
    "sqlite": (func.julianday("now", type_=Double) - 2440587.5) * 86400.0,
}


def counting_living(dialect: str) -> Select[Any]:
    """How many workers hold a lease."""
    return select(func.count()).select_from(_living(dialect).subquery())


def _living(dialect: str) -> Select[Any]:
    return select(workers.c.id).where(workers.c.until >= _NOW[dialect])


def _renewal(dialect: str, now: ColumnElement[float]) -> Insert:
    held = inserting(dialect)(workers).values(id=bindparam("of_worker"), since=now, until=now + LEASE_SECONDS)
    without_gap = case((workers.c.until >= held.excluded.since, workers.c.since), else_=held.excluded.since)
    renewed: Insert = held.on_conflict_do_update(
        index_elements=[workers.c.id], set_={"since": without_gap, "until": held.excluded.until}
    ).returning(workers.c.since, workers.c.until)
    return renewed


def _take_over(living: Select[Any]) -> Update:
    left = select(outbox.c.id).where(outbox.c.worker.not_in(living)).with_for_update(skip_locked=True)
    return (
        update(outbox)
        .where(outbox.c.id.in_(left))
        .values(worker=bindparam("of_worker"))
        .returning(outbox.c.chat, outbox.c.rank)
    )
