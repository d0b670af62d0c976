"""The store's one connection, at the driver's own speed.

SQLAlchemy makes the statements, but does not carry them: that costs 0.07 ms each time, and what a single patient does
needs eight (docs/decisions/0012).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bot.adapters.storage.faults import explained
from bot.adapters.storage.prepared import Statement
from bot.adapters.storage.target import Target, connect_postgres, connect_sqlite

if TYPE_CHECKING:
    import psycopg

Rows = Callable[[], Sequence[tuple[Any, ...]]]


class Transaction(Protocol):
    """Statements that take effect together."""

    def run(self, statement: Statement, **given: Any) -> Rows:
        """Do it. Its rows are there once they are asked for: until then PostgreSQL need not be waited for."""
        ...

    def pause(self) -> None:
        """What follows may take a while: PostgreSQL is told, or it would not notice a worker that hangs with locks."""
        ...


class Line:
    """To one database. Used from one thread at a time."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._talk: _Talk | None = None
        self._over = ExitStack()  # what ends with the connection

    @contextmanager
    def transaction(self, *, hasty: bool = False) -> Iterator[Transaction]:
        """Commits at the end, rolls back on an exception. Raises StorageError; then the line is best closed.

        `hasty`: the commit does not wait for the disk. It outlives this process. Where the machine fails before the
        disk has it, or PostgreSQL's server within 0.6 seconds, it is lost.
        """
        with explained(self._target.place):
            talk = self._talk = self._talk or self._opened()
            try:
                talk.begin(hasty=hasty)
                yield talk
                talk.commit()
            except BaseException:
                self._roll_back(talk)
                raise

    def close(self) -> None:
        """The next transaction opens it again."""
        with suppress(Exception):  # it may be broken
            self._over.close()
        self._talk = None

    def _opened(self) -> _Talk:
        if self._target.dialect == "sqlite":
            file = connect_sqlite(self._target)
            self._over.callback(file.close)
            return _Sqlite(file)
        server = connect_postgres(self._target)
        self._over.callback(server.close)
        server.autocommit = True  # transactions begin by word: the driver would wait for the server at each beginning
        pipeline = self._over.enter_context(server.pipeline())
        self._over.callback(server.close)  # before the pipeline's end, which would wait for a server that hangs
        return _Postgresql(server, pipeline)

    def _roll_back(self, talk: _Talk) -> None:
        try:
            talk.rollback()
        except Exception:  # what went wrong first is what counts
            self.close()


class _Talk(Transaction, Protocol):
    """Transactions, one after the other."""

    def begin(self, *, hasty: bool) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


class _Sqlite:
    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def begin(self, *, hasty: bool) -> None:
        self._driver.execute(f"PRAGMA synchronous = {'NORMAL' if hasty else 'FULL'}")
        # IMMEDIATE: what is read stays true until it is written; a second writer waits here instead of failing later.
        self._driver.execute("BEGIN IMMEDIATE")

    def run(self, statement: Statement, **given: Any) -> Rows:
        rows = self._driver.execute(statement.text, statement.parameters(given)).fetchall()
        return lambda: rows

    def pause(self) -> None:
        """Nobody else uses the file."""

    def commit(self) -> None:
        self._driver.execute("COMMIT")

    def rollback(self) -> None:
        self._driver.execute("ROLLBACK")


class _Postgresql:
    """In a pipeline: the server is waited for where rows are asked for, at a pause and at the commit.

    Each time it is told that nothing follows for now (a sync), so that it notices a worker that hangs with locks.
    """

    def __init__(self, driver: psycopg.Connection[Any], pipeline: psycopg.Pipeline) -> None:
        self._driver, self._pipeline = driver, pipeline

    def begin(self, *, hasty: bool) -> None:
        self._driver.execute("BEGIN")
        if hasty:
            self._driver.execute("SET LOCAL synchronous_commit = off")

    def run(self, statement: Statement, **given: Any) -> Rows:
        return partial(self._rows, self._driver.execute(statement.text, statement.parameters(given)))

    def pause(self) -> None:
        self._pipeline.sync()

    def _rows(self, cursor: psycopg.Cursor[Any]) -> list[tuple[Any, ...]]:
        if cursor.pgresult is None:
            self._pipeline.sync()
        return cursor.fetchall()

    def commit(self) -> None:
        self._driver.execute("COMMIT")
        self._pipeline.sync()

    def rollback(self) -> None:
        self._driver.execute("ROLLBACK")
        self._pipeline.sync()
