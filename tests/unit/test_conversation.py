"""The use case, with a small engine that counts and a store in memory."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.conversation import Conversation, given
from bot.dialogue.inputs import Chose, Commanded, Input, Opened, Typed
from bot.dialogue.outputs import Erase, Output, Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.flow.answers import Answer
from bot.ports import Delivered, Update
from tests.support.memory_store import MemoryStore
from tests.support.sessions import PLAIN, question, update
from tests.support.stores import Clock

CHAT = 7


class CountingEngine:
    """Greets and asks; then counts what it is told. "delete" erases, "break" breaks."""

    def __init__(self) -> None:
        self.flow = SimpleNamespace(messages={"nothing_stored": "Nothing stored", "failed": "Sorry"})

    def meet(self, session_id: str, done: Input, now: float, *, language: str | None = None) -> Step:
        payload = done.payload if isinstance(done, Opened) else ""
        begun = replace(PLAIN, id=session_id, turn=1, clinic=payload or None, language=language)
        return Step(begun, (Say("Hello"), question(1)))

    def advance(self, session: Session, done: Input, now: float) -> Step:
        if done == Typed("break"):
            raise RuntimeError("a mistake of ours")
        if done == Typed("delete"):
            return Step(None, (Settle(session.turn), Erase(), Say("Deleted")))
        moved = replace(session, turn=session.turn + 1, answers=(Answer("turns", session.turn),))
        return Step(moved, (Settle(session.turn), question(moved.turn)))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(Clock())


@pytest.fixture
def conversation(store: MemoryStore) -> Conversation:
    engine: Any = CountingEngine()
    return Conversation(engine, store, Clock())


def waiting(store: MemoryStore) -> list[Output]:
    return [one.output for one in store.unsent()]


def test_a_conversation_begins_and_goes_on(conversation: Conversation, store: MemoryStore) -> None:
    conversation.handle([Update(1, CHAT, Opened("north"), language="de"), update(2)])
    session = store.session(CHAT)
    assert session is not None
    assert (session.turn, session.clinic, session.language) == (2, "north", "de")
    assert waiting(store) == [Say("Hello"), question(1), Settle(1), question(2)]
    assert store.tables.answers == [(CHAT, "turns", 1)]


def test_an_update_that_comes_twice_counts_once(conversation: Conversation, store: MemoryStore) -> None:
    conversation.handle([update(1), update(2), update(2)])
    conversation.handle([update(2), update(3)])
    session = store.session(CHAT)
    assert session is not None
    assert session.turn == 3
    assert [value for _, _, value in store.tables.answers] == [1, 2]


@pytest.mark.parametrize("done", [Chose(("yes",), turn=9), Commanded("back", turn=9)])
def test_a_tap_where_nothing_is_stored_stores_nothing(
    conversation: Conversation, store: MemoryStore, done: Input
) -> None:
    conversation.handle([Update(1, CHAT, done)])
    assert waiting(store) == [Say("Nothing stored")]
    assert store.session(CHAT) is None


def test_deleting_leaves_only_the_farewell(conversation: Conversation, store: MemoryStore) -> None:
    conversation.handle([update(1), update(2)])
    store.sent([Delivered(one, 100) for one in store.unsent()])
    conversation.handle([Update(3, CHAT, Typed("delete"))])
    assert waiting(store) == [Settle(2), Say("Deleted")]
    assert (store.tables.sessions, store.tables.answers) == ({}, [])


def test_a_failure_undoes_the_whole_batch(conversation: Conversation, store: MemoryStore) -> None:
    conversation.handle([update(1)])
    before = (store.session(CHAT), waiting(store))
    with pytest.raises(RuntimeError):
        conversation.handle([update(2), Update(3, CHAT, Typed("break"))])
    assert (store.session(CHAT), waiting(store)) == before
    conversation.handle([update(2)])
    assert store.session(CHAT) != before[0]


def test_leaving_retires_what_waits_and_returning_is_noticed(conversation: Conversation, store: MemoryStore) -> None:
    conversation.handle([update(1), Update(2, CHAT, None, left=True)])
    assert waiting(store) == []
    assert store.tables.left == {CHAT}
    conversation.handle([Update(3, CHAT, None, returned=True)])
    assert store.tables.left == set()


def test_only_new_and_changed_answers_are_given() -> None:
    before = replace(PLAIN, answers=(Answer("a", "1"), Answer("b", "1")), dormant=(Answer("c", "1"),))
    after = replace(PLAIN, answers=(Answer("a", "1"), Answer("b", "2"), Answer("c", "1"), Answer("d", ("x",))))
    assert given(before, after) == (Answer("b", "2"), Answer("d", ("x",)))
    assert given(None, before) == before.answers


def test_an_update_that_is_given_up_is_handled_and_its_sender_told(
    conversation: Conversation, store: MemoryStore
) -> None:
    told = conversation.give_up(update(1))
    assert [(one.chat, one.output) for one in told] == [(CHAT, Say("Sorry"))]
    assert conversation.give_up(update(1)) == []
    conversation.handle([update(1)])
    assert waiting(store) == [Say("Sorry")]
    assert store.session(CHAT) is None


def test_nobody_is_told_of_what_nobody_said(conversation: Conversation, store: MemoryStore) -> None:
    assert conversation.give_up(Update(1, CHAT, None)) == []
    assert waiting(store) == []
