"""What every store promises to several workers, and about timers. The same tests run on all of them."""

from __future__ import annotations

import pytest

from bot.dialogue.inputs import Chose, Input, Typed
from bot.dialogue.outputs import Conclude, Output, Say, Settle, Tick
from bot.ports import LEASE_SECONDS, Backlog, Beat, Delivered, DueTimer, Store, Timer, Unsent, Update
from tests.support.sessions import EVERYTHING, PLAIN, question, update
from tests.support.stores import Clock, Place

CHAT, OTHER = 7, -1_001_234_567_890_123
ALARM = Say("alarm", urgent=True)
LONG = LEASE_SECONDS + 1


@pytest.fixture
def a(place: Place, clock: Clock) -> Store:
    return place.open(clock, "a")


@pytest.fixture
def b(place: Place, clock: Clock) -> Store:
    return place.open(clock, "b")


def put(store: Store, *outputs: Output, chat: int = CHAT) -> list[Output]:
    """What may be sent at once."""
    with store.unit() as unit:
        unit.send(chat, outputs)
    return told(unit.outgoing)


def told(unsent: list[Unsent]) -> list[Output]:
    return [one.output for one in unsent]


def deliver(store: Store, unsent: list[Unsent] | None = None) -> None:
    store.sent(
        [Delivered(one, 100 + number) for number, one in enumerate(store.unsent() if unsent is None else unsent)]
    )


def keep_alive(place: Place, seconds: float, *stores: Store) -> None:
    """Time passes, in which these workers renew their leases."""
    for _ in range(round(seconds)):
        place.pass_time(1)
        for store in stores:
            store.heartbeat()


# -- what is handed over at the commit


def test_what_was_put_is_handed_over_in_order(a: Store, clock: Clock) -> None:
    with a.unit() as unit:
        unit.send(CHAT, [Say("one"), ALARM, question(3)])
        unit.send(OTHER, [Say("two")])
    assert told(unit.outgoing) == [Say("one"), ALARM, question(3), Say("two")]
    assert [one.chat for one in unit.outgoing] == [CHAT, CHAT, CHAT, OTHER]
    assert {one.since for one in unit.outgoing} == {clock.now}
    assert sorted(a.unsent(), key=lambda one: one.id) == unit.outgoing


def test_nothing_put_is_nothing_to_hand_over(a: Store) -> None:
    put(a, Say("before"))
    with a.unit() as unit:
        unit.save(CHAT, PLAIN, ())
    assert unit.outgoing == []


def test_what_was_dropped_in_the_same_unit_is_not_handed_over(a: Store) -> None:
    with a.unit() as unit:
        unit.send(CHAT, [Say("one"), Tick(question(3))])
        unit.send(OTHER, [Say("two")])
        unit.mark_left(9, left=True)
        unit.send(CHAT, [Settle(3)])
        unit.erase(OTHER, [Say("bye")])
    assert told(unit.outgoing) == [Say("one"), Settle(3), Say("bye")]
    with a.unit() as unit:
        unit.save(CHAT, PLAIN, ())
        unit.send(CHAT, [Say("three")])
        unit.mark_left(CHAT, left=True)
    assert unit.outgoing == []


def test_a_worker_sends_only_what_is_its_own(a: Store, b: Store) -> None:
    assert put(a, Say("a")) == [Say("a")]
    assert put(b, Say("b"), chat=OTHER) == [Say("b")]
    assert (told(a.unsent()), told(b.unsent())) == ([Say("a")], [Say("b")])


def test_a_chat_waits_until_another_worker_has_sent_what_is_older(a: Store, b: Store) -> None:
    put(a, Say("one"), Say("two"))
    assert put(b, Say("three")) == []
    assert put(a, Say("four")) == []
    assert put(b, Say("elsewhere"), chat=OTHER) == [Say("elsewhere")]
    assert told(a.unsent()) == [Say("one"), Say("two")]
    assert told(b.unsent()) == [Say("elsewhere")]
    deliver(a)
    assert (a.unsent(), told(b.unsent())) == ([], [Say("three"), Say("elsewhere")])
    deliver(b)
    assert told(a.unsent()) == [Say("four")]


def react(store: Store, to: Input, *outputs: Output, shown: int | None = None) -> list[Output]:
    """To what a patient did, in a session that stands at the turn shown; what may be sent at once."""
    with store.unit() as unit:
        unit.take([Update(1, CHAT, to)])
        if shown is not None:
            unit.shown(CHAT, shown, 100)
        unit.send(CHAT, outputs)
    return told(unit.outgoing)


