"""Whatever goes wrong with the database while the bot runs is said; nothing is half done; once mended it goes on."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.adapters.storage import target as target_module
from bot.adapters.storage.prepared import Statement
from bot.adapters.storage.store import SqlStore, open_store
from bot.dialogue.outputs import Say
from bot.ports import Delivered, StorageError, Unit
from tests.support.postgres import Postgres, a_postgres
from tests.support.sessions import EVERYTHING, PLAIN, update

CHAT, OTHER = 7, 8


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One that may be stopped."""
    with a_postgres() as running:
        yield running


@pytest.fixture
def store(server: Postgres) -> Iterator[SqlStore]:
    server.start()
    opened = open_store(server.address)
    yield opened
    server.start()
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[SqlStore]:
    """On SQLite, with a session in it."""
    opened = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    save(opened)
    yield opened
    opened.close()


def save(store: SqlStore, chat: int = CHAT) -> None:
    with store.unit() as unit:
        unit.save(chat, EVERYTHING, EVERYTHING.answers)


def put(store: SqlStore, *texts: str) -> list[str]:
    """What may be sent at once."""
    with store.unit() as unit:
        unit.send(CHAT, [Say(one) for one in texts])
    return [one.output.text for one in unit.outgoing if isinstance(one.output, Say)]


def waiting(store: SqlStore) -> list[str]:
    return [one.output.text for one in store.unsent() if isinstance(one.output, Say)]


# -- PostgreSQL goes away


def test_every_call_says_that_the_server_is_away_and_works_when_it_is_back(server: Postgres, store: SqlStore) -> None:
    put(store, "one", "two", "three")
    one, two, _ = store.unsent()
    server.stop()
    calls: list[Callable[[], object]] = [
        lambda: put(store, "lost"),
        store.unsent,
        lambda: store.sent([Delivered(one)]),
        lambda: store.retire([two]),
        lambda: store.message_of(CHAT, 1),
        store.heartbeat,
        store.backlog,
        store.leave,
    ]
    for call in calls:
        with pytest.raises(StorageError, match="cannot be reached"):
            call()
    server.start()
    assert waiting(store) == ["one", "two", "three"]
    for call in calls[1:]:
        call()
    assert waiting(store) == ["three"]
    store.retire(store.unsent())


def test_a_restart_between_two_calls_is_noticed_at_most_once(server: Postgres, store: SqlStore) -> None:
    save(store)
    server.stop()
    server.start()
    with pytest.raises(StorageError, match="cannot be reached"):
        save(store)
    save(store)


def test_nothing_remains_of_a_unit_that_the_server_left(server: Postgres, store: SqlStore) -> None:
    def cut_off() -> None:
        with store.unit() as unit:
            unit.take([update(1)])
            unit.save(OTHER, PLAIN, ())
            server.stop()
            server.start()

    with pytest.raises(StorageError, match="cannot be reached"):
        cut_off()
    with store.unit() as unit:
        assert unit.session(OTHER) is None
        assert unit.take([update(1)]) == [update(1)]


def test_after_a_failure_nothing_is_handed_over_before_the_outbox_was_read(server: Postgres, store: SqlStore) -> None:
    server.stop()
    with pytest.raises(StorageError):
        put(store, "perhaps saved, perhaps not")
    server.start()
    assert put(store, "one") == []
    assert waiting(store) == ["one"]
    assert put(store, "two") == ["two"]
    store.retire(store.unsent())


def test_the_claim_is_taken_again_after_a_restart(server: Postgres, store: SqlStore) -> None:
    store.claim_polling()
    server.stop()
    with pytest.raises(StorageError, match="cannot be reached"):
        store.heartbeat()
    server.start()
    store.heartbeat()
    other = open_store(server.address, worker="other")
    with pytest.raises(StorageError, match="Another ptbot polls"):
        other.claim_polling(0)
    other.close()


