"""Opening a database: its schema is brought up to date, and whatever is wrong is said in one clear line."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, text

from bot.adapters.storage import target as target_module
from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.migrations import REVISIONS, VERSION_TABLE
from bot.adapters.storage.prepared import Statement
from bot.adapters.storage.store import SqlStore, open_store
from bot.adapters.storage.tables import metadata
from bot.dialogue.outputs import Say
from bot.flow.errors import PtbotError
from bot.ports import Delivered, StorageError
from tests.support.sessions import EVERYTHING, PLAIN
from tests.support.stores import SqlPlace, looking_into


def complaint(address: str) -> str:
    """What opening it says; one line."""
    with pytest.raises(StorageError) as caught:
        open_engine(address)
    message = str(caught.value)
    assert "\n" not in message
    assert isinstance(caught.value, PtbotError)
    return message


def sqlite_file(folder: Path) -> Path:
    """A database with one session in it."""
    file = folder / "bot.db"
    store = open_store(f"sqlite:///{file}")
    with store.unit() as unit:
        unit.save(7, EVERYTHING, EVERYTHING.answers)
    store.close()
    return file


# -- the schema


def test_the_migrations_make_exactly_the_tables(database: SqlPlace) -> None:
    open_engine(database.address).dispose()
    options = {"version_table": VERSION_TABLE, "compare_server_default": True}
    with looking_into(database.address) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == REVISIONS[-1]


def test_the_revisions_are_those_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.adapters.storage:migrations")
    newest_first = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in newest_first) == REVISIONS[::-1]


def test_an_empty_version_table_is_migrated(database: SqlPlace) -> None:
    with looking_into(database.address) as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL)"))
    open_engine(database.address).dispose()
    with looking_into(database.address) as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_a_second_start_does_not_load_alembic(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    program = (
        "import sys; from bot.adapters.storage.store import open_store;"
        f"open_store('sqlite:///{file}').close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_newer_schema_is_refused_and_left_alone(database: SqlPlace) -> None:
    open_engine(database.address).dispose()
    with looking_into(database.address) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    assert f"newer version of this program (schema 9999; this one knows {REVISIONS[-1]})" in complaint(database.address)
    with looking_into(database.address) as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "9999"


def test_another_programs_tables_are_not_touched(database: SqlPlace) -> None:
    with looking_into(database.address) as connection:
        connection.execute(text("CREATE TABLE sessions (id INTEGER)"))
    assert "another program's tables" in complaint(database.address)
    with looking_into(database.address) as connection:
        assert inspect(connection).get_table_names() == ["sessions"]


def test_a_migration_may_take_its_time(clean_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations

    for setting in ("idle_in_transaction_session_timeout", "lock_timeout"):
        monkeypatch.setitem(target_module.SESSION, setting, "50ms")
    create_index, begun = Operations.create_index, threading.Event()

    def create_slowly(*arguments: Any, **more: Any) -> None:
        begun.set()
        time.sleep(0.1)
        create_index(*arguments, **more)

    monkeypatch.setattr(Operations, "create_index", create_slowly)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(open_engine, clean_postgres)
        assert begun.wait(30)
        second = threads.submit(open_engine, clean_postgres)
        for opened in (first, second):
            opened.result().dispose()


def test_a_failed_migration_leaves_nothing_behind(database: SqlPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations

    def fail(*arguments: object, **more: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_index", fail)
        with pytest.raises(RuntimeError):
            open_engine(database.address)
    with looking_into(database.address) as connection:
        assert inspect(connection).get_table_names() == []
    open_engine(database.address).dispose()


# -- SQLite


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    with engine.begin() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == ["wal", 2, 1, 5000, 1]
    engine.dispose()


def test_only_what_patients_did_waits_for_the_disk(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    with store._line.transaction() as transaction:
        driver = transaction._driver  # type: ignore[attr-defined]
    told = list[str]()
    driver.set_trace_callback(told.append)
    do_everything(store)
    assert [said for said in told if "synchronous" in said] == [
        f"PRAGMA synchronous = {careful}" for careful in ("FULL", "NORMAL", "NORMAL", "FULL")
    ]
    store.close()


def test_on_postgres_the_marks_do_not_wait_for_the_disk(clean_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, told = open_store(clean_postgres), list[str]()
    execute = psycopg.Connection.execute

    def listening(driver: psycopg.Connection, said: Any, *given: Any) -> Any:
        told.append(said)
        return execute(driver, said, *given)

    monkeypatch.setattr(psycopg.Connection, "execute", listening)
    do_everything(store)
    hasty = "SET LOCAL synchronous_commit = off"
    assert [said for said in told if said in ("COMMIT", hasty)] == ["COMMIT", "COMMIT", hasty, "COMMIT", "COMMIT"]
    for wanted in (True, False):
        with store._line.transaction(hasty=wanted) as transaction:
            ((waits,),) = transaction.run(Statement("SHOW synchronous_commit", {}))()
        assert waits == ("off" if wanted else "on")
    store.close()


@pytest.mark.parametrize(("server", "ours"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_a_postgres_that_may_lose_the_last_moments_is_told_not_to(clean_postgres: str, server: str, ours: str) -> None:
    address = make_url(clean_postgres).update_query_dict({"options": f"-c synchronous_commit={server}"})
    store = open_store(address.render_as_string(hide_password=False))
    with store._line.transaction() as transaction:
        ((waits,),) = transaction.run(Statement("SHOW synchronous_commit", {}))()
    assert waits == ours
    store.close()


def do_everything(store: SqlStore) -> None:
    """What a patient did; a heartbeat; what was sent is marked; what waits is read."""
    with store.unit() as unit:
        unit.send(7, [Say("one")])
    store.heartbeat()
    store.sent([Delivered(one) for one in unit.outgoing])
    store.unsent()


def test_the_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    open_engine(f"sqlite:///{file}").dispose()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_erased_is_not_in_the_file(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    assert b"north-physio" in file.read_bytes()
    store = open_store(f"sqlite:///{file}")
    with store.unit() as unit:
        unit.erase(7, [])
    store.close()  # the last to close it empties the write-ahead log
    assert b"north-physio" not in file.read_bytes()
    assert not (tmp_path / "bot.db-wal").exists()


def in_the_log(file: Path) -> bool:
    """Does SQLite's write-ahead log hold the session?"""
    return b"north-physio" in file.with_name("bot.db-wal").read_bytes()


