"""Backups while the bot runs, and the way back: into the same kind of database, or over to the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, MetaData, Table, func, insert, select

from bot.adapters.storage.backup_file import (
    BackupError,
    Summary,
    TableRows,
    check_backup,
    reading_backup,
    write_backup,
)
from bot.adapters.storage.claim import Claim, TakenError, claim_on
from bot.adapters.storage.engine import open_engine, target_of
from bot.adapters.storage.faults import explained, place
from bot.adapters.storage.leases import counting_living
from bot.adapters.storage.migrations import REVISIONS
from bot.adapters.storage.snapshot import snapshot
from bot.adapters.storage.tables import metadata, owner, workers
from bot.adapters.storage.upgrade import begin_anew, schema_of, upgrade
from bot.ports import StorageError

ROWS_AT_ONCE = 500
_KEPT = sorted(metadata.tables.keys() - {workers.name})  # who is at work now means nothing to another database


def back_up(address: str, file: Path, now: float) -> Summary:
    """Write everything as it is at one moment into a file. Raises StorageError, BackupError."""
    with snapshot(address) as connection:
        tables = (_rows_of(table, connection) for table in _tables(connection))
        return write_backup(file, schema_of(connection), now, tables)


def restore(address: str, file: Path) -> Summary:
    """Fill an empty database from a backup: all of it or nothing. Raises StorageError, BackupError."""
    summary = check_backup(file)
    if summary.schema not in REVISIONS:
        raise BackupError(f"{file} was made by a newer version of this program. Install that version.")
    engine = open_engine(address)
    claim = claim_on(target_of(engine))
    try:
        _claim(claim, engine.url)
        with explained(place(engine.url)), engine.begin() as connection:
            _make_room(connection)
            _fill(connection, file)
    finally:
        claim.release()
        engine.dispose()
    return summary


def _tables(connection: Connection) -> list[Table]:
    """As they are in the database, which may be older than this program."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in _KEPT)
    return [found.tables[name] for name in sorted(found.tables)]


def _rows_of(table: Table, connection: Connection) -> TableRows:
    rows = connection.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": ROWS_AT_ONCE})
    return TableRows(table.name, table.columns.keys(), rows)


def _claim(claim: Claim, url: URL) -> None:
    try:
        claim.hold()
    except TakenError as error:  # says how several bots go together, which is no matter here
        raise _at_work(url) from error


def _make_room(connection: Connection) -> None:
    if connection.scalar(counting_living(connection.dialect.name)):
        raise _at_work(connection.engine.url)
    if any(connection.scalar(select(select(metadata.tables[name]).exists())) for name in _KEPT if name != owner.name):
        where, remedy = place(connection.engine.url), "Set database.url to another one, or move this one away first."
        raise StorageError(f"The database {where} is not empty, so nothing is restored into it. {remedy}")


def _at_work(url: URL) -> StorageError:
    return StorageError(f"A bot is at work on the database {place(url)}. Stop the bot first, then restore.")


def _fill(connection: Connection, file: Path) -> None:
    with reading_backup(file) as backup:
        begin_anew(connection, backup.schema)
        tables = {table.name: table for table in _tables(connection)}
        for given in backup.tables():
            _fill_table(connection, tables[given.name], given)
    upgrade(connection)


def _fill_table(connection: Connection, table: Table, given: TableRows) -> None:
    names = [table.columns[name].name for name in given.columns]
    for rows in _batches(iter(given.rows)):
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
    counter = metadata.tables[table.name].autoincrement_column
    if counter is not None and connection.dialect.name == "postgresql":  # it would begin at 1 again
        last = select(func.coalesce(func.max(table.columns[counter.name]), 0)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, counter.name), last + 1, False)))


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch
