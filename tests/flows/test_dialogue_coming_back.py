"""Who comes back after long is asked about danger signs again, before anything rests on the old answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Input, SentOther, Typed
from bot.dialogue.moves import migrated
from bot.dialogue.outputs import Conclude, Say
from bot.dialogue.session import Session, session_from_data
from bot.flow.answers import Answer
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player

HOLD = 24
WEEK = 7 * 24
AGAIN = "danger signs once more"
REAL = {"who": "me_16_44", "now_signs": "none", "region": "low_back", "low_back_signs": "none", "general_signs": "none"}
CARE = {
    "fits_any": "none", "how_started": "slowly", "pain_now": "s5", "weeks_of_pt": "weeks_6_12", "pain_trend": "same",
    "sessions_done": "visits_8_more", "treatment_mostly": "active", "session_time": "medium",
    "hep_days_per_week": "days_1_2", "hep_barrier": "time", "exercises_are": "right", "pt_has_done": "movement",
    "pain_like": "none",
}  # fmt: skip


@pytest.fixture
def patient() -> Player:
    return Player(small_engine()).answers(who="me", signs="none")


@pytest.fixture
def finished(patient: Player) -> Player:
    assert patient.answers(months="few", when_calm="no", tried=("rest", "heat")).at == "rash_spreads"
    return patient.tap("no")


def answered(session: Session) -> dict[str, Any]:
    return {answer.question: answer.value for answer in session.answers}


# in the middle


@pytest.mark.parametrize("hours", [2, HOLD - 1])
def test_within_the_hold_nothing_is_asked_again(patient: Player, hours: int) -> None:
    assert patient.wait(hours).tap("few").at == "when_calm"
    assert AGAIN not in patient.said


def test_an_answer_of_today_counts_and_then_danger_comes_first(patient: Player) -> None:
    assert patient.wait(HOLD + 1).tap("few").at == "signs"
    assert AGAIN in patient.said
    assert patient.tap("none").at == "when_calm"
    assert answered(patient.session)["months"] == "few"
    assert patient.session.stale == ()


def test_a_danger_list_answered_today_is_not_asked_twice() -> None:
    patient = Player(real_engine()).answers(**{**REAL, "low_back_signs": "none"})
    assert patient.wait(WEEK).tap("none").at == "now_signs"  # fits_any, answered today
    assert patient.tap("none").at == "low_back_signs"
    assert patient.tap("none").at == "general_signs"
    assert patient.tap("none").at == "how_started"


def test_questions_of_when_it_was_are_asked_again_too() -> None:
    patient = Player(real_engine()).answers(**REAL, fits_any="surgery", surgery_when="under_2_weeks")
    assert patient.at == "surgery_signs"
    patient.wait(WEEK).tap("none")
    for question in ("now_signs", "low_back_signs", "general_signs", "fits_any"):
        assert patient.at == question
        patient.tap("surgery" if question == "fits_any" else "none")
        if patient.at == question:
            patient.done()
    assert patient.at == "surgery_when"
    assert patient.tap("weeks_2_to_6").at == "how_started"


def test_every_pause_counts_from_the_answer_not_from_the_last_word(patient: Player) -> None:
    for _ in range(3):
        patient.wait(HOLD / 3).command("help")
    assert patient.tap("few").at == "signs"


def test_ticks_of_today_are_kept_until_done(patient: Player) -> None:
    patient.answers(months="few", when_calm="no").wait(WEEK).tick("heat")
    assert patient.kinds == ["Tick"]
    assert patient.done().at == "signs"
    assert patient.tap("none").at == "rash_spreads"


@pytest.mark.parametrize(
    "done", [Typed("hello"), SentOther("photo"), Commanded("start"), Commanded("help"), Chose(("few",), 1)]
)
def test_whatever_is_done_first_no_other_question_comes_first(patient: Player, done: Input) -> None:
    patient.wait(WEEK).do(done)
    if patient.at == "aside_return":
        patient.tap("go_on")
    assert patient.at == "signs"
    assert AGAIN in patient.said


def test_who_stops_is_not_asked_anything(patient: Player) -> None:
    assert patient.wait(WEEK).command("stop").kinds == ["Say"]
    assert patient.command("delete").at == "aside_delete"


def test_starting_over_is_no_coming_back(patient: Player) -> None:
    assert patient.wait(WEEK).type("hello").tap("start_over").at == "who"
    assert AGAIN not in patient.said


def test_the_summary_shows_what_still_counts(finished: Player) -> None:
    finished.wait(WEEK).tap("step_2")
    assert finished.command("summary").at == "aside_change"
    assert "Any of these?" not in finished.said
    assert finished.choices == ["who", "months", "when_calm", "tried", "back"]
    assert finished.tap("months").tap("few").at == "signs"


# after a result


def test_after_a_result_what_was_tapped_is_shown_and_then_danger_comes(finished: Player) -> None:
    assert finished.wait(WEEK).tap("step_2").at == "signs"
    assert "Why two." in finished.said
    assert finished.said.index("Why two.") < finished.said.index(AGAIN)
    assert finished.tap("none").at == "rash_spreads"
    assert finished.tap("no").at == "result"
    assert answered(finished.session)["months"] == "few"


def test_more_reasons_are_still_those_that_were_told(finished: Player) -> None:
    assert "Text four." in finished.wait(WEEK).tap("more").tap("r4").said
    assert finished.tap("back").at == "signs"


def test_the_old_result_is_not_told_again_as_if_it_were_new(finished: Player) -> None:
    assert not finished.wait(WEEK).tap("more_detail").all(Conclude)
    assert finished.at == "signs"
    assert finished.tap("none").tap("no").at == "deeper"


def test_reading_topics_is_not_held_up(finished: Player) -> None:
    assert finished.wait(WEEK).tap("topics").at == "aside_topics"
    assert finished.tap("treatments").tap("back").at == "aside_topics"
    assert finished.tap("back").at == "signs"


def test_a_new_danger_sign_after_a_result_changes_it(finished: Player) -> None:
    assert finished.wait(WEEK).type("hello").tap("go_on").at == "signs"
    assert finished.tap("chest").at == "emergency"


def test_typed_danger_counts_at_once(finished: Player) -> None:
    assert finished.wait(WEEK).type("crushing chest").kinds == ["Settle", "Conclude"]
    assert finished.at == "emergency"


def test_a_mild_sign_typed_is_noted_and_danger_asked(finished: Player) -> None:
    assert finished.wait(WEEK).type("burning up").at == "signs"
    assert "a fever" in finished.said
    assert not finished.all(Conclude)


# what was stated stands


def test_a_no_this_time_does_not_take_back_a_statement() -> None:
    patient = Player(small_engine()).answers(who="me", signs="hot").wait(WEEK)
    assert patient.tap("few").at == "signs"
    assert patient.session.aside is None
    assert patient.tap("none").at == "aside_retract"
    assert "a fever" in patient.ask.text
    assert patient.tap("true").at == "when_soon"


def test_a_yes_this_time_asks_nothing_more() -> None:
    patient = Player(small_engine()).answers(who="me", signs="hot").wait(WEEK).tap("few")
    assert patient.tap("hot").at == "when_soon"


def test_an_emergency_is_told_again_and_asks_nothing() -> None:
    patient = Player(small_engine()).answers(who="me", signs="chest").wait(WEEK)
    assert patient.command("start").tap("go_on").at == "emergency"
    assert patient.all(Conclude)
    assert patient.tap("not_right").tap("true").at == "emergency"


def test_an_emergency_taken_back_after_long_rests_on_no_old_answer() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none", months="few").type("crushing chest").wait(WEEK)
    assert patient.tap("not_right").tap("mistake").at == "signs"
    assert AGAIN in patient.said


def test_an_alarm_for_today_stays_in_sight_while_danger_is_asked_again() -> None:
    patient = Player(small_engine()).answers(who="me", signs="calf").wait(WEEK)
    assert patient.tap("be_seen").at == "signs"
    assert "What I told you still counts" in patient.all(Say)[0].text
    assert patient.all(Say)[0].urgent
    assert patient.tap("none").at == "aside_retract"
    assert patient.tap("true").at == "same_day"


def test_under_an_alarm_for_today_an_emergency_is_found() -> None:
    patient = Player(small_engine()).answers(who="me", signs="calf").wait(WEEK).tap("be_seen")
    assert patient.tick("chest").at == "emergency"


def test_under_an_alarm_for_today_new_words_of_alarm_count_at_once() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").type("balloon calf").wait(WEEK).tap("be_seen")
    assert patient.at == "signs"
    assert patient.type("lasting forever and ever").at == "same_day"


def test_an_alarm_that_is_new_is_told_before_anything_is_asked(finished: Player) -> None:
    assert finished.wait(WEEK).type("balloon calf").at == "same_day"
    assert finished.all(Conclude)
    assert finished.tap("be_seen").at == "signs"


def test_an_old_answer_that_nothing_asks_for_any_more_is_put_aside() -> None:
    patient = Player(small_engine()).answers(who="me", signs="rash").wait(HOLD + 1).tap("no")
    assert patient.at == "signs"
    assert patient.wait(HOLD + 1).tap("none").at == "months"
    assert [answer.question for answer in patient.session.stale] == ["rash_spreads"]


# the records


def test_what_is_asked_again_survives_a_new_version_of_the_flow(patient: Player) -> None:
    session = patient.wait(WEEK).tap("few").session
    assert [answer.question for answer in session.stale] == ["signs"]
    path = small_engine(("Any of these?", "Any of those?")).talk.path
    moved = migrated(path, session.but(stale=(*session.stale, Answer("signs_of_old", "yes"), Answer("months", "gone"))))
    assert moved.stale == session.stale
    assert moved.node == "signs"


def test_answers_without_a_time_are_as_old_as_the_session(patient: Player) -> None:
    data = json.loads(json.dumps(patient.session.to_data()))
    for part in ("answers", "dormant"):
        data[part] = [entry[:2] for entry in data[part]]
    del data["stale"]
    old = session_from_data(data)
    assert [answer.at for answer in old.answers] == [old.touched_at] * 2
    engine, now = small_engine(), old.touched_at
    assert nodes(engine, old, now + (HOLD - 1) * 3600) == "when_calm"
    assert nodes(engine, old, now + (HOLD + 1) * 3600) == "signs"


def nodes(engine: Engine, session: Session, now: float) -> str:
    step = engine.advance(session, Chose(("few",), session.turn), now)
    return getattr(step.outputs[-1], "node", "")


def test_times_survive_json(patient: Player) -> None:
    session = replace(patient.session, stale=(Answer("signs", ("none",), 12.5),))
    read = session_from_data(json.loads(json.dumps(session.to_data())))
    assert [answer.at for answer in (*read.answers, *read.stale)] == [
        answer.at for answer in (*session.answers, *session.stale)
    ]
    assert patient.session.answers[1].at > patient.session.answers[0].at


# whatever the answers


@pytest.mark.no_cover  # the core is covered without
@settings(max_examples=60, derandomize=True, database=None)
@given(data=st.data())
def test_no_result_rests_on_danger_answers_older_than_the_hold(data: st.DataObject) -> None:
    patient = Player(real_engine())
    for _ in range(data.draw(st.integers(3, 60))):
        if data.draw(st.integers(0, 9)) == 0:
            patient.wait(data.draw(st.sampled_from([2, HOLD - 1, HOLD + 1, WEEK])))
        screen = patient.engine.talk.screen(patient.session)
        anything = [choice.id for choice in screen.choices]
        calm = [choice for choice in anything if choice in ("none", "no", "true", "go_on")] or anything
        patient.tap(data.draw(st.sampled_from(calm if data.draw(st.integers(0, 5)) else anything)))
        rests_on_fresh_answers(patient)


def rests_on_fresh_answers(patient: Player) -> None:
    limit = patient.now - HOLD * 3600
    for result in patient.all(Conclude):
        old = [a.question for a in patient.session.answers if a.at < limit and a.question in patient.engine.flow.ageing]
        assert result.urgent or not old


@pytest.mark.parametrize("text", ["hello", "hi again", "I am here"])
def test_who_says_hello_after_long_is_asked_and_loses_nothing(text: str) -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="none").wait(20).type(text)
    assert patient.at == "aside_return"
    assert patient.type("hi again").at == "aside_return"
    assert patient.type("ok").at == "region"
    assert [answer.question for answer in patient.session.answers] == ["who", "now_signs"]
