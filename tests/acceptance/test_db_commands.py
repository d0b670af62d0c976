"""`ptbot db`: what an operator sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.storage.store import open_store
from bot.dialogue.outputs import Say
from tests.support.sessions import EVERYTHING, update
from tests.support.stores import Clock

ROOT = Path(__file__).parents[2]


def ptbot_db(folder: Path, *arguments: str, database: str = "sqlite:///bot.db") -> tuple[int, str]:
    """The exit code, and what was said on whichever stream."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PTBOT_DATABASE__URL": database}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "db", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a database in it."""
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}", Clock())
    with store.unit() as unit:
        unit.take([update(1)])
        unit.save(7, EVERYTHING, EVERYTHING.answers)
        unit.send(7, [Say("Hello")])
    store.leave()
    store.close()
    return tmp_path


def test_a_backup_there_and_back(folder: Path) -> None:
    code, told = ptbot_db(folder, "backup", "monday")
    assert (code, "monday: everything as it was at 20" in told, "sessions: 1" in told) == (0, True, True)
    code, told = ptbot_db(folder, "check", "monday")
    assert (code, "All good: monday is whole" in told, "answers: 5" in told) == (0, True, True)
    code, told = ptbot_db(folder, "restore", "monday", database="sqlite:///other.db")
    assert (code, "Restored from monday" in told) == (0, True)
    assert ptbot_db(folder, "check") == (
        0,
        ptbot_db(folder, "check", database="sqlite:///other.db")[1].replace("other.db", "bot.db"),
    )


def test_a_check_tells_what_waits(folder: Path) -> None:
    code, told = ptbot_db(folder, "check")
    assert (code, "All good: the database bot.db (schema 0" in told) == (0, True)
    assert "The oldest message that waits to be sent: since 2027-01-15 08:00:00 UTC." in told


def test_an_upgrade_makes_an_empty_database(tmp_path: Path) -> None:
    assert ptbot_db(tmp_path, "upgrade")[0] == 0
    code, told = ptbot_db(tmp_path, "check")
    assert (code, "Nothing waits to be sent." in told) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nothing"], "ptbot: nothing cannot be read: No such file or directory.\n"),
        (["check", "bot.db"], "ptbot: bot.db is not a backup, or not a whole one. Take another one.\n"),
        (["restore", "missing"], "ptbot: missing cannot be read: No such file or directory.\n"),
        (["backup", "bot.db"], "ptbot: bot.db is there already. Choose another name, or remove it first.\n"),
        (["backup", "no/where"], "ptbot: no/where cannot be written: No such file or directory.\n"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(folder: Path, arguments: list[str], said: str) -> None:
    assert ptbot_db(folder, *arguments) == (1, said)


def test_a_database_that_is_missing_or_full(folder: Path) -> None:
    code, told = ptbot_db(folder, "check", database="sqlite:///missing.db")
    assert (code, told) == (1, "ptbot: There is no database missing.db. Correct database.url, or run the bot first.\n")
    assert ptbot_db(folder, "backup", "monday")[0] == 0
    code, told = ptbot_db(folder, "restore", "monday")
    assert (code, told.count("\n"), "bot.db is not empty" in told) == (1, 1, True)
