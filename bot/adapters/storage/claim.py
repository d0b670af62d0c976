"""One process alone: who polls Telegram, or uses an SQLite file at all. A claim vanishes with the process."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Protocol

from bot.adapters.storage.faults import explained
from bot.adapters.storage.target import Target, connect_postgres
from bot.ports import StorageError

if TYPE_CHECKING:
    import psycopg

if sys.platform != "win32":
    import fcntl

PAUSE_SECONDS = 0.1
_LOCK = 0x70746270  # any number that no other program would lock


class TakenError(StorageError):
    """Another process has it."""


class Claim(Protocol):
    """The right to be the only one."""

    def hold(self) -> None:
        """Take it, or make sure that it is still held. Raises TakenError, StorageError."""
        ...

    def release(self) -> None:
        """Somebody else may have it."""
        ...


def claim_on(target: Target) -> Claim:
    """What there is to claim in this database."""
    return FileClaim(target) if target.dialect == "sqlite" else SessionClaim(target)


def hold_soon(claim: Claim, patience: float) -> None:
    """Take it, if need be after another process let go of it. Raises TakenError after so many seconds, StorageError."""
    end = time.monotonic() + patience
    while True:
        try:
            claim.hold()
        except TakenError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE_SECONDS)  # at a start: there is no loop yet that it could hold up
        else:
            return


class FileClaim:
    """A lock on a file beside the database."""

    def __init__(self, target: Target) -> None:
        self._database = target.place
        self._file: int | None = None

    def hold(self) -> None:
        """Take it, or make sure that it is still held. Raises TakenError, StorageError."""
        if self._file is None and sys.platform != "win32":
            self._file = self._locked(f"{self._database}.lock")

    def release(self) -> None:
        """Somebody else may have it."""
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _locked(self, name: str) -> int:
        try:
            file = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(f"The file {name} cannot be written ({error.strerror}).") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            remedy = "Stop it first. For several at once, use PostgreSQL and `ptbot run --webhook`."
            raise TakenError(f"Another ptbot uses the database {self._database}. {remedy}") from error
        return file


class SessionClaim:
    """A lock that PostgreSQL drops when the connection ends, and which is then taken again."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection: psycopg.Connection[Any] | None = None

    def hold(self) -> None:
        """Take it, or make sure that it is still held. Raises TakenError, StorageError."""
        if self._connection is None or not self._answers(self._connection):
            with explained(self._target.place):
                self._connection = self._locked()

    def release(self) -> None:
        """Somebody else may have it."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _answers(self, connection: psycopg.Connection[Any]) -> bool:
        try:
            with explained(self._target.place):
                connection.execute("SELECT 1")
        except StorageError:
            self.release()
            return False
        return True

    def _locked(self) -> psycopg.Connection[Any]:
        with ExitStack() as unless_held:
            connection = unless_held.enter_context(closing(connect_postgres(self._target)))
            connection.autocommit = True
            if connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,):
                unless_held.pop_all()
                return connection
        remedy = "Stop it first, or use `ptbot run --webhook` for several."
        raise TakenError(f"Another ptbot polls with the database {self._target.place}. {remedy}")
