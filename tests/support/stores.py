"""The stores that the contract suite runs on, and a look into their real tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import create_engine, inspect, text

from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.migrations import VERSION_TABLE
from bot.adapters.storage.store import SqlStore
from bot.conversation import Store
from tests.support.memory_store import MemoryStore


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Place(Protocol):
    """Somewhere to keep things, that can be opened again."""

    def open(self, clock: Clock) -> Store: ...

    def tables(self) -> dict[str, list[str]]:
        """Every row as text, by table."""
        ...

    def close(self) -> None: ...


class MemoryPlace:
    """Opening it again finds the same tables."""

    def __init__(self) -> None:
        self._store: MemoryStore | None = None

    def open(self, clock: Clock) -> Store:
        self._store = self._store or MemoryStore(clock)
        return self._store

    def tables(self) -> dict[str, list[str]]:
        assert self._store
        tables = vars(self._store.tables)
        return {name: [*map(str, _rows(rows))] for name, rows in tables.items() if name not in ("last_id", "left")}

    def close(self) -> None:
        self._store = None


class SqlPlace:
    """A database by its address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open: list[SqlStore] = []

    def open(self, clock: Clock) -> Store:
        store = SqlStore(open_engine(self.address), clock)
        self._open.append(store)
        return store

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
