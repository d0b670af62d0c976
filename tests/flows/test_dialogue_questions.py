"""Answering: tapped, ticked, typed; taps that come late, twice or from nowhere."""

from __future__ import annotations

import pytest

from bot.dialogue.inputs import Chose, Finished, Ticked
from bot.dialogue.outputs import Ask, Settle, Tick
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player


@pytest.fixture
def patient() -> Player:
    return Player(small_engine())


def test_begins_with_a_greeting_and_the_first_question(patient: Player) -> None:
    assert patient.kinds == ["Say", "Ask"]
    assert "call" in patient.said
    assert patient.at == "who"
    assert patient.ask.progress == (1, 8)


def test_a_tap_answers_and_the_question_shows_the_answer(patient: Player) -> None:
    turn = patient.session.turn
    patient.tap("me")
    assert patient.all(Settle) == [Settle(turn, "Who is it about?", "Me")]
    assert patient.at == "signs"
    assert patient.ask.progress == (2, 8)
    assert patient.ask.has_why
    assert not patient.ask.has_meaning


def test_the_whole_way_to_a_result(patient: Player) -> None:
    patient.tap("me").tap("none").tap("few").tap("no").tick("rest").done()
    assert patient.at == "result"
    assert patient.tier == "none"
    assert "Because you said it has lasted A few months" in patient.said
    assert [reason["id"] for reason in patient.result.assessment["reasons"]] == ["r1", "r2", "r4"]


def test_typed_answers_work_as_well(patient: Player) -> None:
    patient.type("myself").type("none of these").type("7").type("nope").type("rest and heat").type("No")
    assert patient.at == "result"
    assert [answer.value for answer in patient.session.answers] == ["me", ("none",), 7, "no", ("rest", "heat"), "no"]


@pytest.mark.parametrize("text", ["she is 3", "He's 7 years old", "they are 12"])
def test_the_age_of_somebody_else_is_a_childs_where_it_can_only_be_a_childs(text: str) -> None:
    assert Player(real_engine()).type(text).session.answers[0].value == "child"


def test_the_age_of_another_adult_is_never_taken_for_ones_own() -> None:
    patient = Player(real_engine()).type("she is 70")
    assert patient.rejected
    assert patient.tap("other_adult").type("she is 70").session.answers[1].value == "other_65"


def test_a_notice_is_told_once_before_the_next_question(patient: Player) -> None:
    patient.tap("other")
    assert patient.kinds == ["Settle", "Say", "Ask"]
    assert patient.said == "Answer as they would."
    assert "Answer" not in patient.command("back").command("keep").said


def test_a_notice_is_told_before_a_result_as_well(patient: Player) -> None:
    patient.answers(who="me", signs="none").type("60").answers(when_calm="no", tried="none")
    assert patient.kinds == ["Settle", "Say", "Conclude"]
    assert patient.said.startswith("That was all.")


def test_words_of_ones_own(patient: Player) -> None:
    patient.answers(who="other", signs="none", months="few", when_calm="no", tried="none")
    assert patient.type("👍").rejected
    assert patient.type("like walking on glass").at == "result"


# lists


def test_ticks_are_kept_at_once_and_set_not_flipped(patient: Player) -> None:
    patient.tap("me").tick("hot")
    assert patient.kinds == ["Tick"]
    assert patient.all(Tick)[0].ask.picked == ("hot",)
    patient.tick("hot")
    assert patient.outputs == ()
    patient.tick("calf")
    assert patient.all(Tick)[0].ask.picked == ("hot", "calf")
    patient.untick("hot").untick("hot")
    assert patient.session.picked == ("calf",)


def test_ticks_in_any_order_are_kept_in_the_order_of_the_list(patient: Player) -> None:
    patient.tap("me").tick("rash", "hot")
    assert patient.session.picked == ("hot", "rash")


def test_an_emergency_does_not_wait_for_done(patient: Player) -> None:
    patient.tap("me").tick("hot").tick("chest")
    assert patient.at == "emergency"
    assert patient.result.urgent
    assert patient.session.answers[-1].value == ("chest", "hot")


def test_a_double_tap_on_the_tick_that_ended_the_questions_does_nothing(patient: Player) -> None:
    patient.tap("me")
    turn = patient.session.turn
    patient.do(Ticked("chest", on=True, turn=turn)).do(Ticked("chest", on=True, turn=turn))
    assert patient.outputs == ()


