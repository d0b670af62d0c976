"""Brings the schema up to date at start, within the caller's transaction: all of it or nothing."""

from __future__ import annotations

from sqlalchemy import Connection, func, inspect, select, table, text

from bot.adapters.storage.faults import place
from bot.adapters.storage.migrations import REVISIONS, VERSION_TABLE
from bot.adapters.storage.tables import metadata
from bot.ports import StorageError

UPGRADE_TIMEOUT = "60s"  # alembic alone is loaded for seconds on a busy machine
_LOCK = 0x70746274  # any number that no other program would lock


def upgrade(connection: Connection) -> None:
    """Apply the migrations that are missing. Raises StorageError where the schema is not one we know."""
    if connection.dialect.name == "postgresql":  # two workers may start at once; SQLite's transaction locks by itself
        _take_time(connection)
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    version = _version(connection)
    if version != REVISIONS[-1]:
        _check(connection, version)
        _migrate(connection, "head")


def schema_of(connection: Connection) -> str:
    """Its revision. Raises StorageError where there is none that we know."""
    version = _version(connection)
    _check(connection, version)
    if version is None:
        raise StorageError(f"The database {place(connection.engine.url)} is empty: no bot has used it yet.")
    return version


def begin_anew(connection: Connection, revision: str) -> None:
    """Only the tables as they were at this revision, and nothing in them."""
    if connection.dialect.name == "postgresql":
        _take_time(connection)
    metadata.drop_all(connection)
    connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    _migrate(connection, revision)


def _take_time(connection: Connection) -> None:
    """In this transaction: a migration, or the restore of a backup, may pause for longer than a worker."""
    for setting in ("idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(select(func.set_config(setting, UPGRADE_TIMEOUT, True)))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(select(text("version_num")).select_from(table(VERSION_TABLE)))
    return version


def _check(connection: Connection, version: str | None) -> None:
    where = place(connection.engine.url)
    if version is None and set(inspect(connection).get_table_names()) & set(metadata.tables):
        raise StorageError(f"The database {where} holds another program's tables. Give the bot a database of its own.")
    if version is not None and version not in REVISIONS:
        told = f"was written by a newer version of this program (schema {version}; this one knows {REVISIONS[-1]})"
        raise StorageError(f"The database {where} {told}. Install that version, or restore a backup.")


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command  # here, since it is slow to load and most starts have nothing to migrate
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "bot.adapters.storage:migrations")
    command.upgrade(config, revision)
