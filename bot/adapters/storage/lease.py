"""A worker's lease: who holds one is alive, and what those without one have left to do is taken over."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.storage.line import Transaction
from bot.adapters.storage.prepared import Spelled
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

    def __init__(self, spelled: Spelled, worker: str) -> None:
        self._spelled, self._worker = spelled, worker
        self._since: float | None = None  # when the lease that was renewed last had been taken

    def renew(self, transaction: Transaction) -> Renewed:
        """Hold it for another LEASE_SECONDS."""
        ((since, until),) = transaction.run(self._spelled.renew_lease, of_worker=self._worker)()
        unbroken = self._since is None or since <= self._since  # who takes it anew has it since later
        self._since = since
        return Renewed(unbroken, may_take_over=until - since > 2 * LEASE_SECONDS)

    def take_over(self, transaction: Transaction) -> list[tuple[int, int]]:
        """What workers without a lease have yet to send is this worker's from now on: the chats and ranks of it."""
        transaction.run(self._spelled.forget_dead)
        return [(chat, rank) for chat, rank in transaction.run(self._spelled.take_over, of_worker=self._worker)()]

    def living(self, transaction: Transaction) -> int:
        """How many workers hold a lease."""
        ((living,),) = transaction.run(self._spelled.count_living)()
        return int(living)

    def end(self, transaction: Transaction) -> None:
        """Others need not wait until it runs out."""
        transaction.run(self._spelled.end_lease, of_worker=self._worker)
