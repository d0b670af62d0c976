"""Opens the database: SQLite in a file, or PostgreSQL by its address."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.storage.faults import explained, place
from bot.adapters.storage.owner import Tenant, move_in
from bot.adapters.storage.rows import json_text
from bot.adapters.storage.tables import updates
from bot.adapters.storage.target import Target, set_up_postgres, set_up_sqlite
from bot.adapters.storage.upgrade import upgrade
from bot.ports import StorageError

SQLITE_OLDEST = (3, 35, 0)  # the first that knows RETURNING
_NETWORK = {  # a server that vanished without a word is given up after seconds, not a quarter of an hour
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",  # what hosts often call it
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_TRY_TO_WRITE = delete(updates).where(false())  # changes nothing, but is refused where nothing may be written


def open_engine(address: str, tenant: Tenant | None = None) -> Engine:
    """Connect, and bring the schema up to date. `tenant`: whose database it must be, or becomes if it is nobody's.

    Raises StorageError with one clear line.
    """
    url = url_of(address)
    engine = _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)
    try:
        with explained(place(url)), engine.begin() as connection:
            upgrade(connection)
            if tenant is not None:
                move_in(connection, tenant)
            connection.execute(_TRY_TO_WRITE)
    except BaseException:
        engine.dispose()
        raise
    return engine


def target_of(engine: Engine) -> Target:
    """The same database, for its driver."""
    arguments, options = engine.dialect.create_connect_args(engine.url)
    own = {name: value for name, value in options.items() if name != "context"}  # which is how SQLAlchemy reads types
    return Target(engine.dialect.name, place(engine.url), tuple(arguments), own)


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
    event.listen(engine, "connect", set_up_sqlite)
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


def _begin(connection: Connection) -> None:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # Any | None there
    driver.execute("BEGIN IMMEDIATE")


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
    engine = postgresql_engine(url)
    event.listen(engine, "connect", set_up_postgres)
    return engine