def test_none_is_exclusive_when_ticked_and_when_chosen(patient: Player) -> None:
    assert patient.tap("me").tick("none").at == "months"
    assert patient.session.answers[-1].value == ("none",)
    assert patient.command("back").choose("none", "hot").rejected
    assert patient.at == ""
    assert patient.choose("none", "none").at == "months"


def test_none_does_not_drop_ticks_without_a_word(patient: Player) -> None:
    patient.tap("me").tick("hot").tick("none")
    assert "You ticked: Fever." in patient.said
    assert patient.type("none of these").at == ""
    assert patient.session.picked == ("hot",)
    assert patient.untick("hot").tick("none").at == "months"


def test_none_may_replace_the_ticks_of_an_earlier_answer(patient: Player) -> None:
    patient.answers(who="me", signs="hot").command("back")
    assert patient.ask.picked == ("hot",)
    assert patient.tap("none").at == "aside_retract"


def test_typed_words_join_the_ticks(patient: Player) -> None:
    patient.tap("me").tick("hot").type("swollen calf")
    assert patient.session.answers[-1].value == ("hot", "calf")
    assert patient.at == "same_day"


@pytest.mark.parametrize("text", ["done", "Done!", "that's all"])
def test_done_may_be_typed_once_something_is_ticked(patient: Player, text: str) -> None:
    assert patient.tap("me").type(text).rejected
    assert patient.tick("hot").type(text).at == "months"


def test_done_without_a_tick_says_what_to_do(patient: Player) -> None:
    patient.tap("me").done()
    assert patient.rejected
    assert "Done" in patient.said
    assert patient.session.node == "signs"


def test_done_and_ticks_mean_nothing_at_other_questions(patient: Player) -> None:
    assert patient.do(Finished()).rejected
    assert patient.do(Ticked("me", on=True)).rejected
    assert patient.do(Ticked("nonsense", on=True, turn=1)).at == "who"


def test_done_twice_counts_once(patient: Player) -> None:
    patient.tap("me").tick("hot")
    turn = patient.session.turn
    patient.do(Finished(turn))
    assert patient.at == "months"
    assert patient.do(Finished(turn)).outputs == ()


# taps that are late, doubled, wrong


def test_a_double_tap_does_nothing_twice(patient: Player) -> None:
    turn = patient.session.turn
    patient.tap("me")
    before = patient.session
    patient.do(Chose(("me",), turn))
    assert patient.outputs == ()
    assert patient.session.answers == before.answers


def test_a_tap_on_an_old_button_shows_the_present_question(patient: Player) -> None:
    patient.tap("me").tap("none").do(Chose(("other",), turn=1))
    assert patient.kinds == ["Settle", "Ask"]
    assert patient.at == "months"
    assert patient.do(Ticked("hot", on=True, turn=2)).at == "months"
    assert patient.do(Finished(2)).at == "months"


def test_a_button_this_question_never_had_shows_the_question(patient: Player) -> None:
    assert patient.tap("forged").at == "who"
    assert patient.tap("me", "other").at == "who"
    assert not patient.rejected


def test_a_program_that_chooses_what_is_not_there_is_told_what_is(patient: Player) -> None:
    assert patient.choose("forged").rejected
    assert "“Me”" in patient.said
    assert patient.choose().rejected
    assert patient.choose("me", "other").rejected


@pytest.mark.parametrize("text", ["", "   ", "🤷🤷", "x" * 4096, "¿dónde está?", "-5", "\x00", "**", "{EMERGENCY}"])
def test_nonsense_gets_one_short_reply_and_the_question_stays(patient: Player, text: str) -> None:
    patient.type(text)
    assert len(patient.outputs) == 1
    assert patient.rejected
    assert patient.tap("me").at == "signs"


def test_numbers_out_of_range_are_told_the_range(patient: Player) -> None:
    patient.tap("me").tap("none")
    for text in ("-3", "101", "many"):
        assert patient.type(text).rejected
    assert "0 to 100" in patient.said
    assert patient.type("98").at == "when_calm"


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location", "edited", "other"])
def test_what_cannot_be_read_gets_a_reply(patient: Player, kind: str) -> None:
    assert patient.send(kind).rejected
    assert len(patient.said) < 200


def test_the_region_question_of_the_real_flow_takes_back_as_a_place_not_as_the_command() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="none")
    assert patient.at == "region"
    assert patient.type("back").at == "low_back_signs"
    assert patient.type("go back").at == "region"
    assert isinstance(patient.ask, Ask)
    assert patient.ask.keep
