"""What every store promises. The same tests run on the one in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.dialogue import session
from bot.dialogue.outputs import Output, Say, Settle, Tick
from bot.flow.answers import Answer
from bot.ports import Delivered, NewerError, Store, Timer, Unit
from tests.support.sessions import EVERY_OUTPUT, EVERYTHING, PLAIN, question, update
from tests.support.stores import Clock, Place

CHAT, OTHER = 7, -1_001_234_567_890_123


@pytest.fixture
def store(place: Place, clock: Clock) -> Store:
    return place.open(clock)


def put(store: Store, *outputs: Output, chat: int = CHAT) -> None:
    with store.unit() as unit:
        unit.send(chat, outputs)


def waiting(store: Store, chat: int = CHAT) -> list[Output]:
    return [one.output for one in store.unsent() if one.chat == chat]


def deliver(store: Store, first_message: int = 100) -> None:
    unsent = store.unsent()
    store.sent([Delivered(one, first_message + number) for number, one in enumerate(unsent)])


def fill(unit: Unit, chat: int) -> None:
    unit.take([update(1, chat)])
    unit.save(chat, EVERYTHING, EVERYTHING.answers)
    unit.send(chat, EVERY_OUTPUT)


def rows_about(place: Place, chat: int) -> dict[str, list[str]]:
    found = {name: [row for row in rows if str(chat) in row] for name, rows in place.tables().items()}
    return {name: rows for name, rows in found.items() if rows}


# -- updates


def test_an_update_is_taken_once(store: Store) -> None:
    with store.unit() as unit:
        assert [taken.id for taken in unit.take([update(5), update(6), update(5)])] == [5, 6]
    with store.unit() as unit:
        assert [taken.id for taken in unit.take([update(6), update(4), update(7)])] == [4, 7]


def test_taking_no_update_is_fine(store: Store) -> None:
    with store.unit() as unit:
        assert unit.take([]) == []


def test_updates_are_taken_in_the_order_they_came(store: Store) -> None:
    with store.unit() as unit:
        assert [taken.id for taken in unit.take([update(9), update(3, OTHER), update(5)])] == [9, 3, 5]


# -- sessions and answers


def test_a_chat_begins_without_a_session(store: Store) -> None:
    with store.unit() as unit:
        unit.take([update(1)])
        assert unit.session(CHAT) is None
        assert unit.session(OTHER) is None


def test_a_session_survives_with_every_kind_of_answer(place: Place, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.save(CHAT, EVERYTHING, EVERYTHING.answers)
    place_again = place.open(clock)
    with place_again.unit() as unit:
        assert unit.session(CHAT) == EVERYTHING
        assert unit.session(OTHER) is None


def test_what_was_saved_is_seen_in_the_same_unit(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        assert unit.session(CHAT) == PLAIN
        unit.save(CHAT, EVERYTHING, EVERYTHING.answers)
        assert unit.session(CHAT) == EVERYTHING


def test_a_session_is_what_was_saved_last_by_whomever(place: Place, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
    with suppress(InterruptedError), store.unit() as unit:
        unit.save(CHAT, PLAIN.but(turn=9), ())
        raise InterruptedError
    with store.unit() as unit:
        assert unit.session(CHAT) == PLAIN
        unit.save(CHAT, PLAIN, ())
    with place.open(clock, "another").unit() as unit:
        unit.save(CHAT, EVERYTHING, ())
    with store.unit() as unit:
        assert unit.session(CHAT) == EVERYTHING


def test_what_a_newer_version_kept_is_left_to_it(
    place: Place, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer, place.open(clock, "newer").unit() as unit:
        newer.setattr(session, "FORMAT", session.FORMAT + 1)
        unit.save(CHAT, PLAIN, ())
        unit.set_timers(CHAT, [Timer("remind", 20)])
    with pytest.raises(NewerError, match="newer version"), store.unit() as unit:
        unit.session(CHAT)
    engine: Any = None
    with pytest.raises(NewerError):
        Conversation(engine, store, clock, timers={"remind": engine}).ring()
    with store.unit() as unit:
        assert len(unit.due_timers(20, 10)) == 1  # a newer worker may let it ring


def test_answers_are_only_added_to(place: Place, store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, [Answer("pain_now", 7)])
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, [Answer("pain_now", 8), Answer("had_tests", ("mri", "x_ray"))])
    recorded = place.tables()["answers"]
    assert [("7" in first, "8" in second) for first, second in [recorded[:2]]] == [(True, True)]
    assert len(recorded) == 3
    assert "mri" in recorded[2]


# -- outputs


def test_every_output_survives(place: Place, store: Store, clock: Clock) -> None:
    put(store, *reversed(EVERY_OUTPUT))  # an alarm first: no question follows one
    assert {repr(output) for output in waiting(place.open(clock))} == {repr(output) for output in EVERY_OUTPUT}


def test_outputs_come_in_order_and_urgent_ones_first(store: Store) -> None:
    put(store, Say("one"), Say("two"))
    put(store, Say("three"), Say("alarm", urgent=True))
    put(store, Say("other", urgent=True), chat=OTHER)
    assert [one.output.text for one in store.unsent() if isinstance(one.output, Say)] == [
        *("alarm", "other"),
        *("one", "two", "three"),
    ]


def test_within_a_chat_ids_grow_even_after_everything_was_sent(store: Store) -> None:
    seen: list[int] = []
    for text in ("one", "two", "three"):
        put(store, Say(text))
        seen += [one.id for one in store.unsent()]
        deliver(store)
    assert seen == sorted(set(seen))


def test_unsent_can_be_limited_and_leaves_out_what_is_under_way(store: Store) -> None:
    put(store, *(Say(str(number)) for number in range(5)))
    under_way = {one.id for one in store.unsent(limit=2)}
    assert len(under_way) == 2
    rest = store.unsent(limit=2, but=under_way)
    assert [one.output for one in rest] == [Say("2"), Say("3")]


def test_what_was_sent_or_retired_waits_no_more(store: Store) -> None:
    put(store, Say("one"), Say("two"), Say("three"))
    one, two, _ = store.unsent()
    store.sent([Delivered(one, 11)])
    store.retire([two])
    assert waiting(store) == [Say("three")]
    store.sent([])
    store.retire([])
    store.sent([Delivered(one, 12)])  # said twice


def test_a_redrawn_question_replaces_older_drawings_that_wait(store: Store) -> None:
    first, second, other = Tick(question(3)), Tick(question(3)), Tick(question(4))
    put(store, question(3), first)
    put(store, other)
    put(store, Say("between"), second)
    assert waiting(store) == [question(3), other, Say("between"), second]
    put(store, Tick(question(3)), Settle(3, "Which?", "MRI"))
    assert waiting(store) == [question(3), other, Say("between"), Settle(3, "Which?", "MRI")]
    put(store, Tick(question(3)), chat=OTHER)
    assert Settle(3, "Which?", "MRI") in waiting(store)


# -- which message shows which question


def test_a_tap_tells_which_message_shows_a_question(place: Place, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.shown(CHAT, 3, 50)
        unit.shown(CHAT, 3, 51)
    with store.unit() as unit:
        unit.shown(CHAT, 3, -52)
        unit.erase(CHAT, farewell=[Settle(3)])
    assert place.open(clock).message_of(CHAT, 3) == -52
    with store.unit() as unit:
        unit.shown(CHAT, 4, 53)
        unit.erase(CHAT, farewell=[])
    assert (store.message_of(CHAT, 3), store.message_of(CHAT, 4)) == (None, None)


def test_a_question_has_a_message_once_it_was_sent(place: Place, store: Store, clock: Clock) -> None:
    put(store, question(3))
    assert store.message_of(CHAT, 3) is None
    deliver(store, first_message=2**40)
    assert place.open(clock).message_of(CHAT, 3) == 2**40
    assert store.message_of(CHAT, 4) is None
    assert store.message_of(OTHER, 3) is None


def test_the_last_message_counts_when_a_question_was_sent_twice(store: Store) -> None:
    for message in (100, 200):
        put(store, question(3))
        deliver(store, message)
    assert store.message_of(CHAT, 3) == 200


def test_ticks_keep_the_message_and_settling_forgets_it(store: Store) -> None:
    put(store, question(3))
    deliver(store, 100)
    put(store, Tick(question(3)))
    deliver(store, 100)
    assert store.message_of(CHAT, 3) == 100
    put(store, Settle(3))
    assert store.message_of(CHAT, 3) == 100
    deliver(store, 100)
    assert store.message_of(CHAT, 3) is None


def test_other_outputs_leave_no_message(place: Place, store: Store) -> None:
    put(store, Say("one"))
    deliver(store)
    put(store, question(3))
    store.sent([Delivered(one, None) for one in store.unsent()])
    assert place.tables()["shown"] == []


# -- all or nothing


class InterruptedUnitError(Exception):
    """Something went wrong within the transaction."""


def test_nothing_of_a_failed_unit_remains(place: Place, store: Store) -> None:
    before = place.tables()

    def fail() -> None:
        with store.unit() as unit:
            fill(unit, CHAT)
            unit.mark_left(OTHER, left=True)
            raise InterruptedUnitError

    with pytest.raises(InterruptedUnitError):
        fail()
    assert place.tables() == before
    with store.unit() as unit:
        assert [taken.id for taken in unit.take([update(1)])] == [1]


def test_a_failed_unit_undoes_an_erasure(place: Place, store: Store) -> None:
    with store.unit() as unit:
        fill(unit, CHAT)
    before = place.tables()

    def fail() -> None:
        with store.unit() as unit:
            unit.erase(CHAT, [Say("gone")])
            raise InterruptedUnitError

    with pytest.raises(InterruptedUnitError):
        fail()
    assert place.tables() == before


# -- erasing


def test_erasing_leaves_nothing_in_any_table(place: Place, store: Store) -> None:
    chat = 987_654_321
    with store.unit() as unit:
        fill(unit, chat)
        fill(unit, OTHER)
    deliver(store)
    put(store, Say("still to send"), chat=chat)
    kept = rows_about(place, OTHER)
    assert {"sessions", "answers", "outbox", "shown"} <= set(rows_about(place, chat))
    with store.unit() as unit:
        unit.save(chat, PLAIN, [Answer("goal", "said in the same breath")])
        unit.send(chat, [Say("and this")])
        unit.erase(chat, [])
        assert unit.session(chat) is None
    assert rows_about(place, chat) == {}
    assert rows_about(place, OTHER) == kept


def test_the_farewell_is_sent_and_then_nothing_remains(place: Place, store: Store) -> None:
    chat = 987_654_321
    put(store, question(3), question(4), chat=chat)
    deliver(store, 100)
    with store.unit() as unit:
        unit.save(chat, PLAIN, [Answer("goal", "to walk")])
        unit.erase(chat, [Settle(4, "Delete?", "Yes"), Say("Deleted")])
    assert waiting(store, chat) == [Settle(4, "Delete?", "Yes"), Say("Deleted")]
    assert store.message_of(chat, 4) == 101  # so that the question can lose its buttons
    assert store.message_of(chat, 3) is None
    deliver(store)
    assert rows_about(place, chat) == {}


def test_what_is_delivered_while_it_is_erased_does_not_come_back(place: Place, store: Store) -> None:
    chat = 987_654_321
    put(store, question(3), chat=chat)
    under_way = store.unsent()
    with store.unit() as unit:
        unit.erase(chat, [])
    store.sent([Delivered(under_way[0], 100)])
    assert rows_about(place, chat) == {}


def test_erased_people_may_begin_again(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, EVERYTHING, ())
        unit.erase(CHAT, [])
        unit.save(CHAT, PLAIN, ())
    with store.unit() as unit:
        assert unit.session(CHAT) == PLAIN


# -- people who leave


def test_nothing_waits_for_somebody_who_left(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.send(CHAT, [Say("one")])
        unit.mark_left(CHAT, left=True)
        unit.send(CHAT, [Say("two")])
    put(store, Say("three"))
    put(store, Say("to another"), chat=OTHER)
    assert [one.output for one in store.unsent()] == [Say("to another")]


def test_somebody_who_comes_back_is_written_to_again(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.mark_left(CHAT, left=True)
    with store.unit() as unit:
        assert unit.session(CHAT) == PLAIN
        unit.mark_left(CHAT, left=False)
        unit.send(CHAT, [Say("welcome back")])
    assert waiting(store) == [Say("welcome back")]


def test_who_is_saved_has_not_left(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.mark_left(CHAT, left=True)
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.send(CHAT, [Say("hello")])
    put(store, Say("again"))
    assert waiting(store) == [Say("hello"), Say("again")]


def test_a_stranger_may_leave(place: Place, store: Store) -> None:
    with store.unit() as unit:
        unit.mark_left(CHAT, left=True)
    assert place.tables()["sessions"] == []


def test_a_late_refusal_does_not_send_away_who_came_back(place: Place, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.set_timers(CHAT, [Timer("remind", 20)])
    put(store, Say("one"), Say("two"), Say("three"))
    put(store, Say("to another"), chat=OTHER)
    refused = store.unsent()[1]
    with store.unit() as unit:
        unit.mark_left(CHAT, left=True, up_to=refused.id)
    assert waiting(store) == [Say("three")]
    put(store, Say("four"))
    with place.open(clock).unit() as unit:
        unit.send(CHAT, [Say("five")])
        unit.mark_left(CHAT, left=True, up_to=refused.id)
    assert waiting(store) == [Say("three"), Say("four"), Say("five")]
    with store.unit() as unit:
        assert len(unit.due_timers(20, 10)) == 1


def test_the_refusal_of_the_newest_is_a_farewell(store: Store) -> None:
    with store.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.set_timers(CHAT, [Timer("remind", 20)])
    put(store, Say("one"), Say("two"))
    put(store, Say("to another"), chat=OTHER)
    newest = max(one.id for one in store.unsent() if one.chat == CHAT)
    with store.unit() as unit:
        unit.mark_left(CHAT, left=True, up_to=newest)
        unit.send(CHAT, [Say("three")])
    assert [one.output for one in store.unsent()] == [Say("to another")]
    with store.unit() as unit:
        assert unit.due_timers(20, 10) == []
