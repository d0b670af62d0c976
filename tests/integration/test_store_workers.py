"""Several workers on one database: no step is lost and none is made twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.adapters.storage.store import open_store
from bot.dialogue.outputs import Say
from bot.flow.answers import Answer
from tests.support.sessions import PLAIN, update
from tests.support.stores import SqlPlace

WORKERS, UPDATES, CHATS = 3, 60, 4


def test_workers_share_chats_and_updates(database: SqlPlace) -> None:
    begin = threading.Barrier(WORKERS)

    def work(worker: int) -> int:
        store = open_store(database.address)  # all of them at once: the schema is made once
        begin.wait()
        taken = 0
        for first in range(0, UPDATES, 5):
            batch = [update(number, number % CHATS) for number in range(first, first + 5)]
            with store.unit() as unit:
                for one in unit.take(batch if worker % 2 else batch[::-1]):
                    session = unit.session(one.chat) or replace(PLAIN, id=str(one.chat))
                    moved = replace(session, turn=session.turn + 1)
                    unit.save(one.chat, moved, [Answer("pain_now", one.id)])
                    unit.send(one.chat, [Say(f"turn {moved.turn}")])
                    taken += 1
        store.close()
        return taken

    with ThreadPoolExecutor(WORKERS) as threads:
        assert sum(threads.map(work, range(WORKERS))) == UPDATES
    store = open_store(database.address)
    for chat in range(CHATS):
        with store.unit() as unit:
            session = unit.session(chat)
        assert session is not None
        assert session.turn == UPDATES // CHATS
        sent = [one.output.text for one in store.unsent() if one.chat == chat and isinstance(one.output, Say)]
        assert sent == [f"turn {turn}" for turn in range(1, session.turn + 1)]
    store.close()
    assert len(database.tables()["answers"]) == UPDATES


def test_old_updates_are_forgotten(database: SqlPlace) -> None:
    class Days:
        now = 0.0

        def __call__(self) -> float:
            return self.now

    days = Days()
    store = open_store(database.address, days)
    for day in range(5):
        days.now = day * 86_400.0
        with store.unit() as unit:
            unit.take([update(day)])
    store.close()
    kept = {row.split(",")[0] for row in database.tables()["updates"]}
    assert kept == {"(2", "(3", "(4"}
