"""Fills the `Store` port with a database. Used from one thread at a time; see writer.py."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from bot.adapters.storage import statements
from bot.adapters.storage.engine import empty_log, open_engine
from bot.adapters.storage.faults import explained
from bot.adapters.storage.rows import read_unsent, redraws, turn_of
from bot.adapters.storage.unit import SqlUnit
from bot.conversation import Clock, Delivered, Unsent
from bot.dialogue.outputs import Settle

UPDATES_KEPT_SECONDS = 48 * 3600  # Telegram repeats an update for at most 24 hours
PRUNE_EVERY_SECONDS = 10.0  # so often that there is never much to delete at once


class SqlStore:
    """Where everything lives between two updates."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine, self._clock = engine, clock
        self._upserts = statements.upserts(engine.dialect.name)
        self._pruned_at = 0.0
        self._log_holds_erased = True  # an earlier run may have been cut short

    @contextmanager
    def unit(self) -> Iterator[SqlUnit]:
        """Begin a transaction; commits at the end, rolls back on an exception."""
        now = self._clock()
        with self._transaction() as connection:
            unit = SqlUnit(connection, self._upserts, now)
            yield unit
            unit.flush()
            self._prune(connection, now)
        if unit.erased or self._log_holds_erased:
            self._log_holds_erased = not empty_log(self._engine)

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        """Outputs waiting to be sent, urgent ones first, else in order. `but`: ids already under way."""
        with self._transaction() as connection:
            rows = connection.execute(statements.read_outbox, {"at_most": limit + len(but)}).all()
        waiting = [row for row in rows if row.id not in but][:limit]
        return [read_unsent(*row) for row in waiting]

    def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered: forget them, and remember which messages show which turns."""
        showing = [
            {"of_id": one.unsent.id, "message": one.message_id}
            for one in delivered
            if one.message_id is not None and turn_of(one.unsent.output) and not redraws(one.unsent.output)
        ]
        with self._transaction() as connection:
            if showing:
                connection.execute(self._upserts.remember_shown, showing)
            _forget(connection, [one.unsent for one in delivered])

    def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs can never be delivered: forget them."""
        with self._transaction() as connection:
            _forget(connection, unsent)

    def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent and is not settled yet."""
        with self._transaction() as connection:
            message: int | None = connection.scalar(statements.read_shown, {"of_chat": chat, "of_turn": turn})
        return message

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained(self._engine.url), self._engine.begin() as connection:
            yield connection

    def _prune(self, connection: Connection, now: float) -> None:
        if now - self._pruned_at >= PRUNE_EVERY_SECONDS:
            connection.execute(statements.forget_updates, {"before": now - UPDATES_KEPT_SECONDS})
            self._pruned_at = now


def open_store(address: str, clock: Clock = time.time) -> SqlStore:
    """Open the database at this address, its schema brought up to date. Raises StorageError."""
    return SqlStore(open_engine(address), clock)


def _forget(connection: Connection, unsent: Sequence[Unsent]) -> None:
    settled = [{"of_chat": one.chat, "of_turn": one.output.turn} for one in unsent if isinstance(one.output, Settle)]
    if settled:
        connection.execute(statements.forget_shown, settled)
    if unsent:
        connection.execute(statements.forget_output, [{"of_id": one.id} for one in unsent])
