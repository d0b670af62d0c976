"""What the `db` commands do, and tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.storage.backup import back_up, restore
from bot.adapters.storage.backup_file import check_backup
from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.examine import examine
from bot.adapters.storage.migrations import REVISIONS


def backed_up(address: str, file: Path, now: float) -> str:
    """Write a backup. Raises PtbotError."""
    summary = back_up(address, file, now)
    return _listed(f"{file}: everything as it was at {summary.made_at}.", summary.rows)


def restored(address: str, file: Path) -> str:
    """Fill an empty database from a backup. Raises PtbotError."""
    summary = restore(address, file)
    return _listed(f"Restored from {file}, made at {summary.made_at}.", summary.rows)


def backup_checked(file: Path) -> str:
    """Is a backup whole? Raises PtbotError."""
    summary = check_backup(file)
    return _listed(f"All good: {file} is whole, made at {summary.made_at} (schema {summary.schema}).", summary.rows)


def database_checked(address: str) -> str:
    """Is a database sound? Raises PtbotError."""
    examined = examine(address)
    newer = "" if examined.schema == REVISIONS[-1] else f"; the next start brings it to {REVISIONS[-1]}"
    told = _listed(f"All good: the database {examined.place} (schema {examined.schema}{newer}).", examined.rows)
    if examined.waiting_since is None:
        return f"{told}\nNothing waits to be sent."
    since = datetime.fromtimestamp(examined.waiting_since, UTC)
    return f"{told}\nThe oldest message that waits to be sent: since {since:%Y-%m-%d %H:%M:%S} UTC."


def upgraded(address: str) -> str:
    """Bring a database's schema up to date. Raises PtbotError."""
    open_engine(address).dispose()
    return f"The database's schema is {REVISIONS[-1]}, as this version needs it."


def _listed(told: str, rows: Mapping[str, int]) -> str:
    return "\n".join([told, *(f"  {name}: {count}" for name, count in rows.items())])
