"""What people do that must not be misread: words behind commands, edited messages, ticks, old buttons, first words."""

from __future__ import annotations

import pytest

from bot.dialogue.engine import AWAY_SECONDS, Engine
from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Opened, SentOther, Ticked, Typed
from bot.dialogue.outputs import Ask, Conclude, Output, Reject, Say
from bot.dialogue.session import Session
from tests.support.dialogue_flow import real_engine

DANGER = "i cant feel when i wipe"


@pytest.fixture
def engine() -> Engine:
    return real_engine()


def play(engine: Engine, *done: Input, at: float = 1.0) -> tuple[Session, tuple[Output, ...]]:
    step = engine.start("care", 0.0)
    for one in done:
        assert step.session is not None
        step = engine.advance(step.session, one, at)
    assert step.session is not None
    return step.session, step.outputs


def alarmed(outputs: tuple[Output, ...]) -> bool:
    return any(isinstance(output, Conclude) and output.assessment["tier"] == "emergency" for output in outputs)


@pytest.mark.parametrize(
    "done",
    [
        Typed(f"/help {DANGER}"),
        Typed(f"/stop {DANGER}"),
        Typed(f"/start {DANGER}"),
        Typed(f"/ {DANGER}"),
        Opened(DANGER),
        SentOther("edited", DANGER),
    ],
)
def test_danger_is_heard_behind_a_command_and_in_an_edited_message(engine: Engine, done: Input) -> None:
    assert alarmed(play(engine, done)[1])


@pytest.mark.parametrize("done", [Typed(DANGER), Opened(DANGER)])
def test_the_first_words_count(engine: Engine, done: Input) -> None:
    step = engine.meet("care", done, 0.0)
    assert isinstance(step.outputs[0], Say)
    assert alarmed(step.outputs)


def test_first_words_that_say_nothing_are_only_greeted(engine: Engine) -> None:
    step = engine.meet("care", Typed("hello there"), 0.0)
    assert [type(output) for output in step.outputs] == [Say, Ask]


@pytest.mark.parametrize(
    "text",
    ["my pain is 8", "lost 10 kg without trying", "I had 2 surgeries", "my daughter told me to try this bot",
     "my wife says i should ask you", "it began 3 years ago"],
)  # fmt: skip
def test_a_story_does_not_choose_who_it_is_about(engine: Engine, text: str) -> None:
    session, _ = play(engine, Typed(text))
    assert all(answer.question != "who" for answer in session.answers)


@pytest.mark.parametrize(("text", "who"), [("52", "me_45_64"), ("I am 30 years old", "me_16_44"), ("my son", "child")])
def test_plain_words_choose_who_it_is_about(engine: Engine, text: str, who: str) -> None:
    session, _ = play(engine, Typed(text))
    assert session.answers[0].value == who


KNEE = (Chose(("me_16_44",)), Chose(("none",)), Chose(("knee",)))


def test_a_tick_is_not_dropped_by_none_of_these(engine: Engine) -> None:
    session, outputs = play(engine, *KNEE, Ticked("cramps", on=True), Chose(("none",)))
    assert session.picked == ("cramps",)
    assert isinstance(outputs[0], Reject)


def test_what_is_typed_joins_what_was_ticked(engine: Engine) -> None:
    label = next(c.label for c in engine.flow.questions["knee_signs"].choices if c.id == "gives_way")
    session, _ = play(engine, *KNEE, Ticked("cramps", on=True), Typed(label))
    assert set(session.answers[-1].value) == {"cramps", "gives_way"}  # type: ignore[arg-type]  # a tuple of ids


@pytest.mark.parametrize("done", [Typed("done"), Finished()])
def test_done_may_be_typed(engine: Engine, done: Input) -> None:
    session, _ = play(engine, *KNEE, Ticked("cramps", on=True), done)
    assert session.answers[-1].value == ("cramps",)


def test_the_emergency_button_works_however_old(engine: Engine) -> None:
    begun, _ = play(engine)
    session, _ = play(engine, *KNEE)
    step = engine.advance(session, Commanded("emergency", turn=begun.turn), 1.0)
    assert any(isinstance(output, Say) and output.urgent for output in step.outputs)


TAPS = [
    *("me_16_44", "none", "knee", "none", "none", "none", "slowly", "s5", "weeks_6_12", "same", "visits_8_more"),
    *("active", "medium", "days_1_2", "time", "right", "movement", "none"),
]
RESULT = tuple(Chose((choice,)) for choice in TAPS)