def test_what_a_tap_shows_to_have_arrived_is_not_waited_for(a: Store, b: Store) -> None:
    put(a, Settle(2), question(3))
    assert react(b, Chose(("x",), turn=3), Settle(3), question(4), shown=3) == [Settle(3), question(4)]
    assert told(a.unsent()) == [Settle(2)]


def test_a_question_that_was_tapped_need_not_be_sent_again(a: Store, b: Store) -> None:
    put(a, Settle(2), question(3), Tick(question(3)), Say("one"))
    put(a, question(3), chat=OTHER)
    first, asked, tick, said, elsewhere = sorted(a.unsent(), key=lambda one: one.id)
    react(b, Chose(("x",), turn=3), shown=3)
    assert a.waiting({one.id for one in (first, asked, tick, said, elsewhere)}) == {
        one.id for one in (first, tick, said, elsewhere)
    }
    a.sent([Delivered(asked, 555)])  # it hears only now that Telegram took it
    assert a.message_of(CHAT, 3) == 100


def test_a_tap_where_nothing_waits_leads_on(a: Store) -> None:
    put(a, question(3))
    deliver(a)
    assert react(a, Chose(("x",), turn=3), question(4), shown=3) == [question(4)]


def test_a_question_of_its_own_that_was_tapped_need_not_be_sent_again(a: Store) -> None:
    put(a, question(3))
    assert react(a, Chose(("x",), turn=3), question(3), shown=3) == [question(3)]
    assert told(a.unsent()) == [question(3)]


def test_a_result_that_was_tapped_is_sent_all_the_same(a: Store, b: Store) -> None:
    result = Conclude(3, "talk", ("Talk to your therapist.",), (), {})
    put(a, result)
    assert react(b, Chose(("x",), turn=3), question(4), shown=3) == [question(4)]
    assert told(a.unsent()) == [result]


@pytest.mark.parametrize(
    "waits", [Say("no turn"), Tick(question(3)), Settle(3), question(4)], ids=lambda one: type(one).__name__
)
def test_what_a_tap_does_not_show_to_have_arrived_is_waited_for(a: Store, b: Store, waits: Output) -> None:
    put(a, question(3), waits)
    assert react(b, Chose(("x",), turn=3), question(5), shown=3) == []


def test_a_tap_on_a_button_of_an_erased_conversation_shows_nothing_to_have_arrived(a: Store, b: Store) -> None:
    put(a, question(3))
    assert react(b, Chose(("x",), turn=12), question(4)) == []


def test_a_result_that_an_alarm_overtook_is_not_known_to_have_arrived(a: Store, b: Store) -> None:
    put(a, Conclude(2, "talk", ("Talk to your therapist.",), (), {}))
    assert react(b, Chose(("x",), turn=3), question(4), shown=3) == []


def test_a_tap_behind_words_shows_nothing_to_have_arrived(a: Store, b: Store) -> None:
    put(a, question(3))
    with b.unit() as unit:
        unit.take([Update(1, CHAT, Typed("no")), Update(2, CHAT, Chose(("x",), turn=3))])
        unit.shown(CHAT, 3, 100)
        unit.send(CHAT, [question(4)])
    assert unit.outgoing == []
    assert told(a.unsent()) == [question(3)]


def test_words_show_nothing_to_have_arrived(a: Store, b: Store) -> None:
    put(a, question(3))
    assert react(b, Typed("x"), question(4)) == []


def test_what_is_urgent_waits_only_for_what_is_urgent(a: Store, b: Store) -> None:
    put(a, Say("one"))
    assert put(b, Say("two"), ALARM) == [ALARM]
    assert told(b.unsent()) == [ALARM]
    assert put(a, Say("three", urgent=True), Say("four")) == []
    deliver(b)
    assert told(a.unsent()) == [Say("three", urgent=True), Say("one")]


def test_no_question_follows_an_alarm(a: Store, b: Store) -> None:
    put(a, question(3), Say("one"))
    put(a, question(3), chat=OTHER)
    put(b, question(4))
    with b.unit() as unit:
        unit.send(CHAT, [question(5)])
        unit.mark_left(9, left=True)  # what was put so far is written
        unit.send(CHAT, [question(6), Settle(6), ALARM, question(7)])
    assert told(unit.outgoing) == [ALARM]
    assert told(a.unsent()) == [Say("one"), question(3)]
    deliver(a)
    assert told(b.unsent()) == [ALARM, Settle(6), question(7)]


def test_nothing_overtakes_what_waited_for_another_worker(a: Store, b: Store) -> None:
    put(a, Say("one"))
    assert put(b, Say("two")) == []
    deliver(a)
    assert put(b, Say("three")) == []  # `two` was not handed over yet
    assert put(b, ALARM) == [ALARM]
    assert told(b.unsent()) == [ALARM, Say("two"), Say("three")]
    assert put(b, Say("four")) == [Say("four")]


