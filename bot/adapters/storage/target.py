"""A database as its driver reaches it, without SQLAlchemy: that would take 12 MiB of the running bot's memory."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

BUSY_TIMEOUT_SECONDS = 5  # how long to wait for another program, such as a backup
PATIENCE = f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}"
PRAGMAS = (
    PATIENCE,
    "journal_mode = WAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what a patient erases is overwritten
    "synchronous = FULL",
    "wal_autocheckpoint = 8000",  # pages: 32 MB of log; whoever is handled while it is emptied waits for 10 ms and more
)
SESSION = {
    # The locks of a worker that vanished, or hangs, do not outlive it until others lose their lease for them.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "2500ms",  # sooner than who waits for them gives up
    "lock_timeout": "3s",
    # The outbox fills and empties faster than the server counts it: taken for small, it was read from end to end, with
    # all that had been deleted, for every update. Nor can it know how few rows it is given, and would rather walk
    # through half of the sessions than look up one. No statement of ours is worth compiling.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One database."""

    dialect: str  # "sqlite" or "postgresql"
    place: str  # for people to read; without the password
    arguments: Sequence[Any]  # for the driver's `connect`
    options: Mapping[str, Any]


def connect_sqlite(target: Target) -> sqlite3.Connection:
    """A connection. Raises sqlite3.Error."""
    connection: sqlite3.Connection = sqlite3.connect(*target.arguments, **target.options)
    with _closed_where_that_fails(connection):
        set_up_sqlite(connection)
    return connection


def set_up_sqlite(connection: sqlite3.Connection, *_: object) -> None:
    """To lose nothing, and to begin transactions only where it is told to."""
    connection.isolation_level = None  # or Python's sqlite3 would begin transactions on its own, and too late
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def connect_postgres(target: Target) -> psycopg.Connection[Any]:
    """A connection. Raises psycopg.Error."""
    import psycopg

    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of what follows from an error that is told
    connection = psycopg.connect(*target.arguments, **target.options)
    with _closed_where_that_fails(connection):
        set_up_postgres(connection)
    return connection


def set_up_postgres(connection: Any, *_: object) -> None:
    """To let go of others in time, and to lose nothing."""
    settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in SESSION.items())
    connection.execute(f"SELECT {settings}")
    # A server may be set to lose the last moments. Stronger settings than "on" stay as they are.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.commit()


@contextmanager
def _closed_where_that_fails(connection: sqlite3.Connection | psycopg.Connection[Any]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def empty_log(target: Target) -> bool:
    """Cut off SQLite's write-ahead log, which still holds what was erased. False while another program reads it."""
    if target.dialect != "sqlite":
        return True
    # What was erased stays so, whatever fails here; the next to write hears what is wrong.
    with suppress(sqlite3.Error), closing(connect_sqlite(target)) as connection:
        connection.execute("PRAGMA busy_timeout = 0")  # patients need not wait for this
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    return False
