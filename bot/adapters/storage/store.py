"""Fills the `Store` port with a database. Used from one thread at a time; see writer.py."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from bot.adapters.storage.behind import Behind
from bot.adapters.storage.claim import Claim, claim_on, hold_soon
from bot.adapters.storage.lease import Lease
from bot.adapters.storage.line import Line, Transaction
from bot.adapters.storage.prepared import Prepared
from bot.adapters.storage.remembered import Remembered
from bot.adapters.storage.rows import Row, read_unsent, shown_rows
from bot.adapters.storage.target import empty_log
from bot.adapters.storage.unit import SqlUnit
from bot.dialogue.outputs import Settle
from bot.ports import Backlog, Beat, Clock, Delivered, StorageError, Unsent

UPDATES_KEPT_SECONDS = 48 * 3600  # Telegram repeats an update for at most 24 hours
CLAIM_SECONDS = 2.0
PRUNE_EVERY_SECONDS = 10.0  # so often that there is never much to delete at once


class SqlStore:
    """Where everything lives between two updates."""

    def __init__(self, prepared: Prepared, clock: Clock = time.time, worker: str = "poller") -> None:
        self._target, self._spelled = prepared.target, prepared.spelled
        self._clock, self._worker = clock, worker
        self._line = Line(self._target)
        self._lease = Lease(self._spelled, worker)
        self._claim: Claim | None = None
        self._behind = Behind()
        self._remembered = Remembered()
        self._pruned_at = 0.0
        self._log_holds_erased = True  # an earlier run may have been cut short

    @contextmanager
    def unit(self) -> Iterator[SqlUnit]:
        """Begin a transaction; commits at the end, rolls back on an exception."""
        now = self._clock()
        with self._transaction() as transaction:
            unit = SqlUnit(transaction, self._spelled, self._worker, now, self._remembered)
            yield unit
            unit.finish()
            self._prune(transaction, now)
        unit.outgoing = self._behind.hand_over(unit.written(), unit.waiting)
        if unit.erased or self._log_holds_erased:
            self._log_holds_erased = not empty_log(self._target)

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        """Outputs that this worker may send now, urgent ones first, else in order. `but`: ids already under way."""
        at_most = limit + len(but)
        with self._transaction() as transaction:
            found = transaction.run(self._spelled.find_outputs, of_worker=self._worker, at_most=at_most)()
            new = [number for (number,) in found if number not in but]
            rows = transaction.run(self._spelled.read_outputs, rows=_of(new[:limit]))() if new else ()
            if self._behind and len(new) <= limit and len(found) < at_most:
                self._behind.only(transaction.run(self._spelled.find_blocked, of_worker=self._worker)())
        return [read_unsent(*row) for row in rows]

    def waiting(self, ids: Collection[int]) -> set[int]:
        """Of these outputs, those that this worker still has to send: not erased, retired or taken over since."""
        with self._transaction() as transaction:
            found = transaction.run(self._spelled.find_mine, rows=_of(ids), of_worker=self._worker)()
        return {number for (number,) in found}

    def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered: forget them, and remember which messages show which turns."""
        with self._transaction(hasty=True) as transaction:  # a mark that is lost is only a message sent twice
            waited = self._forget(transaction, [one.unsent for one in delivered])
            showing = shown_rows(one for one in delivered if one.unsent.id in waited)  # what was erased stays so
            if showing:
                transaction.run(self._spelled.note_shown, rows=showing)

    def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs can never be delivered: forget them."""
        with self._transaction(hasty=True) as transaction:
            self._forget(transaction, unsent)

    def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent and is not settled yet."""
        with self._transaction() as transaction:
            found = transaction.run(self._spelled.read_shown, of_chat=chat, of_turn=turn)()
        return found[0][0] if found else None

    def claim_polling(self, patience: float = CLAIM_SECONDS) -> None:
        """From now on no other process may poll with this database, nor use it at all if it is SQLite's.

        Raises StorageError where one does already, and still does after so many seconds: one that was killed a moment
        ago may need a moment to be gone.
        """
        self._claim = self._claim or claim_on(self._target)
        hold_soon(self._claim, patience)

    def heartbeat(self) -> Beat:
        """This worker lives: its lease is renewed, and what dead workers left is taken over."""
        self._remembered.forget_old(self._clock())
        with self._minding_failures():
            if self._claim:
                self._claim.hold()
        alone = self._target.dialect == "sqlite"
        with self._transaction(hasty=alone) as transaction:  # others must not find an older lease
            renewed = self._lease.renew(transaction)
            if renewed.may_take_over:
                self._behind.add(self._lease.take_over(transaction))
            living = self._lease.living(transaction)
        return Beat(living, renewed.unbroken)

    def leave(self) -> None:
        """This worker ends: others may take over at once what it leaves."""
        with self._transaction() as transaction:
            self._lease.end(transaction)

    def backlog(self) -> Backlog:
        """How far behind the bot is, all workers together."""
        with self._transaction() as transaction:
            (told,) = transaction.run(self._spelled.backlog)()
        return Backlog(*told)

    def close(self) -> None:
        """Let go of the database."""
        if self._claim:
            self._claim.release()
        self._line.close()

    @contextmanager
    def _transaction(self, *, hasty: bool = False) -> Iterator[Transaction]:
        with self._minding_failures(), self._line.transaction(hasty=hasty) as transaction:
            yield transaction

    @contextmanager
    def _minding_failures(self) -> Iterator[None]:
        """A connection to a server that is gone, or made while a file was read-only, would remain so."""
        try:
            yield
        except StorageError:
            self._behind.lose_track()
            self._line.close()
            raise

    def _forget(self, transaction: Transaction, unsent: Sequence[Unsent]) -> Collection[int]:
        """The ids that still waited."""
        if not unsent:
            return ()
        forgotten = transaction.run(self._spelled.forget_outputs, rows=_of(one.id for one in unsent))
        settled = [{"chat": one.chat, "turn": one.output.turn} for one in unsent if isinstance(one.output, Settle)]
        if settled:
            transaction.run(self._spelled.forget_shown, rows=settled)
        return {number for (number,) in forgotten()}

    def _prune(self, transaction: Transaction, now: float) -> None:
        if now - self._pruned_at >= PRUNE_EVERY_SECONDS:
            transaction.run(self._spelled.forget_updates, before=now - UPDATES_KEPT_SECONDS)
            self._pruned_at = now


def open_store(database: str | Prepared, clock: Clock = time.time, worker: str = "poller") -> SqlStore:
    """Begin the worker's lease. An address is prepared first: its schema is brought up to date. Raises StorageError."""
    if isinstance(database, str):
        from bot.adapters.storage.preparing import prepare

        database = prepare(database)
    store = SqlStore(database, clock, worker)
    try:
        store.heartbeat()
    except BaseException:
        store.close()
        raise
    return store


def _of(ids: Iterable[int]) -> list[Row]:
    return [{"id": number} for number in ids]