def test_nothing_overtakes_what_a_limit_cut_off(a: Store, b: Store) -> None:
    put(a, Say("one"))
    put(b, Say("two"), Say("three"))
    deliver(a)
    assert told(b.unsent(limit=1)) == [Say("two")]
    assert put(b, Say("four")) == []


def test_a_limit_counts_what_may_be_sent(a: Store, b: Store) -> None:
    put(a, Say("one"))
    put(b, Say("two"), Say("three"))
    put(b, *map(Say, "xyz"), chat=OTHER)
    under_way = {one.id for one in b.unsent(limit=1)}
    assert told(b.unsent(limit=5, but=under_way)) == [Say("y"), Say("z")]


# -- leases


def test_a_beating_worker_is_counted_until_its_lease_ends(place: Place, a: Store, b: Store) -> None:
    assert (a.heartbeat(), b.heartbeat()) == (Beat(2), Beat(2))
    keep_alive(place, LONG, a)
    assert a.heartbeat() == Beat(1)
    assert b.heartbeat() == Beat(2, unbroken=False)
    assert b.heartbeat() == Beat(2)
    b.leave()
    assert a.heartbeat() == Beat(1)


def test_a_worker_learns_that_its_lease_ran_out(place: Place, a: Store, clock: Clock) -> None:
    keep_alive(place, LONG, a)
    assert a.heartbeat().unbroken
    place.pass_time(LONG)
    assert not a.heartbeat().unbroken
    assert a.heartbeat().unbroken
    assert place.open(clock, "a").heartbeat().unbroken  # the next run has nothing at hand yet


def test_a_worker_asks_what_it_still_has_to_send(a: Store, b: Store) -> None:
    put(a, Say("one"), Say("two"), chat=1)
    put(a, Say("three"), chat=2)
    put(b, Say("four"), chat=3)
    (sent, kept, erased), (others,) = a.unsent(), b.unsent()
    a.sent([Delivered(sent)])
    with b.unit() as unit:
        unit.erase(2, [])
    ids = {one.id for one in (kept, sent, erased, others)}
    assert a.waiting(ids) == {kept.id}
    assert a.waiting(set()) == set()
    assert b.waiting(ids) == {others.id}


def test_what_a_dead_worker_left_is_taken_over(place: Place, a: Store, b: Store) -> None:
    put(b, Say("one"), Say("two"))
    keep_alive(place, LEASE_SECONDS - 1, a)
    assert a.unsent() == []
    keep_alive(place, 3, a)
    assert told(a.unsent()) == [Say("one"), Say("two")]
    assert b.unsent() == []


def test_what_a_leaving_worker_left_is_taken_over_at_once(place: Place, a: Store, b: Store) -> None:
    put(b, Say("one"))
    keep_alive(place, LONG, a, b)
    assert a.unsent() == []
    b.leave()
    a.heartbeat()
    assert told(a.unsent()) == [Say("one")]


def test_nothing_overtakes_what_was_taken_over(place: Place, a: Store, b: Store) -> None:
    put(b, Say("one"))
    keep_alive(place, LONG + 1, a)
    assert put(a, Say("two")) == []
    assert put(a, ALARM) == [ALARM]
    assert put(a, Say("elsewhere"), chat=OTHER) == [Say("elsewhere")]
    assert told(a.unsent()) == [ALARM, Say("one"), Say("two"), Say("elsewhere")]
    assert put(a, Say("three")) == [Say("three")]


def test_after_an_outage_nobody_takes_over_before_all_had_time(place: Place, a: Store, b: Store) -> None:
    put(b, Say("one"))
    place.pass_time(60)  # the database is away
    keep_alive(place, LEASE_SECONDS - 1, a)
    assert a.unsent() == []
    b.heartbeat()
    keep_alive(place, 2 * LONG, a, b)
    assert told(b.unsent()) == [Say("one")]
    assert a.unsent() == []


def test_a_new_worker_does_not_take_over_at_once(place: Place, a: Store, clock: Clock) -> None:
    put(a, Say("one"))
    place.pass_time(60)
    newcomer = place.open(clock, "c")
    newcomer.heartbeat()
    assert newcomer.unsent() == []
    keep_alive(place, LONG + 1, newcomer)
    assert told(newcomer.unsent()) == [Say("one")]


def test_the_next_run_of_a_worker_finds_what_the_last_one_left(place: Place, a: Store, clock: Clock) -> None:
    put(a, Say("one"))
    assert told(place.open(clock, "a").unsent()) == [Say("one")]


