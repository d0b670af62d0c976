"""Reads one moment of a database, whatever others write meanwhile, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from bot.adapters.storage.engine import postgresql_engine, url_of
from bot.adapters.storage.faults import explained, place
from bot.adapters.storage.target import PATIENCE
from bot.ports import StorageError


@contextmanager
def snapshot(address: str) -> Iterator[Connection]:
    """Its schema is what it is, perhaps older than this program. Raises StorageError."""
    url = url_of(address)
    engine = _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)
    try:
        with explained(place(url)), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _sqlite(url: URL) -> Engine:
    if not Path(url.database or "").exists():
        raise StorageError(f"There is no database {url.database}. Correct database.url, or run the bot first.")
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or Python's sqlite3 would begin a transaction only before it writes
    for pragma in (PATIENCE, "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _postgresql(url: URL) -> Engine:
    return postgresql_engine(url).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
