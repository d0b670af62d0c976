"""Going back and forth, and changing an answer: nothing that was said is lost; the place follows from the answers."""

from __future__ import annotations

import pytest

from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player


@pytest.fixture
def patient() -> Player:
    return Player(small_engine())


@pytest.fixture
def finished(patient: Player) -> Player:
    return patient.answers(who="me", signs="none", months="few", when_calm="no", tried="rest")


def test_there_is_nothing_before_the_first_question(patient: Player) -> None:
    assert patient.command("back").at == "who"
    assert "first question" in patient.said


def test_back_shows_the_earlier_question_and_keep_returns(finished: Player) -> None:
    before = finished.session
    for question in ("tried", "when_calm", "months", "signs", "who", "who"):
        assert finished.command("back").at == question
        assert finished.ask.keep
    assert finished.ask.keep == "Keep: Me"
    assert finished.press("keep").at == "result"
    assert finished.session.answers == before.answers
    assert finished.session.node == before.node


def test_keep_where_nothing_is_to_be_kept_shows_the_question(patient: Player) -> None:
    assert patient.command("keep").at == "who"
    assert patient.tap("me").command("back").command("delete").command("keep").at == "aside_delete"


def test_a_changed_answer_keeps_the_later_ones(finished: Player) -> None:
    finished.command("summary").tap("months")
    assert finished.at == "months"
    assert finished.ask.progress == (3, 8)
    finished.type("50")
    assert finished.at == "result"
    assert [answer.value for answer in finished.session.answers] == ["me", ("none",), 50, "no", ("rest",)]


def test_answers_off_the_path_return_with_the_path(finished: Player) -> None:
    finished.command("summary").tap("who").tap("other")
    assert finished.at == "words"
    finished.type("like glass")
    assert finished.at == "result"
    finished.command("summary").tap("who").tap("me")
    assert finished.at == "result"
    assert [answer.question for answer in finished.session.dormant] == ["words"]
    finished.command("summary").tap("who").tap("other")
    assert finished.at == "result"
    assert finished.session.answers[-1].value == "like glass"


def test_the_summary_can_be_answered_by_number_and_left(finished: Player) -> None:
    finished.command("summary")
    assert "1. Who is it about?\n→ Me" in finished.said
    assert finished.type("2").at == "signs"
    assert finished.command("keep").at == "result"
    assert finished.command("summary").tap("back").at == "result"
    assert finished.kinds == ["Settle", "Ask"]


def test_ticks_of_an_answer_are_shown_again(finished: Player) -> None:
    finished.command("back")
    assert finished.ask.picked == ("rest",)
    finished.tick("heat").untick("rest").done()
    assert finished.at == "rash_spreads"
    finished.command("summary").tap("signs")
    assert finished.ask.picked == ()


def test_ticks_not_yet_done_wait_while_an_earlier_question_is_shown(patient: Player) -> None:
    patient.answers(who="me", signs="none", months="few", when_calm="no").tick("rest", "heat")
    assert patient.command("back").ask.picked == ()
    patient.command("back")
    assert patient.command("keep").at == "tried"
    assert patient.ask.picked == ("rest", "heat")
    assert patient.done().at == "rash_spreads"


def test_ticks_not_yet_done_wait_under_an_aside(patient: Player) -> None:
    patient.answers(who="me").tick("hot").command("delete")
    assert patient.ask.picked == ()
    assert patient.tap("no").ask.picked == ("hot",)
    assert patient.done().stands == {"hot_flag": "soon"}


def test_ticks_are_dropped_where_the_changed_answer_leads_elsewhere(patient: Player) -> None:
    patient.answers(who="me", signs="none", months="few", when_calm="no").tick("rest")
    patient.command("summary").tap("signs").choose("hot")
    assert patient.at == "when_soon"
    assert patient.session.picked == patient.session.waiting == ()


def test_back_leaves_an_aside(patient: Player) -> None:
    patient.tap("me").command("restart")
    assert patient.at == "aside_restart"
    assert patient.command("back").at == "signs"


def test_back_to_a_clarifying_question(patient: Player) -> None:
    patient.answers(who="me", signs=("numb", "rash"))
    assert patient.at == "numb_is_new"
    assert patient.tap("old").at == "rash_spreads"
    assert patient.tap("yes").at == "months"
    assert patient.stands == {"rash_flag": "soon"}
    assert patient.command("back").at == "rash_spreads"
    assert patient.command("back").at == "numb_is_new"
    assert patient.command("keep").at == "months"


def test_a_clarifying_question_does_not_jump_ahead_nor_come_twice(patient: Player) -> None:
    patient.answers(who="me", signs="rash", rash_spreads="yes", months="few", when_soon="yes", tried="heat")
    assert patient.at == "result"
    assert patient.tier == "soon"
    assert "Nearly done." not in patient.said


def test_a_clarifying_question_may_also_come_in_its_place(patient: Player) -> None:
    patient.answers(who="me", signs="none", months="few", when_calm="no", tried="heat")
    assert patient.at == "rash_spreads"
    assert patient.tap("yes").tier == "soon"


def test_what_was_asked_before_a_sign_was_heard_stays_answered(patient: Player) -> None:
    """`when_calm` is asked only of those without signs; the answer given before the sign was typed still counts."""
    patient.answers(who="me", signs="none", months="few", when_calm="no").type("burning up")
    assert "a fever" in patient.said
    assert patient.at == "when_soon"
    assert patient.tap("no").at == "tried"
    asked = ["who", "signs", "months", "when_soon", "when_calm"]
    assert [answer.question for answer in patient.session.answers] == asked
    patient.command("summary").tap("months").type("4")
    assert patient.at == "tried"
    assert [answer.question for answer in patient.session.answers] == asked
    assert patient.tap("rest").tier == "soon"


def test_in_the_real_flow_a_clarified_sign_goes_on_with_the_next_question() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="none", region="knee", knee_signs="none")
    patient.answers(general_signs="weaker", weakness_is="same")
    assert patient.at == "fits_any"
    patient.answers(fits_any="none", how_started="slowly", pain_now="s3", weeks_of_pt="under_4", pain_trend="same")
    assert patient.at == "sessions_done"
