"""Who stops in the middle is reminded once, and never where that would be out of place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.engine import Engine
from bot.dialogue.outputs import Ask, Say, Settle
from bot.dialogue.session import Session, Statement
from bot.flow.clinical import Tier
from bot.flow_files import load_package_numbers
from tests.support.dialogue_flow import CLINICS, dialogue_flow, small_engine
from tests.support.player import Player

ENGINE = small_engine()


@pytest.fixture
def patient() -> Player:
    return Player(ENGINE).answers(who="me", signs="none")


def welcome(session: Session) -> bool:
    """Would a reminder be? Then it is also sent; else nothing happens."""
    step = ENGINE.remind(session)
    assert ENGINE.may_be_reminded(session) == bool(step.outputs)
    assert step.outputs or step.session == session
    return bool(step.outputs)


def test_the_question_is_put_again_with_its_buttons(patient: Player) -> None:
    before = patient.session
    step = ENGINE.remind(before)
    assert [type(output) for output in step.outputs] == [Settle, Say, Ask]
    said, asked = step.outputs[1:]
    assert isinstance(said, Say)
    assert "Shall we go on?" in said.text
    assert "/reminders" in said.text
    assert "{" not in said.text
    assert isinstance(asked, Ask)
    assert (asked.node, asked.turn, [choice.id for choice in asked.choices]) == ("months", before.turn + 1, ["few"])
    assert step.session == replace(before, turn=before.turn + 1, let_be=True), "the patient has done nothing"


def test_its_buttons_go_on_and_there_is_no_second_one(patient: Player) -> None:
    patient.remind()
    assert not welcome(patient.session)
    assert patient.tap("few").at == "when_calm"
    assert not welcome(patient.session)
    assert welcome(patient.command("restart").tap("yes").answers(who="me").session)


def test_ticks_are_kept() -> None:
    patient = Player(ENGINE).answers(who="me", signs="none", months="few", when_calm="no").tick("rest")
    asked = ENGINE.remind(patient.session).outputs[-1]
    assert isinstance(asked, Ask)
    assert asked.picked == ("rest",)


def test_nobody_is_reminded_before_the_first_answer_and_after_the_end(patient: Player) -> None:
    assert not welcome(Player(ENGINE).session)
    assert welcome(patient.session)
    patient.answers(months="few", when_calm="no", tried="none")
    assert not welcome(patient.session)
    assert not welcome(patient.command("summary").tap("months").session), "an answer is changed after the result"


@pytest.mark.parametrize("signs", ["chest", "numb"])
def test_an_emergency_is_not_followed_by_a_reminder_even_when_taken_back(signs: str) -> None:
    patient = Player(ENGINE).answers(who="me", signs=signs)
    if patient.at == "numb_is_new":
        assert welcome(patient.session), "it may be none yet"
        patient.tap("new")
    assert not welcome(patient.session)
    patient.tap("not_right").tap("mistake")
    assert patient.at == "signs"
    assert patient.choose("none").at == "months"
    assert not welcome(patient.session)


def test_an_emergency_that_was_told_is_remembered_when_the_sign_counts_for_less() -> None:
    engine = small_engine(("at_least: 90}}, tier: same_day", "at_least: 90}}, tier: emergency"))
    patient = Player(engine).answers(who="me", signs="hot").type("95")
    assert patient.at == "emergency"
    patient.command("summary").tap("months").type("3").tap("mistake").choose("hot")
    assert (patient.at, patient.stands) == ("when_soon", {"hot_flag": "soon"})
    assert not engine.may_be_reminded(patient.session)


def test_a_stated_emergency_is_enough(patient: Player) -> None:
    stated = patient.session.with_statement(Statement("chest", Tier.EMERGENCY, retracted=True))
    assert not welcome(stated)
    assert welcome(patient.session.with_statement(Statement("rash", Tier.SOON)))


@pytest.mark.parametrize("command", ["emergency", "stop"])
def test_who_asked_for_help_or_stopped_is_let_be(patient: Player, command: str) -> None:
    patient.command(command)
    if patient.session.aside:
        patient.type("Germany")
    assert patient.session.aside is None
    assert not welcome(patient.session)
    assert not welcome(patient.choose("few").session)


@pytest.mark.parametrize("command", ["delete", "restart", "summary", "start"])
def test_the_programs_own_questions_are_not_repeated(patient: Player, command: str) -> None:
    patient.command(command)
    assert patient.session.aside is not None
    assert not welcome(patient.session)
    assert welcome(patient.command("back").session)


def test_an_open_question_about_danger_is_put_again(patient: Player) -> None:
    hinted = patient.type("odd chest")
    assert hinted.at == "aside_heard"
    asked = ENGINE.remind(hinted.session).outputs[-1]
    assert isinstance(asked, Ask)
    assert asked.node == "aside_heard"


# the patient's wish


def test_never_holds_for_all_conversations_until_it_is_allowed_again(patient: Player) -> None:
    assert patient.type("Don't remind me").at == "aside_reminders"
    assert patient.tap("never").at == "months"
    assert "I will not remind you" in patient.said
    assert not welcome(patient.session)
    patient.command("restart").tap("yes").answers(who="me")
    assert not welcome(patient.session)
    patient.command("reminders").tap("fine")
    assert "I may remind you once" in patient.said
    assert welcome(patient.session)


def test_the_time_of_day_is_asked_and_kept(patient: Player) -> None:
    minutes = int(patient.now // 60) + 5 * 60 + 34  # in India, four minutes late
    assert patient.command("reminders").tap("my_time").at == "aside_time"
    patient.type(f"it is {minutes // 60 % 24:02}:{minutes % 60:02} here")
    assert patient.at == "months"
    assert "Thank you" in patient.said
    assert patient.session.utc_offset == 5 * 60 + 30
    assert welcome(patient.session)
    assert patient.command("restart").tap("yes").session.utc_offset == 5 * 60 + 30


def test_telling_the_time_allows_reminders(patient: Player) -> None:
    patient.command("reminders").tap("never").command("reminders").tap("my_time").type("2 pm")
    assert patient.session.reminders


def test_a_time_that_is_none_is_asked_again(patient: Player) -> None:
    patient.command("reminders").tap("my_time")
    assert patient.type("2:20").rejected
    assert "am or pm" in patient.said
    assert patient.type("2:20 pm").at == "months"


def test_the_time_need_not_be_told(patient: Player) -> None:
    assert patient.command("reminders").tap("my_time").tap("back").at == "months"
    assert patient.session.utc_offset is None


def test_danger_is_heard_instead_of_a_time(patient: Player) -> None:
    assert patient.command("reminders").tap("my_time").type("crushing chest").at == "emergency"


# another version of the flow


def test_who_began_on_another_version_is_reminded_on_this_one(patient: Player) -> None:
    newer = Engine(dialogue_flow(("title: A small flow", "title: A new one")), load_package_numbers(), CLINICS)
    step = newer.remind(patient.session)
    assert step.session is not None
    assert (step.session.flow_hash, step.session.node) == (newer.flow.hash, "months")
    told = [output.text for output in step.outputs if isinstance(output, Say)]
    assert told[1].startswith("Our questions have changed")


def test_a_place_that_this_version_does_not_have_is_found_anew(patient: Player) -> None:
    older = replace(patient.session, node="long_gone", flow_hash="older")
    assert ENGINE.may_be_reminded(older)
    assert ENGINE.remind(older).session == replace(
        patient.session, turn=patient.session.turn + 1, let_be=True, flow_hash=ENGINE.flow.hash
    )


def test_never_counts_at_the_question_for_the_time_as_well(patient: Player) -> None:
    assert patient.command("reminders").tap("my_time").type("never").at == "months"
    assert "I will not remind you" in patient.said
    assert not welcome(patient.session)


def test_half_a_clock_is_asked_for_the_other_half(patient: Player) -> None:
    assert "morning or in the evening" in patient.command("reminders").tap("my_time").type("half past nine").said
    assert patient.type("half past nine in the evening").at == "months"
    assert patient.session.utc_offset is not None
