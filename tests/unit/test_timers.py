"""How the conversation keeps its timers and lets them ring: a store in memory, and kinds that do what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation import Conversation
from bot.dialogue.inputs import Typed
from bot.dialogue.outputs import Output, Say
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.ports import StorageError, Timer, Update
from bot.watch import Watch
from tests.support.memory_store import MemoryStore
from tests.support.sessions import PLAIN
from tests.support.stores import Clock

CHAT, OTHER = 7, 8


class Echo:
    """An engine that only notes when somebody wrote; "erase" erases."""

    def meet(self, session_id: str, done: Typed, now: float, *, language: str | None = None) -> Step:
        return Step(replace(PLAIN, id=session_id, touched_at=now, turn=1))

    def advance(self, session: Session, done: Typed, now: float) -> Step:
        return Step(None if done.text == "erase" else session.but(touched_at=now, turn=session.turn + 1))


class After:
    """So many seconds after the last word, while the session may still be spoken to."""

    def __init__(self, seconds: float, says: str = "Hello?") -> None:
        self.seconds, self.says = seconds, says

    def due(self, session: Session, now: float) -> float | None:
        if session.let_be:
            return None
        return max(session.touched_at // 10 * 10 + self.seconds, now)

    def happen(self, session: Session) -> Step:
        return Step(session.but(let_be=True), (Say(self.says),))


class CountingStore(MemoryStore):
    """Counts how often timers are written."""

    written = 0

    def set_timers(self, chat: int, timers: Sequence[Timer]) -> None:
        self.written += 1
        super().set_timers(chat, timers)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> CountingStore:
    return CountingStore(clock)


Make = Callable[..., Conversation]


@pytest.fixture
def talk(store: CountingStore, clock: Clock) -> Make:
    """A conversation with these kinds of timers."""
    engine: Any = Echo()
    return lambda **kinds: Conversation(engine, store, clock, timers=kinds)


numbers = iter(range(1, 1_000_000))


def write(conversation: Conversation, chat: int = CHAT, text: str = "hello") -> None:
    conversation.handle([Update(next(numbers), chat, Typed(text))])


def said(outgoing: Sequence[Any]) -> list[Output]:
    return [one.output for one in outgoing]


def test_a_timer_rings_once_when_its_time_has_come(talk: Make, store: CountingStore, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    write(conversation)
    clock.now += 99
    assert conversation.ring() == []
    clock.now += 1
    assert said(conversation.ring()) == [Say("Hello?")]
    assert store.tables.timers == {}
    clock.now += 1000
    assert conversation.ring() == []


def test_what_rings_is_saved_and_waits_in_the_outbox(talk: Make, store: CountingStore, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    write(conversation)
    before = store.session(CHAT)
    clock.now += 100
    assert conversation.ring() == store.unsent()
    assert before is not None
    assert store.session(CHAT) == before.but(let_be=True)


def test_timers_are_written_when_they_change_and_else_not(talk: Make, store: CountingStore, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    for _ in range(5):  # within ten seconds
        write(conversation)
        clock.now += 1
    assert store.written == 1
    clock.now += 10
    write(conversation)
    assert store.written == 2
    assert list(store.tables.timers) == [(CHAT, "nudge")]


def test_who_leaves_and_comes_back_has_the_timers_again(talk: Make, store: CountingStore, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    write(conversation)
    conversation.handle([Update(next(numbers), CHAT, None, left=True), Update(next(numbers), OTHER, None, left=True)])
    assert store.tables.timers == {}
    clock.now += 1
    back = [Update(next(numbers), chat, None, returned=True) for chat in (CHAT, OTHER)]
    conversation.handle(back)
    write(conversation)  # within the same ten seconds, so that nothing changes
    assert list(store.tables.timers) == [(CHAT, "nudge")]


def test_without_kinds_nothing_is_written(talk: Make, store: CountingStore) -> None:
    write(talk())
    assert store.written == 0


def test_every_kind_has_its_own_time(talk: Make, store: CountingStore, clock: Clock) -> None:
    class Always(After):
        def due(self, session: Session, now: float) -> float | None:
            return super().due(session.but(let_be=False), now)

        def happen(self, session: Session) -> Step:
            return Step(session, (Say(self.says),))

    conversation = talk(nudge=After(100), check_in=Always(14 * 86_400, "How are you?"))
    write(conversation)
    clock.now += 100
    assert said(conversation.ring()) == [Say("Hello?")]
    assert list(store.tables.timers) == [(CHAT, "check_in")]
    clock.now += 14 * 86_400
    assert said(conversation.ring()) == [Say("How are you?")]


def test_two_that_ring_in_one_chat_at_once_both_count(talk: Make, clock: Clock) -> None:
    class Twin(After):
        def due(self, session: Session, now: float) -> float | None:
            return super().due(session.but(let_be=False), now) if session.turn < 10 else None

        def happen(self, session: Session) -> Step:
            return Step(session.but(turn=session.turn + 10), (Say(self.says),))

    conversation = talk(one=After(100, "One"), two=Twin(90, "Two"))
    write(conversation)
    clock.now += 200
    assert said(conversation.ring()) == [Say("Two"), Say("One")]


def test_one_that_became_later_rings_later(talk: Make, store: CountingStore, clock: Clock) -> None:
    write(talk(nudge=After(100)))
    clock.now += 150
    later = talk(nudge=After(300))  # the settings were changed meanwhile
    assert later.ring() == []
    assert list(store.tables.timers.values()) == [clock.now + 150]
    clock.now += 150
    assert said(later.ring()) == [Say("Hello?")]


def test_one_that_is_wanted_no_more_is_dropped(talk: Make, store: CountingStore, clock: Clock) -> None:
    write(talk(nudge=After(100), gone=After(100)))
    session = store.session(CHAT)
    assert session is not None
    store.save(CHAT, session.but(let_be=True), ())
    clock.now += 100
    assert talk(nudge=After(100)).ring() == []
    assert store.tables.timers == {}


def test_who_erased_everything_is_not_written_to(talk: Make, store: CountingStore, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    write(conversation)
    write(conversation, text="erase")
    clock.now += 100
    assert conversation.ring() == []
    assert store.tables.timers == {}


def test_no_more_ring_at_once_than_asked_for_the_oldest_first(talk: Make, clock: Clock) -> None:
    conversation = talk(nudge=After(100))
    for chat in (1, 2, 3):
        write(conversation, chat)
        clock.now += 10
    clock.now += 100
    assert [one.chat for one in conversation.ring(2)] == [1, 2]
    assert [one.chat for one in conversation.ring(2)] == [3]


class Broken(After):
    """Cannot be carried out for one chat."""

    error: Exception = RuntimeError("something the patient wrote")

    def happen(self, session: Session) -> Step:
        if session.id == str(CHAT):
            raise self.error
        return super().happen(session)


def test_one_that_breaks_does_not_hold_up_the_others(talk: Make, clock: Clock) -> None:
    conversation = talk(nudge=Broken(100))
    write(conversation)
    write(conversation, OTHER)
    clock.now += 100
    with capture_logs() as logs:
        assert [one.chat for one in conversation.ring()] == [OTHER]
    assert [(entry["log_level"], entry["chat"], entry["error"]) for entry in logs] == [("error", CHAT, "RuntimeError")]
    assert "the patient" not in str(logs)
    assert conversation.ring() == []


def test_where_the_database_is_lost_it_rings_again(talk: Make, store: CountingStore, clock: Clock) -> None:
    kind = Broken(100)
    kind.error = StorageError("The database is away.")
    conversation = talk(nudge=kind)
    write(conversation)
    clock.now += 100
    with pytest.raises(StorageError):
        conversation.ring()
    assert list(store.tables.timers) == [(CHAT, "nudge")]
    assert said(talk(nudge=After(100)).ring()) == [Say("Hello?")]


def test_the_watch_is_told(store: CountingStore, clock: Clock) -> None:
    class Seen(Watch):
        def __init__(self) -> None:
            self.moves: list[Any] = []

        def moved(self, before: str | None, after: str | None, outputs: Sequence[Output]) -> None:
            self.moves.append((before, after, tuple(outputs)))

    engine: Any = Echo()
    seen = Seen()
    conversation = Conversation(engine, store, clock, seen, {"nudge": After(100)})
    write(conversation)
    clock.now += 100
    conversation.ring()
    assert seen.moves == [(None, "who", ()), ("who", "who", (Say("Hello?"),))]
