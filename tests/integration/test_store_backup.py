"""Backups: while the bot runs, back into either kind of database, and what is not whole is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.adapters.storage.backup import back_up, restore
from bot.adapters.storage.backup_file import BackupError, check_backup
from bot.adapters.storage.examine import examine
from bot.adapters.storage.migrations import REVISIONS, VERSION_TABLE
from bot.adapters.storage.owner import Tenant
from bot.adapters.storage.preparing import prepare
from bot.adapters.storage.store import open_store
from bot.dialogue.outputs import Say
from bot.ports import Delivered, StorageError, Timer
from tests.support.sessions import EVERY_OUTPUT, EVERYTHING, PLAIN, question, update
from tests.support.stores import Clock, SqlPlace, looking_into

NOW = 1_800_000_000.0
CHATS = (7, -1_001_234_567_890_123)


def fill(address: str) -> None:
    """Something in every table; a worker that ended well."""
    store = open_store(prepare(address, Tenant(123456, "poller")), Clock())
    for number, chat in enumerate(CHATS):
        with store.unit() as unit:
            unit.take([update(number, chat)])
            unit.save(chat, EVERYTHING, EVERYTHING.answers)
            unit.set_timers(chat, [Timer("remind", NOW + 0.1)])
            unit.send(chat, [question(3)])
    store.sent([Delivered(one, 2**40) for one in store.unsent()])
    with store.unit() as unit:
        unit.send(7, EVERY_OUTPUT)
        unit.mark_left(CHATS[1], left=True)
    store.leave()
    store.close()


def kept(place: SqlPlace) -> dict[str, list[str]]:
    """All that a backup holds; `has_left` reads 0 or false."""
    tables = place.tables()
    del tables["workers"]
    return {
        name: sorted(row.replace("False", "0").replace("True", "1") for row in rows) for name, rows in tables.items()
    }


@pytest.fixture
def other_postgres(postgres: str) -> str:
    """An empty database beside the usual one."""
    engine = create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS other WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE other"))
    engine.dispose()
    return postgres.replace("/postgres?", "/other?")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> SqlPlace:
    """An empty database, other than the one that is backed up."""
    if request.param == "sqlite":
        return SqlPlace(f"sqlite:///{tmp_path / 'restored.db'}")
    return SqlPlace(request.getfixturevalue("other_postgres"))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Of a database with something in every table."""
    source = f"sqlite:///{tmp_path / 'source.db'}"
    fill(source)
    back_up(source, tmp_path / "backup", NOW)
    return tmp_path / "backup"


