"""Reminders on every store: once, whatever rings, dies or writes at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
from sqlalchemy import text

from bot.conversation import Conversation
from bot.dialogue.inputs import Chose, Commanded, Input, Opened
from bot.dialogue.outputs import Ask, Say
from bot.ports import Store, Unsent, Update
from bot.reminders import timer_kinds
from bot.settings import Reminders
from tests.support.dialogue_flow import small_engine
from tests.support.stores import Clock, Place, SqlPlace, looking_into

ENGINE = small_engine()
ALWAYS = Reminders(quiet_from=time(0), quiet_until=time(0))  # after two hours, by day and night
HOUR = 3600.0
CHATS = range(1, 41)
numbers = iter(range(1, 1_000_000))


def conversation(store: Store, clock: Clock) -> Conversation:
    return Conversation(ENGINE, store, clock, timers=timer_kinds(ALWAYS, ENGINE))


def do(talk: Conversation, *done: Input, chat: int = 7) -> None:
    """Somebody does all this at once."""
    talk.handle([Update(next(numbers), chat, one) for one in done])


def stop_in_the_middle(talk: Conversation, chat: int = 7) -> None:
    do(talk, Opened(), Chose(("me",)), chat=chat)


def in_the_outbox(database: SqlPlace) -> list[int]:
    """The chats that are reminded, as stored, whichever worker is to send it."""
    with looking_into(database.address) as connection:
        reminders = text("SELECT chat FROM outbox WHERE output LIKE '%Shall we go on?%' ORDER BY chat")
        return list(connection.execute(reminders).scalars())


def reminded(outgoing: list[Unsent]) -> list[int]:
    """The chats that are reminded, each with its question."""
    chats = [one.chat for one in outgoing if isinstance(one.output, Say) and "Shall we go on?" in one.output.text]
    assert chats == [one.chat for one in outgoing if isinstance(one.output, Ask)]
    return sorted(chats)


@pytest.fixture
def talk(place: Place, clock: Clock) -> Conversation:
    return conversation(place.open(clock), clock)


def test_who_stopped_is_reminded_once(talk: Conversation, clock: Clock) -> None:
    stop_in_the_middle(talk)
    clock.now += 1.9 * HOUR
    assert reminded(talk.ring()) == []
    clock.now += 0.3 * HOUR
    assert reminded(talk.ring()) == [7]
    for _ in range(5):
        clock.now += 10 * HOUR
        assert reminded(talk.ring()) == []
    do(talk, Chose(("none",)))
    clock.now += 10 * HOUR
    assert reminded(talk.ring()) == []


def test_the_time_survives_a_restart(place: Place, talk: Conversation, clock: Clock) -> None:
    stop_in_the_middle(talk)
    clock.now += 50 * HOUR  # nobody was there to ring
    again = conversation(place.open(clock), clock)
    assert reminded(again.ring()) == [7]
    assert reminded(conversation(place.open(clock), clock).ring()) == []


def test_who_goes_on_is_not_reminded_of_the_first_pause(talk: Conversation, clock: Clock) -> None:
    stop_in_the_middle(talk)
    clock.now += 1.9 * HOUR
    do(talk, Chose(("none",)))
    clock.now += 0.3 * HOUR
    assert reminded(talk.ring()) == []
    clock.now += 2 * HOUR
    assert reminded(talk.ring()) == [7]


@pytest.mark.parametrize(
    "ending",
    [
        lambda talk: do(talk, Chose(("chest",))),  # an emergency
        lambda talk: do(talk, Chose(("calf",))),  # to be seen today
        lambda talk: do(talk, Chose(("none",)), Chose(("few",)), Chose(("no",)), Chose(("none",))),  # the result
        lambda talk: do(talk, Commanded("stop")),
        lambda talk: do(talk, Commanded("emergency")),
        lambda talk: do(talk, Commanded("delete"), Chose(("yes",))),
        lambda talk: do(talk, Commanded("reminders"), Chose(("never",))),
        lambda talk: talk.handle([Update(next(numbers), 7, None, left=True)]),
    ],
    ids=["emergency", "same_day", "result", "stopped", "numbers", "erased", "never", "left"],
)
def test_who_is_not_in_the_middle_or_gone_is_let_be(
    talk: Conversation, clock: Clock, ending: Callable[[Conversation], None]
) -> None:
    stop_in_the_middle(talk)
    ending(talk)
    clock.now += 100 * HOUR
    assert talk.ring() == []


def test_workers_that_ring_at_once_remind_everybody_once(database: SqlPlace, clock: Clock) -> None:
    talk = conversation(database.open(clock), clock)
    for chat in CHATS:
        stop_in_the_middle(talk, chat)
    clock.now += 3 * HOUR
    workers = [conversation(database.open(clock, name), clock) for name in ("one", "two", "three")]
    begin = threading.Barrier(len(workers))

    def work(worker: Conversation) -> None:
        begin.wait()
        for _ in CHATS:
            worker.ring(limit=3)

    with ThreadPoolExecutor(len(workers)) as threads:
        list(threads.map(work, workers))
    assert in_the_outbox(database) == list(CHATS)


def test_a_patient_who_answers_while_it_rings_is_asked_one_question(database: SqlPlace, clock: Clock) -> None:
    talk = conversation(database.open(clock), clock)
    for chat in CHATS:
        stop_in_the_middle(talk, chat)
    clock.now += 3 * HOUR
    ringing, writing = (conversation(database.open(clock, name), clock) for name in ("rings", "writes"))
    begin = threading.Barrier(2)

    def ring() -> None:
        begin.wait()
        for _ in CHATS:
            ringing.ring(limit=3)

    def write() -> None:
        begin.wait()
        for chat in CHATS:
            do(writing, Chose(("none",)), chat=chat)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(ring), threads.submit(write)]:
            done.result()
    chats = in_the_outbox(database)
    assert len(chats) == len(set(chats))
    store = database.open(clock)
    for chat in CHATS:
        with store.unit() as unit:
            session = unit.session(chat)
        assert session is not None
        assert session.node == "months"
        assert session.let_be == (chat in chats)
