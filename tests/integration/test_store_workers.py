"""Several workers on one database: no step is lost and none is made twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.adapters.storage.rows import shown_rows
from bot.adapters.storage.store import SqlStore, open_store
from bot.dialogue.inputs import Chose, Typed
from bot.dialogue.outputs import Output, Say
from bot.dialogue.session import Session
from bot.flow.answers import Answer
from bot.ports import Delivered, DueTimer, Timer, Unsent, Update
from tests.support.sessions import EVERYTHING, PLAIN, question, update
from tests.support.stores import SqlPlace, looking_into

WORKERS, UPDATES, CHATS = 3, 60, 4


def test_workers_share_chats_and_updates(database: SqlPlace) -> None:
    begin = threading.Barrier(WORKERS)

    def work(worker: int) -> int:
        store = open_store(database.address, worker=f"worker {worker}")  # all of them at once: the schema is made once
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
    stores = [open_store(database.address, worker=f"worker {worker}") for worker in range(WORKERS)]
    for chat in range(CHATS):
        with stores[0].unit() as unit:
            session = unit.session(chat)
        assert session is not None
        assert session.turn == UPDATES // CHATS
        assert list(texts_in_order(stores, chat)) == [f"turn {turn}" for turn in range(1, session.turn + 1)]
    for store in stores:
        store.close()
    assert len(database.tables()["answers"]) == UPDATES


def texts_in_order(stores: list[SqlStore], chat: int) -> Iterator[str]:
    """What the workers send to a chat; each may send when it is its turn."""
    while waiting := [(store, one) for store in stores for one in store.unsent() if one.chat == chat]:
        assert len({store for store, _ in waiting}) == 1
        for store, one in waiting:
            store.sent([Delivered(one)])
            yield getattr(one.output, "text", "")


def test_every_timer_rings_once_while_updates_change_them(database: SqlPlace) -> None:
    timers, begin = 40, threading.Barrier(WORKERS)
    store = open_store(database.address)
    for chat in range(timers):
        with store.unit() as unit:
            unit.save(chat, PLAIN, ())
            unit.set_timers(chat, [Timer("remind", chat), Timer("check_in", 1000)])

    def work(worker: int) -> list[int]:
        own, rung = open_store(database.address, worker=f"worker {worker}"), []
        begin.wait()
        for now in range(timers):
            with own.unit() as unit:
                rung += [timer.chat for timer in unit.due_timers(now, 3)]
            with own.unit() as unit:
                taken = unit.take([update(worker * 1000 + now, timers - 1 - now)])
                unit.set_timers(taken[0].chat, [Timer("check_in", 1000)])
        own.close()
        return rung

    with ThreadPoolExecutor(WORKERS) as threads:
        rung = [chat for rung in threads.map(work, range(WORKERS)) for chat in rung]
    assert len(rung) == len(set(rung)) > 0
    with store.unit() as unit:
        assert {(timer.kind, timer.due) for timer in unit.due_timers(1000, 1000)} == {("check_in", 1000.0)}
    store.close()


# -- on PostgreSQL, where several transactions may be open


@pytest.fixture
def stores(clean_postgres: str) -> Iterator[list[SqlStore]]:
    opened = [open_store(clean_postgres, worker=name) for name in "abc"]
    yield opened
    for store in opened:
        store.close()


def put(store: SqlStore, text: str) -> list[Output]:
    """What may be sent at once."""
    with store.unit() as unit:
        unit.send(7, [Say(text)])
    return [one.output for one in unit.outgoing]


def until_one_waits_for_a_lock(address: str, work: Future[Any]) -> None:
    with looking_into(address) as connection:
        while not connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not work.done()
            time.sleep(0.01)


def test_who_waited_for_a_chat_sees_what_has_to_be_sent_before(stores: list[SqlStore], clean_postgres: str) -> None:
    with ThreadPoolExecutor(1) as thread:
        with stores[0].unit() as unit:
            unit.send(7, [Say("one")])
            waiting = thread.submit(put, stores[1], "two")
            until_one_waits_for_a_lock(clean_postgres, waiting)
        assert waiting.result() == []


def test_who_waited_for_a_chat_that_was_erased_has_it_all_the_same(stores: list[SqlStore], clean_postgres: str) -> None:
    with stores[0].unit() as unit:
        unit.save(7, PLAIN, ())
    with ThreadPoolExecutor(2) as threads, stores[2].unit() as last:
        with stores[0].unit() as unit:
            unit.erase(7, [])
            waiting = threads.submit(begin_anew, stores[1])
            until_one_waits_for_a_lock(clean_postgres, waiting)
        assert waiting.result() is None
        assert last.session(7) == EVERYTHING


def begin_anew(store: SqlStore) -> Session | None:
    with store.unit() as unit:
        before = unit.session(7)
        unit.save(7, EVERYTHING, ())
    return before


def test_marks_lock_in_the_same_order_whatever_was_sent_first(stores: list[SqlStore], clean_postgres: str) -> None:
    """Or two workers might wait for each other."""
    for text_ in ("one", "two", "three"):
        put(stores[0], text_)
    first, second, third = stores[0].unsent()
    with looking_into(clean_postgres) as holding, ThreadPoolExecutor(1) as thread:
        holding.execute(text(f"SELECT id FROM outbox WHERE id = {first.id} FOR UPDATE"))
        marking = thread.submit(stores[0].sent, [Delivered(third), Delivered(second), Delivered(first)])
        until_one_waits_for_a_lock(clean_postgres, marking)
        free = holding.execute(text("SELECT id FROM outbox ORDER BY id FOR UPDATE SKIP LOCKED")).scalars().all()
        holding.commit()
        assert free == [first.id, second.id, third.id]
        marking.result()
    assert stores[0].unsent() == []


def test_what_is_over_is_locked_in_the_same_order_for_whatever_reason(
    stores: list[SqlStore], clean_postgres: str
) -> None:
    """Here by an alarm in the chat whose question is the older one, and a tap in the other."""
    with stores[0].unit() as unit:
        unit.send(8, [question(3)])
        unit.send(7, [question(3)])
    first, second = (one.id for one in stores[0].unsent())

    def work() -> None:
        with stores[1].unit() as unit:
            unit.take([Update(1, 7, Chose(("x",), turn=3)), Update(2, 8, Typed("no"))])
            unit.shown(7, 3, 100)
            unit.send(8, [Say("alarm", urgent=True)])

    with looking_into(clean_postgres) as holding, ThreadPoolExecutor(1) as thread:
        holding.execute(text(f"SELECT id FROM outbox WHERE id = {first} FOR UPDATE"))
        working = thread.submit(work)
        until_one_waits_for_a_lock(clean_postgres, working)
        free = holding.execute(text("SELECT id FROM outbox ORDER BY id FOR UPDATE SKIP LOCKED")).scalars().all()
        holding.commit()
        assert free == [first, second]
        working.result()
    assert stores[0].unsent() == []


def test_shown_questions_are_written_in_order() -> None:
    delivered = [Delivered(Unsent(number, 9 - number, question(number)), 50 + number) for number in range(4)]
    assert [row["chat"] for row in shown_rows(delivered)] == [6, 7, 8, 9]


def test_timers_of_a_chat_that_another_worker_has_locked_are_passed_over(stores: list[SqlStore]) -> None:
    for chat in (7, 8):
        with stores[0].unit() as unit:
            unit.save(chat, PLAIN, ())
            unit.set_timers(chat, [Timer("remind", chat)])
    with stores[0].unit() as unit:
        unit.session(7)
        with stores[1].unit() as other:
            assert other.due_timers(10, 1) == [DueTimer(8, "remind", 8.0)]
    with stores[1].unit() as other:
        assert other.due_timers(10, 1) == [DueTimer(7, "remind", 7.0)]


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
