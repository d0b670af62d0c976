"""What went wrong with a database, in one line that says what to do. Nothing a patient wrote can get into it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.ports import StorageError

if TYPE_CHECKING:
    from sqlalchemy import URL

_ELSEWHERE = (("psycopg", "Error"), ("sqlalchemy.exc", "DBAPIError"))  # of what is not loaded nothing can be raised
# What the drivers say, in small letters -> what it means. First match wins.
_MEANINGS = (
    ("unable to open database file", "cannot be opened. Check that the folder exists and the bot may write to it."),
    ("readonly database", "is read-only. Give the bot the right to write to the file and to its folder."),
    ("read-only transaction", "is read-only. Connect to the primary server, with a role that may write."),
    ("disk is full", "cannot grow: the disk is full. Free some space."),
    ("no space left on device", "cannot grow: the server's disk is full. Free some space there."),
    ("disk i/o error", "cannot be read or written: the disk reports an error. Check the disk."),
    ("file is not a database", "is not a database. Point the setting to another file, or restore a backup."),
    ("malformed", "is damaged. Restore a backup."),
    ("database is locked", "is held by another program. Stop that program, or a second copy of the bot."),
    ("lock timeout", "is busy: another worker or program holds what is needed for too long."),
    ("password authentication failed", "refuses the name or the password. Correct them in the address."),
    ("does not exist", "does not know the role or the database in the address. Create it, or correct the address."),
    ("permission denied", "does not let the bot's role do this. Grant it the right to create and change tables."),
    ("too many clients", "has no connection left. Raise max_connections of the server, or run fewer workers."),
    ("connection", "cannot be reached. Check that the server runs and that the address is right."),
)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what the driver raises into a StorageError that says where the database is; the cause is kept."""
    try:
        yield
    except _errors() as error:
        raise StorageError(f"The database {where} {_meaning(error)}") from error


def _errors() -> tuple[type[Exception], ...]:
    loaded = [(name, sys.modules[module]) for module, name in _ELSEWHERE if module in sys.modules]
    return (sqlite3.Error, *(getattr(module, name) for name, module in loaded))


def place(url: URL) -> str:
    """Where the database is, without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return f"{url.database or 'postgres'} on {url.query.get('host') or url.host or 'this machine'}"


def _meaning(error: Exception) -> str:
    cause = getattr(error, "orig", error)
    said = str(cause).lower()
    for words, meaning in _MEANINGS:
        if words in said:
            return meaning
    return f"cannot be used ({type(cause).__name__})."