@pytest.mark.parametrize(
    "hold",
    [
        lambda unit: unit.session(CHAT),
        lambda unit: unit.erase(CHAT, ()),
        lambda unit: unit.mark_left(CHAT, left=True),
    ],
    ids=["reading", "erasing", "leaving"],
)
def test_a_worker_that_hangs_does_not_hold_up_its_chats(
    hold: Callable[[Unit], object], server: Postgres, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(target_module.SESSION, "idle_in_transaction_session_timeout", "200ms")
    hanging = open_store(server.address, worker="hanging")

    def hang() -> None:
        with hanging.unit() as unit:
            hold(unit)
            save(store)  # waits until the server has had enough of the other

    with pytest.raises(StorageError, match="cannot be reached"):
        hang()
    hanging.close()


def test_a_mistake_of_ours_after_what_failed_unheard_does_not_harm_the_next(store: SqlStore) -> None:
    def fail() -> None:
        with store._line.transaction() as transaction:
            transaction.run(Statement("SELECT 1 / 0", {}))
            raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match="ours"):
        fail()
    assert put(store, "one") == ["one"]
    store.retire(store.unsent())


def test_nobody_loses_its_lease_while_another_hangs(server: Postgres, store: SqlStore) -> None:
    hanging = open_store(server.address, worker="hanging")
    store.heartbeat()

    def hang() -> None:
        with hanging.unit() as unit:
            unit.session(CHAT)
            save(store)

    with pytest.raises(StorageError, match="cannot be reached"):
        hang()
    assert store.heartbeat().unbroken
    hanging.close()


def test_nobody_waits_for_ever_for_who_is_busy(
    server: Postgres, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(target_module.SESSION, "lock_timeout", "100ms")
    hurried = open_store(server.address, worker="hurried")
    with store.unit() as unit:
        unit.session(CHAT)
        with pytest.raises(StorageError, match="is busy"):
            save(hurried)
    save(hurried)
    hurried.close()


# -- SQLite


def test_a_disk_that_takes_no_more(file_store: SqlStore) -> None:
    with no_file_may_grow(), pytest.raises(StorageError, match="Check the disk"):
        put(file_store, "long " * 100_000)
    assert put(file_store, "one") == []  # nobody knows what became of the other
    assert waiting(file_store) == ["one"]
    with file_store.unit() as unit:
        assert unit.session(CHAT) == EVERYTHING


def test_a_full_disk_under_every_call(file_store: SqlStore, tmp_path: Path) -> None:
    put(file_store, "one")
    (one,) = file_store.unsent()
    with no_file_may_grow():
        for call in (lambda: save(file_store), lambda: file_store.sent([Delivered(one)]), file_store.heartbeat):
            with pytest.raises(StorageError, match="Check the disk"):
                call()
    file_store.heartbeat()
    file_store.sent([Delivered(one)])
    assert waiting(file_store) == []


def test_erasing_succeeds_though_the_log_cannot_be_emptied(
    file_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_module, "PATIENCE", "no pragma(")
    with file_store.unit() as unit:
        unit.erase(CHAT, [Say("bye")])
    assert [one.output for one in unit.outgoing] == [Say("bye")]
    monkeypatch.undo()
    with file_store.unit() as unit:
        assert unit.session(CHAT) is None


def test_another_program_that_holds_the_file(
    file_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_module, "PRAGMAS", ("busy_timeout = 1",))
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    with closing(sqlite3.connect(tmp_path / "bot.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is held by another program"):
            put(store, "one")
    assert waiting(store) == []
    assert put(store, "two") == ["two"]
    store.close()


def test_a_connection_that_became_read_only_is_not_used_again(file_store: SqlStore) -> None:
    with file_store._line.transaction() as transaction:
        transaction._driver.execute("PRAGMA query_only = ON")  # as is one that was made while the file was read-only
    with pytest.raises(StorageError, match="is read-only"):
        put(file_store, "one")
    assert waiting(file_store) == []
    assert put(file_store, "two") == ["two"]


@contextmanager
def no_file_may_grow() -> Iterator[None]:
    """As on a full disk: what this process writes past the first pages of any file is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
