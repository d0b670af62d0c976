"""Looks whether everything in a database is as it should be, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.adapters.storage.faults import place
from bot.adapters.storage.rows import read_session
from bot.adapters.storage.snapshot import snapshot
from bot.adapters.storage.tables import metadata, outbox, sessions
from bot.adapters.storage.upgrade import schema_of
from bot.ports import StorageError

_NAMED = 5  # unreadable sessions


@dataclass(frozen=True, slots=True)
class Examined:
    """What a sound database holds."""

    place: str
    schema: str
    rows: Mapping[str, int]  # by table
    waiting_since: float | None  # the oldest output in the outbox


def examine(address: str) -> Examined:
    """Raises StorageError where something is wrong."""
    with snapshot(address) as connection:
        schema, where = schema_of(connection), place(connection.engine.url)
        if connection.dialect.name == "sqlite":
            _check_pages(connection, where)
        _check_sessions(connection, where)
        return Examined(where, schema, _counts(connection), connection.scalar(select(func.min(outbox.c.created_at))))


def _check_pages(connection: Connection, where: str) -> None:
    told = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if told != "ok":
        raise StorageError(f"The database {where} is damaged ({told}). Restore a backup.")


def _check_sessions(connection: Connection, where: str) -> None:
    unreadable = list(_unreadable(connection))
    if unreadable:
        named = ", ".join(map(str, unreadable[:_NAMED])) + (", ..." if len(unreadable) > _NAMED else "")
        remedy = "Restore a backup, or let them begin anew: delete their rows."
        raise StorageError(f"In {where}, {len(unreadable)} sessions cannot be read, of the chats {named}. {remedy}")


def _unreadable(connection: Connection) -> Iterator[int]:
    rows = connection.execute(select(sessions.c.chat, sessions.c.session), execution_options={"yield_per": 500})
    for chat, text in rows:
        try:
            read_session(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield chat


def _counts(connection: Connection) -> dict[str, int]:
    tables = sorted(metadata.tables.items())
    return {name: connection.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables}
