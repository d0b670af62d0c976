"""Only one process polls with a database, and only one uses an SQLite file."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.storage import claim
from bot.adapters.storage.claim import TakenError
from bot.adapters.storage.store import SqlStore, open_store
from bot.ports import StorageError
from tests.support.stores import SqlPlace, looking_into

HOLDER = """
import sys
from bot.adapters.storage.store import open_store
store = open_store(sys.argv[1])
store.claim_polling()
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store(database: SqlPlace) -> Iterator[SqlStore]:
    opened = open_store(database.address)
    yield opened
    opened.close()


@contextmanager
def a_process_that_claims(address: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        try:
            yield process
        finally:
            process.kill()


def end_the_claiming_session(address: str) -> None:
    with looking_into(address) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"))


def test_a_second_claim_is_refused_with_a_remedy(database: SqlPlace, store: SqlStore) -> None:
    store.claim_polling()
    store.claim_polling()  # it has it
    second = open_store(database.address)
    with pytest.raises(StorageError, match=r"^Another ptbot (polls with|uses) the database .*`ptbot run --webhook`"):
        second.claim_polling(0)
    store.close()
    second.claim_polling()
    second.close()


def test_a_claim_vanishes_with_the_process(database: SqlPlace, store: SqlStore) -> None:
    with a_process_that_claims(database.address) as process:
        with pytest.raises(StorageError, match="Another ptbot"):
            store.claim_polling(0)
        process.kill()
        process.wait()
        store.claim_polling()


def test_a_claim_of_who_was_just_killed_is_waited_for(database: SqlPlace, store: SqlStore) -> None:
    with a_process_that_claims(database.address) as process:
        dying = threading.Timer(0.3, process.kill)
        dying.start()
        store.claim_polling(60)
        dying.join()


def test_a_claim_that_fails_leaves_no_connection(clean_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(clean_postgres)
    before = sessions_of(clean_postgres)
    monkeypatch.setattr(claim, "_LOCK", "no number")
    with pytest.raises(StorageError) as kept:  # with all that its frames hold
        store.claim_polling()
    while sessions_of(clean_postgres) > before:
        time.sleep(0.01)
    store.close()
    assert not isinstance(kept.value, TakenError)


def sessions_of(address: str) -> int:
    with looking_into(address) as connection:
        others = "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return int(connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity {others}")))


def test_a_claim_that_was_lost_with_its_connection_is_taken_again(clean_postgres: str) -> None:
    store, other = open_store(clean_postgres), open_store(clean_postgres, worker="other")
    store.claim_polling()
    end_the_claiming_session(clean_postgres)
    store.heartbeat()
    with pytest.raises(StorageError, match="Another ptbot polls"):
        other.claim_polling(0)
    end_the_claiming_session(clean_postgres)
    other.claim_polling()
    with pytest.raises(StorageError, match="Another ptbot polls"):
        store.heartbeat()
    other.close()
    store.heartbeat()
    store.close()


def test_a_claim_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "bot.db.lock").mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    with pytest.raises(StorageError, match=r"bot\.db\.lock cannot be written \(Is a directory\)"):
        store.claim_polling()
    store.close()
