"""The file of a backup: compressed lines of JSON. Written and read row by row, however many there are.

{"ptbot_backup": 1, "schema": "0002", "made_at": "2026-11-22T07:00:00Z"}
{"table": "sessions", "columns": ["chat", "session", ...]}
[7, "{...}", ...]                                                   and so on, table by table
{"rows": {"sessions": 1, ...}, "sha256": "..."}                     of all lines before
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bot.flow.errors import PtbotError

FORMAT = 1
Values = Sequence[Any]  # of one row


class BackupError(PtbotError):
    """A backup cannot be written or read."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table in a backup; its rows can be gone through once."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Values]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    schema: str
    made_at: str
    rows: Mapping[str, int]  # by table


def write_backup(file: Path, schema: str, now: float, tables: Iterable[TableRows]) -> Summary:
    """Write it under another name first: what has the name of a backup is whole.

    Raises BackupError, also if the file is there already.
    """
    made_at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _written_whole(file) as stream, gzip.GzipFile("", "wb", 6, stream) as packed:
        lines = _Lines(packed)
        lines.write({"ptbot_backup": FORMAT, "schema": schema, "made_at": made_at})
        counts = {table.name: lines.write_table(table) for table in tables}
        lines.write({"rows": counts, "sha256": lines.digest.hexdigest()})
    return Summary(schema, made_at, counts)


class _Lines:
    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream, self.digest = stream, hashlib.sha256()

    def write(self, data: object) -> None:
        line = json.dumps(data, separators=(",", ":")).encode() + b"\n"
        self._stream.write(line)
        self.digest.update(line)

    def write_table(self, table: TableRows) -> int:
        self.write({"table": table.name, "columns": list(table.columns)})
        count = 0
        for row in table.rows:
            self.write(list(row))
            count += 1
        return count


@contextmanager
def _written_whole(file: Path) -> Iterator[IO[bytes]]:
    if file.exists():
        raise BackupError(f"{file} is there already. Choose another name, or remove it first.")
    part = file.with_name(file.name + ".part")
    try:
        with suppress(FileNotFoundError):  # of a run that was cut short, perhaps with other rights
            part.unlink()
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading_backup(file: Path) -> Iterator[BackupReader]:
    """Read it. Whatever is wrong with it, here or while its rows are gone through, is a BackupError."""
    try:
        with gzip.open(file) as stream:
            yield BackupReader(stream)
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{file} is not a backup, or not a whole one. Take another one.") from error
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from error


class BackupReader:
    """A backup that is being read, from the beginning to the end."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream, self._digest = stream, hashlib.sha256()
        self._counts: dict[str, int] = {}
        header = self._next()
        if header["ptbot_backup"] != FORMAT:
            raise BackupError("This backup was made by a newer version of this program. Install that version.")
        self.schema, self.made_at = str(header["schema"]), str(header["made_at"])
        self._after = self._next()

    def tables(self) -> Iterator[TableRows]:
        """Each has to be gone through before the next. After the last, all of it was compared with its sum."""
        while "table" in self._after:
            name = self._after["table"]
            self._counts[name] = 0
            yield TableRows(name, self._after["columns"], self._rows(name))
        if self._after != {"rows": self._counts, "sha256": self._digest.hexdigest()} or self._stream.read(1):
            raise ValueError("the sum is wrong")

    def summary(self) -> Summary:
        """Of what was gone through."""
        return Summary(self.schema, self.made_at, self._counts)

    def _rows(self, name: str) -> Iterator[Values]:
        while isinstance(row := self._next(), list):
            self._counts[name] += 1
            yield row
        self._after = row

    def _next(self) -> Any:
        line = self._stream.readline()
        data = json.loads(line)
        if not (isinstance(data, dict) and "sha256" in data):
            self._digest.update(line)
        return data


def check_backup(file: Path) -> Summary:
    """Go through all of it. Raises BackupError."""
    with reading_backup(file) as backup:
        for table in backup.tables():
            for _ in table.rows:
                pass
        return backup.summary()