def test_what_was_erased_is_not_in_the_log_while_the_bot_runs(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    store = open_store(f"sqlite:///{file}")
    for _ in range(2):
        with store.unit() as unit:
            unit.save(7, EVERYTHING, EVERYTHING.answers)
    assert in_the_log(file)
    with store.unit() as unit:
        unit.erase(7, [Say("Bye")])
    assert not in_the_log(file)
    assert b"north-physio" not in file.read_bytes()
    assert [one.output for one in store.unsent()] == [Say("Bye")]
    store.close()


def test_what_was_erased_leaves_the_log_once_nobody_else_reads_it(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    store = open_store(f"sqlite:///{file}")
    with store.unit() as unit:
        unit.save(7, EVERYTHING, EVERYTHING.answers)
    with store.unit() as unit:
        unit.save(7, EVERYTHING, EVERYTHING.answers)
    with closing(sqlite3.connect(file)) as backup:
        backup.execute("BEGIN")
        backup.execute("SELECT * FROM sessions").fetchall()
        with store.unit() as unit:
            unit.erase(7, [])
        assert in_the_log(file)
    with store.unit():
        pass
    assert not in_the_log(file)
    store.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.write_text("Dear diary, " * 100)
    assert "bot.db is not a database" in complaint(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear diary")


def test_a_damaged_file(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * (size - 100))
    assert "bot.db is damaged. Restore a backup." in complaint(f"sqlite:///{file}")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert "cannot be opened" in complaint(f"sqlite:///{tmp_path}")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be created" in complaint(f"sqlite:///{tmp_path / 'file' / 'bot.db'}")


def test_no_folder_is_made_for_a_path_with_a_slip(tmp_path: Path) -> None:
    told = complaint(f"sqlite:///{tmp_path / 'slip' / 'bot.db'}")
    assert "cannot be created (No such file or directory). Check that the folder exists" in told
    assert not (tmp_path / "slip").exists()


def test_a_read_only_folder() -> None:
    with public_folder() as folder:
        folder.chmod(0o555)
        with as_nobody():
            assert "cannot be created (Permission denied)" in complaint(f"sqlite:///{folder / 'bot.db'}")


def test_a_read_only_file() -> None:
    with public_folder() as folder:
        file = sqlite_file(folder)
        file.chmod(0o444)
        with as_nobody():
            assert "bot.db is read-only" in complaint(f"sqlite:///{file}")


def tell(store: SqlStore, pragma: str) -> None:
    with store._line.transaction() as transaction:
        transaction._driver.execute(pragma)  # type: ignore[attr-defined]


def test_a_file_that_becomes_read_only(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    tell(store, "PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="is read-only"), store.unit() as unit:
        unit.save(7, PLAIN, ())
    store.close()


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    store = open_store(f"sqlite:///{file}")
    tell(store, "PRAGMA max_page_count = 1")  # as many as there are now
    with pytest.raises(StorageError, match="the disk is full"), store.unit() as unit:
        unit.send(7, [Say("long " * 10_000)])
    tell(store, "PRAGMA max_page_count = 1000000")
    with store.unit() as unit:
        assert unit.session(7) == EVERYTHING
    assert store.unsent() == []
    store.close()


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sqlite_file(tmp_path)
    monkeypatch.setattr(target_module, "PRAGMAS", ("busy_timeout = 1",))
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "held by another program" in complaint(f"sqlite:///{file}")


def test_an_old_sqlite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 26, 0))
    assert "3.35 or newer is needed" in complaint(f"sqlite:///{tmp_path / 'bot.db'}")


# -- addresses


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "not the address of a database"),
        ("ptbot.db", "not the address of a database"),
        ("postgresql://u:secret@h:port/x", "not the address of a database"),
        ("postgresql://[::1", "not the address of a database"),
        ("mysql://root:secret@db/ptbot", "kind mysql is not supported"),
        ("sqlite://", "in memory forgets everything"),
        ("sqlite:///:memory:", "in memory forgets everything"),
        ("postgresql://ptbot:secret@127.0.0.1:1/ptbot", "ptbot on 127.0.0.1 cannot be reached"),
        ("postgres://ptbot:secret@/ptbot?host=/nowhere", "ptbot on /nowhere cannot be reached"),
    ],
)
def test_a_wrong_address(address: str, said: str) -> None:
    message = complaint(address)
    assert said in message
    assert "secret" not in message


def test_a_postgresql_without_that_database(postgres: str) -> None:
    assert "does not know the role or the database" in complaint(postgres.replace("/postgres?", "/nowhere?"))


def test_a_postgresql_that_is_read_only(clean_postgres: str) -> None:
    open_engine(clean_postgres).dispose()
    assert "is read-only" in complaint(clean_postgres + "&options=-cdefault_transaction_read_only=on")


def test_postgresql_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install" in complaint("postgresql://127.0.0.1/ptbot")


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="ptbot-"))
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
