"""The stores that the contract suite runs on, and a look into their real tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import create_engine, inspect, text

from bot.adapters.storage.migrations import VERSION_TABLE
from bot.adapters.storage.store import SqlStore, open_store
from bot.ports import Store
from tests.support.memory_store import MemoryStore, Tables


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Place(Protocol):
    """Somewhere to keep things, that can be opened again."""

    def open(self, clock: Clock, worker: str = "poller") -> Store: ...

    def pass_time(self, seconds: float) -> None:
        """For the leases of the workers."""
        ...

    def tables(self) -> dict[str, list[str]]:
        """Every row as text, by table."""
        ...

    def close(self) -> None: ...


class MemoryPlace:
    """Opening it again finds the same tables."""

    def __init__(self) -> None:
        self._tables = Tables()

    def open(self, clock: Clock, worker: str = "poller") -> Store:
        return MemoryStore(clock, self._tables, worker)

    def pass_time(self, seconds: float) -> None:
        workers = self._tables.workers
        workers.update({name: (since - seconds, until - seconds) for name, (since, until) in workers.items()})

    def tables(self) -> dict[str, list[str]]:
        tables = vars(self._tables)
        return {name: [*map(str, _rows(rows))] for name, rows in tables.items() if name not in ("last_id", "left")}

    def close(self) -> None:
        self._tables = Tables()


class SqlPlace:
    """A database by its address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open: list[SqlStore] = []

    def open(self, clock: Clock, worker: str = "poller") -> Store:
        store = open_store(self.address, clock, worker)
        self._open.append(store)
        return store

    def pass_time(self, seconds: float) -> None:
        with looking_into(self.address) as connection:
            connection.execute(text(f"UPDATE workers SET since = since - {seconds}, until = until - {seconds}"))

    def tables(self) -> dict[str, list[str]]:
        with looking_into(self.address) as connection:
            names = [name for name in inspect(connection).get_table_names() if name != VERSION_TABLE]
            return {name: [str(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in names}

    def close(self) -> None:
        for store in self._open:
            store.close()


@contextmanager
def looking_into(address: str) -> Iterator[Any]:
    """A plain connection, without anything of ours; what is changed is kept."""
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def empty_postgres(address: str) -> None:
    """Drop whatever an earlier test left."""
    with looking_into(address) as connection:
        connection.execute(text("SET client_min_messages = error"))
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _rows(rows: Any) -> Any:
    return rows.items() if isinstance(rows, dict) else rows
