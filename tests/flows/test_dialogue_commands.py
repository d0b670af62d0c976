"""What is always at hand: commands from the menu, from buttons, and typed."""

from __future__ import annotations

import pytest

from bot.dialogue.commands import MENU, WORDS
from bot.dialogue.inputs import Chose, Commanded
from bot.dialogue.outputs import Erase, Say
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player


@pytest.fixture
def patient() -> Player:
    return Player(small_engine()).answers(who="me", signs="none")


def test_every_command_of_the_menu_works_everywhere(patient: Player) -> None:
    def check(player: Player) -> None:
        for name in MENU:
            player.command(name)
            assert player.outputs
            assert not player.rejected
            player.command("back") if player.session.aside else None

    check(patient)
    check(Player(small_engine()))
    check(Player(small_engine()).answers(who="me", signs="none", months="few", when_calm="no", tried="none"))
    check(Player(small_engine()).answers(who="me", signs="chest"))


@pytest.mark.parametrize("name", ["help", "privacy", "about"])
def test_texts_are_told_and_the_question_is_shown_again(patient: Player, name: str) -> None:
    turn = patient.session.turn
    assert patient.command(name).kinds == ["Settle", "Say", "Ask"]
    assert "{" not in patient.said
    assert patient.at == "months"
    assert patient.session.turn == turn + 1


def test_about_says_that_no_clinician_has_reviewed_it(patient: Player) -> None:
    assert "No clinician has reviewed it yet" in patient.command("about").said


def test_stop_leaves_everything_as_it_is(patient: Player) -> None:
    assert patient.command("stop").kinds == ["Say"]
    assert "call" in patient.said
    assert patient.tap("few").at == "when_calm"


def test_why_and_meaning(patient: Player) -> None:
    assert "I ask this to understand" in patient.command("why").said
    patient.answers(months="few", when_calm="no")
    assert patient.ask.has_meaning
    assert "Anything counts." in patient.press("meaning").said
    assert "They matter." in patient.command("summary").tap("signs").type("Why do you ask?").said


def test_an_unknown_command_says_which_there_are(patient: Player) -> None:
    assert patient.command("dance" * 20).rejected
    assert "/help" in patient.said
    assert len(patient.said) < 200
    assert patient.type("/nonsense\nmore").rejected


@pytest.mark.parametrize("text", ["/help", " /HELP ", "/help@ptbot", "/help me please", "help", "Help!"])
def test_commands_may_be_typed(patient: Player, text: str) -> None:
    assert "How this works" in patient.type(text).said


def test_every_word_for_a_command_is_known(patient: Player) -> None:
    for word in WORDS:
        assert not patient.type(word).rejected
        patient.command("back") if patient.session.aside else None


def test_a_button_of_a_command_counts_once(patient: Player) -> None:
    turn = patient.session.turn
    assert patient.do(Commanded("back", turn)).at == "signs"
    assert patient.do(Commanded("back", turn)).outputs == ()
    assert patient.do(Commanded("help", turn)).at == "signs"


# restart


def test_restart_asks_once_there_is_something_to_lose(patient: Player) -> None:
    assert patient.command("restart").at == "aside_restart"
    assert patient.tap("no").at == "months"
    assert patient.command("restart").tap("yes").at == "who"
    assert patient.session.answers == ()
    assert patient.kinds == ["Settle", "Say", "Ask"]


def test_restart_before_any_answer_and_after_a_result_is_done_at_once(patient: Player) -> None:
    assert Player(small_engine()).command("restart").at == "who"
    patient.answers(months="few", when_calm="no", tried="none")
    assert patient.command("restart").at == "who"


def test_restart_does_not_drop_a_sign_without_asking() -> None:
    patient = Player(small_engine()).type("crushing chest").command("restart")
    assert patient.at == "aside_restart"
    assert patient.tap("no").at == "emergency"


# summary


def test_the_summary_of_nothing() -> None:
    assert "not told me anything" in Player(small_engine()).command("summary").said


def test_the_summary_of_typed_signs_alone() -> None:
    patient = Player(small_engine()).type("burning up").command("summary")
    assert "a fever" in patient.said
    assert patient.at == "who"


def test_the_summary_shows_every_answer(patient: Player) -> None:
    patient.type("7").command("summary")
    assert patient.at == "aside_change"
    assert patient.choices == ["who", "signs", "months", "back"]
    assert "→ 7 months" in patient.said
    assert "→ None of these" in patient.said


def test_the_summarys_buttons_fit_a_small_phone_and_each_question_can_be_typed_in_full() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="none").command("summary")
    labels = [choice.label for choice in patient.ask.choices]
    assert labels == ["1. Who is this about, and how old …", "2. Is any of this happening now, …", "No, go on"]
    assert patient.type("Is any of this happening now, or in the last day? Tap all that fit.").at == "now_signs"


# delete


def test_delete_erases_after_one_confirmation(patient: Player) -> None:
    assert patient.command("delete").at == "aside_delete"
    turn = patient.session.turn
    patient.tap("yes")
    assert patient.erased
    assert patient.kinds == ["Settle", "Erase", "Say"]
    assert patient.all(Erase)
    assert "(2 answers)" in patient.all(Say)[0].text
    assert turn


def test_delete_may_be_declined(patient: Player) -> None:
    patient.command("delete").type("no")
    assert "Nothing was erased" in patient.said
    assert patient.at == "months"


def test_delete_twice_and_other_words(patient: Player) -> None:
    assert patient.command("delete").command("delete").at == "aside_delete"
    assert patient.type("hm").rejected
    assert patient.type("yes").erased


def test_an_old_button_does_not_delete(patient: Player) -> None:
    patient.command("delete")
    turn = patient.session.turn
    patient.tap("no").do(Chose(("yes",), turn))
    assert not patient.erased
    assert patient.at == "months"
