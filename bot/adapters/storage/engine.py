"""Opens the database: SQLite in a file, or PostgreSQL by its address."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.storage.faults import explained
from bot.adapters.storage.rows import json_text
from bot.adapters.storage.tables import updates
from bot.adapters.storage.upgrade import upgrade
from bot.ports import StorageError

SQLITE_OLDEST = (3, 35, 0)  # the first that knows RETURNING
BUSY_TIMEOUT_SECONDS = 5  # how long to wait for another program, such as a backup
_NETWORK = {  # a server that vanished without a word is given up after seconds, not a quarter of an hour
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_SESSION = {  # nor do the locks of one that vanished, or hangs, outlive it until others lose their lease for them
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "2500ms",  # sooner than who waits for them gives up
    "lock_timeout": "3s",
}
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",  # what hosts often call it
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_TRY_TO_WRITE = delete(updates).where(false())  # changes nothing, but is refused where nothing may be written
PATIENCE = f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}"
_PRAGMAS = (
    PATIENCE,
    "journal_mode = WAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what a patient erases is overwritten
    "synchronous = FULL",
    "wal_autocheckpoint = 8000",  # pages: 32 MB of log; whoever is handled while it is emptied waits for 10 ms and more
)


def open_engine(address: str) -> Engine:
    """Connect, and bring the schema up to date. Raises StorageError with one clear line."""
    url = url_of(address)
    engine = _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)
    try:
        with explained(url), engine.begin() as connection:
            upgrade(connection)
            connection.execute(_TRY_TO_WRITE)
    except BaseException:
        engine.dispose()
        raise
    return engine


def url_of(address: str) -> URL:
    """Read an address. Raises StorageError."""
    remedy = "Write sqlite:///ptbot.db or postgresql://user:password@host/name."
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # ValueError: of the port
        raise StorageError(f"This is not the address of a database. {remedy}") from error
    if url.drivername not in _DRIVERS:
        raise StorageError(f"A database of the kind {url.drivername} is not supported. {remedy}")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise StorageError("A database in memory forgets everything at the end. Write sqlite:///ptbot.db.")
    return url.set(drivername=_DRIVERS[url.drivername])


def _sqlite(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        raise StorageError(f"This Python brings SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed.")
    _prepare(Path(url.database or ""))
    engine = create_engine(url, hide_parameters=True, json_serializer=json_text)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(file: Path) -> None:
    """What patients say is not for other users of the machine: the file is created for this one only.

    Its folder is not: a slip in the path would begin an empty database somewhere else.
    """
    try:
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        reason = "Check that the folder exists and the bot may write to it."
        raise StorageError(f"The database {file} cannot be created ({error.strerror}). {reason}") from error


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or Python's sqlite3 would begin transactions on its own, and too late
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    driver.execute("BEGIN IMMEDIATE")


def empty_log(engine: Engine) -> bool:
    """Cut off SQLite's write-ahead log, which still holds what was erased. False while another program reads it."""
    if engine.dialect.name != "sqlite":
        return True
    # What was erased stays so, whatever fails here; the next to write hears what is wrong.
    with suppress(sqlite3.Error), closing(engine.raw_connection()) as connection:  # raw: not within a transaction
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 0")  # patients need not wait for this
        try:
            (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA {PATIENCE}")
        return not busy
    return False


def postgresql_engine(url: URL) -> Engine:
    """Made, not connected yet. Raises StorageError."""
    try:
        # No ping before each use: it would double the cost of small transactions. What fails is tried again anyway.
        engine = create_engine(
            url.update_query_dict(_NETWORK | url.query), hide_parameters=True, json_serializer=json_text
        )
    except ModuleNotFoundError as error:
        raise StorageError('PostgreSQL needs one more package. Run: pip install "psycopg[binary]"') from error
    return engine


def _postgresql(url: URL) -> Engine:
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of what follows from an error that is told
    engine = postgresql_engine(url)
    event.listen(engine, "connect", _set_up_session)
    return engine


def _set_up_session(connection: Any, _record: object) -> None:
    settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SESSION.items())
    connection.execute(f"SELECT {settings}")
    connection.commit()
