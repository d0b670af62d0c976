"""A database belongs to one bot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.adapters.storage.backup import back_up, restore
from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.owner import Tenant
from bot.adapters.storage.preparing import prepare
from bot.adapters.storage.store import SqlStore, open_store
from bot.adapters.storage.upgrade import begin_anew
from bot.dialogue.outputs import Say
from bot.ports import StorageError, Timer
from tests.support.sessions import EVERYTHING, update
from tests.support.stores import SqlPlace

BOT, OTHER = Tenant(123456, "poller"), Tenant(7_654_321_098, "other")  # newer ids need more than 32 bits
REFUSED = rf"is another bot's \(its token begins with {BOT.bot}:, the one set here with {OTHER.bot}:\)\. Set database"


def talk(store: SqlStore) -> None:
    with store.unit() as unit:
        unit.save(7, EVERYTHING, EVERYTHING.answers)
    store.leave()
    store.close()


def test_it_is_the_first_bots_that_is_used(database: SqlPlace) -> None:
    talk(open_store(prepare(database.address, BOT)))
    prepare(database.address, BOT)
    with pytest.raises(StorageError, match=REFUSED):
        prepare(database.address, OTHER)
    prepare(database.address, BOT)
    assert database.tables()["owner"] == [f"({BOT.bot},)"]


def test_of_two_that_start_at_once_one_has_it(database: SqlPlace) -> None:
    prepare(database.address, BOT)
    with pytest.raises(StorageError, match=REFUSED):
        prepare(database.address, OTHER)
    open_store(prepare(database.address, BOT)).close()


def test_who_only_tried_a_wrong_token_does_not_have_it(database: SqlPlace) -> None:
    store = open_store(prepare(database.address, BOT))
    with pytest.raises(StorageError, match=REFUSED):  # while it runs
        prepare(database.address, OTHER)
    with store.unit() as unit:
        unit.take([update(5)])
        unit.save(7, EVERYTHING, ())
        unit.set_timers(7, [Timer("remind", 1.0)])
        unit.shown(7, 1, 100)
        unit.erase(7, [Say("Bye")])
    store.leave()
    store.close()
    store = open_store(prepare(database.address, OTHER), worker="other")
    assert database.tables()["owner"] == [f"({OTHER.bot},)"]
    assert store.unsent() == []
    with store.unit() as unit:
        assert unit.take([update(5)]) == [update(5)]
    store.close()


def test_conversations_of_an_older_version_are_those_of_the_next_bot(database: SqlPlace) -> None:
    engine = open_engine(database.address)
    with engine.begin() as connection:
        begin_anew(connection, "0002")
    engine.dispose()
    talk(open_store(database.address))
    prepare(database.address, BOT)
    with pytest.raises(StorageError, match=REFUSED):
        prepare(database.address, OTHER)


def test_a_backup_says_whose_it_is(database: SqlPlace, tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'source.db'}"
    talk(open_store(prepare(source, BOT)))
    back_up(source, tmp_path / "backup", 0.0)
    other = open_store(prepare(database.address, OTHER), worker="other")  # which was started before the restore
    other.leave()
    other.close()
    restore(database.address, tmp_path / "backup")
    prepare(database.address, BOT)
    with pytest.raises(StorageError, match=REFUSED):
        prepare(database.address, OTHER)


def test_workers_of_one_bot_may_start_at_once(clean_postgres: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        prepared = list(pool.map(lambda _: prepare(clean_postgres, BOT), range(4)))
    assert {one.target.dialect for one in prepared} == {"postgresql"}
    assert SqlPlace(clean_postgres).tables()["owner"] == [f"({BOT.bot},)"]