def test_the_result_stays_to_be_read_when_an_offer_is_tapped(engine: Engine) -> None:
    _, outputs = play(engine, *RESULT, Chose(("more_exact",)))
    assert getattr(outputs[0], "answer", "") is None


@pytest.mark.parametrize("done", [Typed("hi"), SentOther("sticker")])
def test_somebody_who_comes_back_to_a_result_may_start_over(engine: Engine, done: Input) -> None:
    session, _ = play(engine, *RESULT)
    step = engine.advance(session, done, AWAY_SECONDS + 10.0)
    assert isinstance(step.outputs[-1], Ask)
    assert step.outputs[-1].node == "aside_return"


def test_words_after_a_result_are_answered_with_what_can_be_done(engine: Engine) -> None:
    _, outputs = play(engine, *RESULT, Typed("blah blah"))
    assert isinstance(outputs[0], Reject)
    assert "/restart" in outputs[0].text


def test_turns_grow_with_time(engine: Engine) -> None:
    first, later = engine.start("care", 100.0).session, engine.start("care", 5000.0).session
    assert first is not None
    assert later is not None
    assert later.turn - first.turn == 4900


@pytest.mark.parametrize("who", ["me_16_44", "child"])
def test_who_cannot_say_which_danger_is_sent_to_somebody_today_without_a_list_of_horrors(
    engine: Engine, who: str
) -> None:
    signs = "child_now_signs" if who == "child" else "now_signs"
    session, _ = play(engine, Chose((who,)), Chose(("unsure",)))
    assert session.node == f"{signs}_unsure"
    _, outputs = play(engine, Chose((who,)), Chose(("unsure",)), Chose(("none",)))
    told = outputs[-1]
    assert isinstance(told, Conclude)
    assert told.assessment["tier"] == "same_day"
    assert len(told.assessment["red_flags"]) == 1


CHEST = (Chose(("me_16_44",)), Chose(("chest",)))


@pytest.mark.parametrize("text", ["what should i do", "i cant call", "ok", "can I use TENS?", "no", "in", "no thanks"])
def test_under_an_alarm_nothing_else_is_talked_about(engine: Engine, text: str) -> None:
    _, outputs = play(engine, *CHEST, Typed(text))
    assert [type(output) for output in outputs] == [Reject]
    assert "112" in outputs[0].text  # type: ignore[union-attr]  # a Reject


@pytest.mark.parametrize(("text", "number"), [("uk", "999"), ("I live in France", "15"), ("USA", "911")])
def test_under_an_alarm_a_country_may_be_typed(engine: Engine, text: str, number: str) -> None:
    _, outputs = play(engine, *CHEST, Typed(text))
    told = outputs[-1]
    assert isinstance(told, Conclude)
    assert number in told.parts[0]


@pytest.mark.parametrize("text", ["no", "in", "me", "no idea"])
def test_a_little_word_is_no_country(engine: Engine, text: str) -> None:
    session, outputs = play(engine, Commanded("emergency"), Typed(text))
    assert engine.talk.presenter.country(session) is None
    assert not any(isinstance(output, Say) and "Numbers in" in output.text for output in outputs)


def test_under_an_alarm_a_mistake_can_be_typed(engine: Engine) -> None:
    session, _ = play(engine, *CHEST, Typed("sorry, wrong button"))
    assert session.aside is not None
    assert session.aside.question == "aside_retract"


def test_pills_and_thoughts_of_suicide_together_say_to_call_now(engine: Engine) -> None:
    _, outputs = play(engine, Chose(("me_16_44",)), Chose(("pills", "self_harm")))
    told = outputs[-1]
    assert isinstance(told, Conclude)
    assert "Please call" in told.parts[0]
    assert "If you might act" not in told.parts[0]


def test_chest_pain_and_violence_together_tell_both(engine: Engine) -> None:
    _, outputs = play(engine, Chose(("me_16_44",)), Chose(("chest", "unsafe")))
    told = outputs[-1]
    assert isinstance(told, Conclude)
    assert "Chest pain" in told.parts[0]
    assert "Nobody may hurt" in told.parts[1]


def test_a_statement_under_a_question_is_not_taken_for_a_question_about_a_topic(engine: Engine) -> None:
    _, stated = play(engine, *KNEE, Typed("dry needling"))
    _, asked = play(engine, *KNEE, Typed("can I try dry needling?"))
    assert isinstance(stated[0], Reject)
    assert any(isinstance(output, Say) for output in asked)