def with_lines(backup: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    """The same backup with other lines."""
    changed = backup.with_name("changed")
    changed.write_bytes(gzip.compress(b"".join(change(gzip.decompress(backup.read_bytes()).splitlines(keepends=True)))))
    return changed


# -- there and back


def test_what_was_backed_up_is_restored_into_either_database(
    database: SqlPlace, target: SqlPlace, tmp_path: Path
) -> None:
    fill(database.address)
    file = tmp_path / "backup"
    summary = back_up(database.address, file, NOW)
    assert summary == check_backup(file) == restore(target.address, file)
    assert (summary.schema, summary.made_at) == (REVISIONS[-1], "2027-01-15T08:00:00Z")
    assert kept(target) == kept(database)
    assert all(summary.rows.values())
    assert summary.rows == {name: len(rows) for name, rows in kept(database).items()}


def test_life_goes_on_after_a_restore(target: SqlPlace, backup: Path) -> None:
    restore(target.address, backup)
    store = open_store(target.address)
    before = [one.id for one in store.unsent()]
    with store.unit() as unit:
        assert unit.take([update(0), update(1), update(2)]) == [update(2)]
        assert unit.session(7) == EVERYTHING
        unit.save(7, PLAIN, EVERYTHING.answers)
        unit.send(7, [Say("one"), Say("two")])
    assert [one.id for one in unit.outgoing] == [max(before) + 1, max(before) + 2]
    assert store.message_of(7, 3) == 2**40
    store.close()


def test_a_backup_is_private_and_leaves_nothing_else(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not list(backup.parent.glob("*.part"))


def test_what_a_run_that_was_cut_short_left_is_no_hindrance(tmp_path: Path, backup: Path) -> None:
    backup.with_name("next.part").write_text("half")
    back_up(f"sqlite:///{tmp_path / 'source.db'}", backup.with_name("next"), NOW + 1)
    assert check_backup(backup.with_name("next")).made_at == "2027-01-15T08:00:01Z"


def test_no_file_is_overwritten(tmp_path: Path, backup: Path) -> None:
    before, source = backup.read_bytes(), tmp_path / "source.db"
    for file in (backup, source):
        with pytest.raises(BackupError, match=r"is there already\. Choose another name"):
            back_up(f"sqlite:///{source}", file, NOW + 1)
    assert backup.read_bytes() == before
    assert examine(f"sqlite:///{source}").rows["sessions"] == len(CHATS)


def test_a_backup_shows_one_moment_while_a_writer_writes(database: SqlPlace, tmp_path: Path) -> None:
    store, enough = open_store(database.address), threading.Event()

    def write() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            with store.unit() as unit:  # as many answers as updates at any moment
                unit.take([update(number, number)])
                unit.save(number, PLAIN, EVERYTHING.answers[:1])

    writer = threading.Thread(target=write)
    writer.start()
    while not database.tables()["updates"]:
        pass
    rows = [back_up(database.address, tmp_path / "0", NOW).rows]
    while rows[-1]["updates"] < rows[0]["updates"] + 5:
        rows.append(back_up(database.address, tmp_path / str(len(rows)), NOW).rows)
    enough.set()
    writer.join()
    store.close()
    assert all(one["updates"] == one["answers"] == one["sessions"] for one in rows)


def test_a_backup_of_an_older_schema_is_brought_up_to_date(target: SqlPlace, backup: Path) -> None:
    def as_of_the_first(lines: list[bytes]) -> list[bytes]:
        outbox = ["chat", "created_at", "id", "kind", "output", "rank"]
        data = [
            {"ptbot_backup": 1, "schema": "0001", "made_at": "2026-11-22T00:00:00Z"},
            {"table": "outbox", "columns": outbox},
            [7, NOW, 41, "say", json.dumps({"type": "say", "text": "Hello"}), 1],
        ]
        told = [json.dumps(one).encode() + b"\n" for one in data]
        sum_of_them = hashlib.sha256(b"".join(told)).hexdigest()
        return [*told, json.dumps({"rows": {"outbox": 1}, "sha256": sum_of_them}).encode()]

    restore(target.address, with_lines(backup, as_of_the_first))
    store = open_store(target.address)
    assert [(one.id, one.output) for one in store.unsent()] == [(41, Say("Hello"))]
    store.close()
    assert examine(target.address).schema == REVISIONS[-1]


# -- what is refused


def test_only_an_empty_database_is_filled(target: SqlPlace, backup: Path) -> None:
    restore(target.address, backup)
    before = kept(target)
    with pytest.raises(StorageError, match=r"is not empty.*Set database\.url to another"):
        restore(target.address, backup)
    assert kept(target) == before


def test_nothing_is_restored_under_a_running_bot(target: SqlPlace, backup: Path) -> None:
    store = open_store(target.address, worker="webhook")
    with pytest.raises(StorageError, match="A bot is at work"):
        restore(target.address, backup)
    store.leave()
    store.claim_polling()
    with pytest.raises(StorageError, match="A bot is at work"):
        restore(target.address, backup)
    store.close()
    restore(target.address, backup)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:2], lines[2].replace(b"7", b"8"), *lines[3:]],
        lambda lines: [*lines, b"[1]"],
        lambda lines: [b'{"something": "else"}'],
        lambda lines: [b"[]"],
        lambda lines: [],
    ],
)
def test_a_changed_backup_is_refused(backup: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    changed, target = with_lines(backup, change), backup.with_name("bot.db")
    for read in (check_backup, lambda file: restore(f"sqlite:///{target}", file)):
        with pytest.raises(BackupError, match="changed is not a backup, or not a whole one"):
            read(changed)
    assert not target.exists()


def test_a_backup_that_was_cut_off_or_damaged_is_refused(backup: Path) -> None:
    whole = backup.read_bytes()
    for broken in (whole[:-1], whole[: len(whole) // 2], b"", b"no zip", whole[:40] + b"\0\0\0" + whole[43:]):
        backup.write_bytes(broken)
        with pytest.raises(BackupError, match="not a backup, or not a whole one"):
            check_backup(backup)


def test_rows_that_do_not_fit_leave_the_database_empty(target: SqlPlace, backup: Path) -> None:
    def with_a_strange_column(lines: list[bytes]) -> list[bytes]:
        kept = [line.replace(b'"has_left"', b'"is_gone"') for line in lines[:-1]]
        end = json.loads(lines[-1]) | {"sha256": hashlib.sha256(b"".join(kept)).hexdigest()}
        return [*kept, json.dumps(end).encode()]

    with pytest.raises(BackupError, match="not a backup"):
        restore(target.address, with_lines(backup, with_a_strange_column))
    assert not any(kept(target).values())
    restore(target.address, backup)


def test_a_backup_of_a_newer_program_is_refused(target: SqlPlace, backup: Path, tmp_path: Path) -> None:
    with looking_into(f"sqlite:///{tmp_path / 'source.db'}") as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StorageError, match="newer version of this program"):
        back_up(f"sqlite:///{tmp_path / 'source.db'}", tmp_path / "newer", NOW)
    assert not (tmp_path / "newer").exists()

    def of_tomorrow(lines: list[bytes]) -> list[bytes]:
        kept = [lines[0].replace(REVISIONS[-1].encode(), b"9999"), *lines[1:-1]]
        end = json.loads(lines[-1]) | {"sha256": hashlib.sha256(b"".join(kept)).hexdigest()}
        return [*kept, json.dumps(end).encode()]

    with pytest.raises(BackupError, match="newer version of this program"):
        restore(target.address, with_lines(backup, of_tomorrow))


def test_what_cannot_be_written_or_read_is_said(tmp_path: Path, backup: Path) -> None:
    source = f"sqlite:///{tmp_path / 'source.db'}"
    with pytest.raises(BackupError, match="cannot be written: No such file or directory"):
        back_up(source, tmp_path / "nowhere" / "backup", NOW)
    with pytest.raises(BackupError, match="cannot be read: No such file or directory"):
        check_backup(tmp_path / "missing")
    with pytest.raises(StorageError, match=r"There is no database .*nowhere\.db"):
        back_up(f"sqlite:///{tmp_path / 'nowhere.db'}", backup, NOW)
    assert not (tmp_path / "nowhere.db").exists()


# -- looking into a database


def test_a_sound_database_is_counted(database: SqlPlace) -> None:
    fill(database.address)
    examined = examine(database.address)
    assert examined.rows == {name: len(rows) for name, rows in database.tables().items()}
    assert (examined.schema, examined.waiting_since) == (REVISIONS[-1], NOW)


def test_an_unreadable_session_is_named(database: SqlPlace) -> None:
    fill(database.address)
    with looking_into(database.address) as connection:
        connection.execute(text("UPDATE sessions SET session = '{}' WHERE chat = 7"))
    with pytest.raises(StorageError, match=r"1 sessions cannot be read, of the chats 7\. Restore a backup"):
        examine(database.address)


def test_a_damaged_page_is_found(tmp_path: Path, backup: Path) -> None:
    file = tmp_path / "source.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 + 8 : 4096 * 3 + 200] = b"\xff" * 192
    file.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged"):
        examine(f"sqlite:///{file}")


def test_a_database_that_no_bot_has_used(database: SqlPlace) -> None:
    with looking_into(database.address) as connection:
        connection.execute(text("CREATE TABLE something (id INTEGER)"))
    with pytest.raises(StorageError, match="is empty: no bot has used it yet"):
        examine(database.address)