def test_marks_of_a_worker_that_lost_its_outputs_do_no_harm(place: Place, a: Store, b: Store) -> None:
    put(b, question(3), Say("two"), Say("three"))
    sent, retired, _ = b.unsent()
    keep_alive(place, LONG + 1, a)
    b.sent([Delivered(sent, 55)])  # it reached the patient: nobody must send it again
    b.retire([retired])
    assert told(a.unsent()) == [Say("three")]
    assert a.message_of(CHAT, 3) == 55
    deliver(a)
    deliver(a, [sent, retired])
    assert a.unsent() == []


# -- timers


def timers_due(store: Store, now: float, limit: int = 10) -> list[DueTimer]:
    with store.unit() as unit:
        return unit.due_timers(now, limit)


def plan(store: Store, chat: int, *timers: Timer) -> None:
    with store.unit() as unit:
        unit.save(chat, PLAIN, ())
        unit.set_timers(chat, timers)


def test_timers_ring_once_and_in_order(place: Place, a: Store, b: Store, clock: Clock) -> None:
    plan(a, CHAT, Timer("remind", 20.5), Timer("check_in", 10))
    plan(a, OTHER, Timer("remind", 15))
    assert timers_due(b, 9.9) == []
    assert timers_due(b, 20.4) == [DueTimer(CHAT, "check_in", 10), DueTimer(OTHER, "remind", 15)]
    assert timers_due(a, 20.5) == [DueTimer(CHAT, "remind", 20.5)]
    assert timers_due(place.open(clock, "c"), 99) == []


def test_timers_survive_a_restart(place: Place, a: Store, clock: Clock) -> None:
    plan(a, CHAT, Timer("remind", 20))
    assert timers_due(place.open(clock, "c"), 20) == [DueTimer(CHAT, "remind", 20)]


def test_new_timers_replace_those_that_were_set(a: Store) -> None:
    plan(a, CHAT, Timer("remind", 20), Timer("check_in", 10))
    plan(a, OTHER, Timer("remind", 30))
    plan(a, CHAT, Timer("remind", 25))
    assert timers_due(a, 99) == [DueTimer(CHAT, "remind", 25), DueTimer(OTHER, "remind", 30)]
    plan(a, CHAT, Timer("remind", 25))
    plan(a, CHAT)
    assert timers_due(a, 99) == []


def test_no_more_chats_ring_at_once_than_wanted(a: Store) -> None:
    for chat in range(1, 6):
        plan(a, chat, Timer("remind", chat))
    assert [timer.chat for timer in timers_due(a, 99, limit=2)] == [1, 2]
    assert [timer.chat for timer in timers_due(a, 99, limit=9)] == [3, 4, 5]


def test_who_rings_acts_in_the_same_unit(a: Store, b: Store) -> None:
    plan(b, CHAT, Timer("remind", 20))
    with a.unit() as unit:
        (due,) = unit.due_timers(20, 10)
        assert unit.session(due.chat) == PLAIN
        unit.save(due.chat, EVERYTHING, ())
        unit.set_timers(due.chat, [Timer("remind", 40)])
        unit.send(due.chat, [Say("Shall we go on?")])
    assert told(unit.outgoing) == [Say("Shall we go on?")]
    assert timers_due(b, 40) == [DueTimer(CHAT, "remind", 40)]


def test_a_timer_whose_unit_failed_rings_again(a: Store) -> None:
    plan(a, CHAT, Timer("remind", 20))

    def fail() -> None:
        with a.unit() as unit:
            assert len(unit.due_timers(20, 10)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(timers_due(a, 20)) == 1


def test_erasing_or_leaving_drops_timers(place: Place, a: Store) -> None:
    for chat in (1, 2, 3):
        plan(a, chat, Timer("remind", 20))
    with a.unit() as unit:
        unit.erase(1, [])
        unit.mark_left(2, left=True)
    assert [timer.chat for timer in timers_due(a, 99)] == [3]
    assert place.tables()["timers"] == []


# -- how far behind


def test_the_backlog_tells_what_waits_and_since_when(a: Store, b: Store, clock: Clock) -> None:
    assert a.backlog() == Backlog(0, None, None)
    began = clock.now
    put(a, Say("one"), Say("two"))
    clock.now += 10
    with b.unit() as unit:
        unit.take([update(1)])
        unit.send(OTHER, [Say("three")])
    assert a.backlog() == b.backlog() == Backlog(3, began, began + 10)
    deliver(a)
    assert a.backlog() == Backlog(1, began + 10, began + 10)


# -- people who left or came, without a word


def test_strangers_leave_no_trace(place: Place, a: Store) -> None:
    with a.unit() as unit:
        unit.take([update(1), update(2, OTHER)])
        assert unit.session(CHAT) is None
        unit.mark_left(OTHER, left=True)
    assert place.tables()["sessions"] == []
