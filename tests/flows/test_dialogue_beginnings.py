"""How conversations begin and begin again: links of clinics, long absences, a flow that has changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.engine import AWAY_SECONDS, Engine
from bot.dialogue.inputs import Chose, Commanded, Input, Opened, SentOther, Typed
from bot.dialogue.moves import all_answers
from bot.dialogue.outputs import Ask, Conclude, Erase, Reject, Say
from bot.dialogue.session import Session
from tests.support.dialogue_flow import dialogue_flow, small_engine
from tests.support.player import Player

HOURS = AWAY_SECONDS / 3600 + 1


@pytest.fixture
def patient() -> Player:
    return Player(small_engine()).answers(who="me", signs="none")


# the first words


def test_who_presses_start_is_greeted() -> None:
    assert met(Opened("north")).kinds == ["Say", "Ask"]
    assert "North Physio" in met(Opened("north")).said
    assert met(SentOther("photo")).kinds == ["Say", "Ask"]
    assert met(Typed("hello there")).kinds == ["Say", "Ask"]


def test_who_writes_before_pressing_start_is_greeted_and_heard() -> None:
    patient = met(Typed("myself"))
    assert patient.kinds[0] == "Say"
    assert patient.at == "signs"
    assert met(Typed("crushing chest")).at == "emergency"
    assert met(Opened("help me crushing chest")).at == "emergency"


def met(done: Input) -> Player:
    engine = small_engine()
    return Player(engine, engine.meet("7", done, 1_700_000_000.0))


# danger in places where no answer is expected


@pytest.mark.parametrize("text", ["/help i have crushing chest pain", "/start crushing chest"])
def test_danger_behind_a_command_counts(patient: Player, text: str) -> None:
    assert patient.type(text).at == "emergency"


def test_danger_in_an_edited_message_counts(patient: Player) -> None:
    assert patient.do(SentOther("edited", "i have crushing chest pain")).at == "emergency"


def test_a_picture_after_long_is_asked_whether_to_go_on(patient: Player) -> None:
    assert patient.wait(HOURS).send("photo").at == "aside_return"


def test_emergency_and_help_work_from_any_old_button(patient: Player) -> None:
    assert "How this works" in patient.do(Commanded("help", 1)).said
    assert patient.do(Commanded("emergency", 1)).at == "aside_country"
    assert patient.do(Commanded("back", 1)).at == "aside_country"


# links


def test_a_clinics_link_is_greeted_with_its_name_and_numbers() -> None:
    patient = Player(small_engine(), payload="north__poster")
    assert "You come from **North Physio**." in patient.said
    assert "999" in patient.said
    assert (patient.session.clinic, patient.session.campaign) == ("north", "poster")
    assert "Nice to see you." in Player(small_engine(), payload="SOUTH").said


@pytest.mark.parametrize(
    "payload", ["", "nowhere", "no spaces!", "north__", "__x", "x" * 64, "north__" + "x" * 58, "ünï"]
)
def test_an_unknown_or_damaged_link_begins_a_normal_conversation(payload: str) -> None:
    patient = Player(small_engine(), payload=payload)
    assert patient.at == "who"
    assert "You come from" not in patient.said
    assert patient.session.clinic is None


def test_a_link_of_64_characters() -> None:
    payload = "north__" + "x" * 57
    assert Player(small_engine(), payload=payload).session.campaign == "x" * 57


def test_start_before_any_answer_begins_again_and_keeps_the_link() -> None:
    patient = Player(small_engine(), payload="north__poster")
    for payload in ("", "nowhere", "###"):
        patient.open(payload)
        assert patient.at == "who"
        assert "North Physio" in patient.said
        assert (patient.session.clinic, patient.session.campaign) == ("north", "poster")
    assert patient.open("south").session.clinic == "south"
    assert patient.session.campaign is None


def test_start_in_the_middle_asks(patient: Player) -> None:
    for start in (Opened(), Commanded("start"), Typed("/start"), Opened("nowhere")):
        assert patient.do(start).at == "aside_return"
    assert patient.type("continue").at == "months"
    assert patient.open().tap("start_over").at == "who"
    assert patient.session.answers == ()


def test_start_over_the_question_about_a_sign_does_not_lose_it() -> None:
    patient = Player(small_engine()).type("odd chest").open()
    assert patient.at == "aside_return"
    assert patient.tap("go_on").at == "aside_heard"


def test_a_new_link_in_the_middle_go_on(patient: Player) -> None:
    assert patient.open("north__flyer").at == "aside_new_link"
    assert patient.tap("go_on").at == "months"
    assert (patient.session.clinic, patient.session.campaign) == ("north", "flyer")
    assert patient.open("south").tap("go_on").session.clinic == "north"
    assert patient.open("north__flyer").at == "aside_return"


def test_a_new_link_in_the_middle_start_over(patient: Player) -> None:
    patient.type("/start north__flyer")
    assert patient.at == "aside_new_link"
    assert patient.tap("start_over").at == "who"
    assert (patient.session.clinic, patient.session.campaign) == ("north", "flyer")
    assert patient.tap("me").command("restart").tap("yes").session.campaign == "flyer"


def test_a_clinic_that_is_gone_keeps_its_attribution(patient: Player) -> None:
    engine = Engine(dialogue_flow(), patient.engine.knowledge.numbers)
    session = replace(patient.session, clinic="closed", campaign="poster")
    step = engine.advance(session, Commanded("restart"), patient.now)
    assert step.session is not None
    step = engine.advance(step.session, Chose(("yes",)), patient.now)
    assert step.session is not None
    assert (step.session.clinic, step.session.campaign) == ("closed", "poster")


def test_the_country_is_kept_when_starting_over(patient: Player) -> None:
    patient.command("emergency").tap("country_gb").command("restart").tap("yes")
    assert "999" in patient.said


# long absences


def test_who_comes_back_after_long_is_welcomed_and_goes_on(patient: Player) -> None:
    patient.wait(HOURS).tap("few")
    assert patient.outputs[0] == Say(patient.engine.flow.messages["welcome_back"])
    assert patient.at == "when_calm"
    assert "Welcome" not in patient.tap("no").said


def test_who_comes_back_with_other_words_may_choose(patient: Player) -> None:
    assert patient.wait(HOURS).type("hello again").at == "aside_return"
    assert "Welcome back" in patient.ask.text
    assert patient.type("start over").at in ("who", "aside_restart")


@pytest.mark.parametrize(("hours", "next_question"), [(HOURS, "when_calm"), (HOURS * 1000, "signs")])
def test_words_that_answer_count_after_any_time(patient: Player, hours: float, next_question: str) -> None:
    assert patient.wait(hours).type("3").at == next_question
    assert "Welcome back" in patient.said
    assert all_answers(patient.session)["months"] == 3.0


def test_an_emergency_comes_without_a_welcome(patient: Player) -> None:
    patient.wait(HOURS).type("crushing chest")
    assert patient.kinds == ["Settle", "Conclude"]


def test_who_comes_back_after_the_result_may_go_on_or_start_over(patient: Player) -> None:
    patient.answers(months="few", when_calm="no", tried="none").wait(HOURS)
    assert patient.type("hello again").at == "aside_return"
    assert patient.tap("go_on").at == "result"
    assert "Welcome back" in patient.wait(HOURS).tap("more_detail").said


def test_who_erases_after_long_is_not_welcomed(patient: Player) -> None:
    assert patient.command("delete").wait(HOURS).tap("yes").kinds == ["Settle", "Erase", "Say"]


def test_a_clock_that_goes_back_does_no_harm(patient: Player) -> None:
    before = patient.session.touched_at
    patient.wait(-HOURS).tap("few")
    assert patient.session.touched_at == before


# a flow that changed meanwhile


def changed(patient: Player, *replaced: tuple[str, str]) -> Engine:
    """The engine after an update, and the session as the old one left it."""
    engine = small_engine(*replaced)
    assert engine.flow.hash != patient.session.flow_hash
    return engine


def advanced(engine: Engine, patient: Player, done: Input) -> tuple[Session, Player]:
    patient.engine = engine
    patient.do(done)
    return patient.session, patient


def test_new_wording_is_taken_on_silently(patient: Player) -> None:
    engine = changed(patient, ("How many months", "For how many months"))
    session, _ = advanced(engine, patient, Chose(("few",), patient.session.turn))
    assert patient.at == "when_calm"
    assert "changed" not in patient.said
    assert session.flow_hash == engine.flow.hash


def test_an_old_button_of_the_old_version_answers_nothing(patient: Player) -> None:
    engine = changed(patient, ("How many months", "For how many months"))
    session, _ = advanced(engine, patient, Chose(("me",), turn=1))
    assert patient.at == "months"
    assert len(session.answers) == 2


def test_a_new_question_before_this_one_is_asked_and_old_taps_do_not_answer_it(patient: Player) -> None:
    engine = changed(patient, ("      - months\n", "      - {question: when_soon}\n      - months\n"), _NO_SOON)
    _, now = advanced(engine, patient, Chose(("few",), patient.session.turn))
    assert now.at == "when_soon"
    assert "changed a little" in now.said
    assert [answer.question for answer in now.session.answers] == ["who", "signs"]
    assert now.tap("yes").at == "months"


_NO_SOON = ("      - {question: when_soon, only_if: {tier: soon}}\n", "")
_ASK_FIRST = (("      - months\n", "      - {question: when_soon}\n      - months\n"), _NO_SOON)


def test_typed_danger_counts_even_where_the_question_has_changed(patient: Player) -> None:
    engine = changed(patient, *_ASK_FIRST)
    _, now = advanced(engine, patient, Typed("crushing chest"))
    assert now.at == "emergency"
    assert now.all(Conclude)


@pytest.mark.parametrize(
    ("text", "at"),
    [("odd chest", "aside_heard"), ("burning up", "when_soon"), ("few", "when_soon"), ("/delete", "aside_delete")],
)
def test_typed_words_where_the_question_has_changed(patient: Player, text: str, at: str) -> None:
    _, now = advanced(changed(patient, *_ASK_FIRST), patient, Typed(text))
    assert "changed a little" in now.said
    assert now.at == at
    assert not now.rejected


@pytest.mark.parametrize("done", [Opened(), Commanded("help"), SentOther("photo")])
def test_other_things_done_where_the_question_has_changed(patient: Player, done: Input) -> None:
    _, now = advanced(changed(patient, *_ASK_FIRST), patient, done)
    assert "changed a little" in now.said
    assert isinstance(now.outputs[-1], Ask)


def test_an_answer_that_no_longer_fits_is_asked_again(patient: Player) -> None:
    engine = changed(
        patient, ("{id: me, label: Me, said: it is about you, accepts: [myself]}", "{id: self, label: Me}")
    )
    _, now = advanced(engine, patient, Chose(("few",), patient.session.turn))
    assert now.at == "who"
    assert "changed a little" in now.said
    assert now.tap("self").at == "months"


def test_a_question_that_is_no_longer_asked_goes_off_the_path_and_the_tap_counts() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none", months="few", when_calm="no")
    engine = changed(patient, ("only_if: {not: {tier: soon}}", "only_if: {who: other}"))
    _, now = advanced(engine, patient, Chose(("rest",), patient.session.turn))
    assert now.at == "result"
    assert "changed a little" not in now.said
    assert [answer.question for answer in now.session.dormant] == ["when_calm"]


def test_an_answer_dropped_elsewhere_is_told_and_the_tap_counts() -> None:
    patient = Player(small_engine()).answers(who="other", signs="none", months="few", when_calm="no", tried="none")
    patient.type("like glass").command("summary").tap("who").tap("me")
    assert patient.session.dormant
    patient.tap("change").tap("months")
    engine = changed(patient, ("kind: text\n", "kind: number\n"))
    _, now = advanced(engine, patient, Typed("4"))
    assert now.at == "result"
    assert "changed a little" in now.said
    assert now.session.dormant == ()


_ASK_SLEEP = (
    (
        "  - id: months\n",
        "  - id: sleep\n    kind: yes_no\n    ask: Do you sleep?\n"
        "    choices: [{id: yes, said: you sleep}, {id: no, said: you do not sleep}]\n  - id: months\n",
    ),
    ("      - months\n", "      - sleep\n      - months\n"),
)


def test_nothing_is_lost_while_versions_alternate(patient: Player) -> None:
    old, new = patient.engine, changed(patient, *_ASK_SLEEP)
    advanced(new, patient, Chose(("few",), patient.session.turn))
    assert patient.at == "sleep"
    patient.tap("yes")
    _, now = advanced(old, patient, Chose(("few",), patient.session.turn))
    assert (now.at, "changed a little" in now.said) == ("when_calm", True)
    assert [answer.question for answer in now.session.dormant] == ["sleep"]
    now.type("like glass")
    _, now = advanced(new, patient, Commanded("summary"))
    assert [answer.question for answer in now.session.answers] == ["who", "signs", "sleep", "months"]


def test_an_answer_of_another_version_does_not_stand_in_the_way(patient: Player) -> None:
    old, new = patient.engine, changed(patient, *_ASK_SLEEP)
    advanced(new, patient, Chose(("few",), patient.session.turn))
    patient.tap("yes")
    _, now = advanced(old, patient, Typed("crushing chest"))
    now.tap("not_right").tap("mistake")
    assert [answer.question for answer in now.session.dormant] == ["sleep"]


def test_ticks_asides_and_the_reopened_question_survive() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").command("back").tick("hot").command("delete")
    engine = changed(patient, ("How many months", "For how many months"))
    _, now = advanced(engine, patient, Chose(("no",), patient.session.turn))
    assert now.at == "signs"
    assert now.ask.picked == ("hot",)
    assert now.ask.keep


def test_a_new_danger_sign_in_old_answers_is_told() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").type("60")
    engine = changed(patient, ("when: {months: {at_least: 99}}", "when: {months: {at_least: 50}}"))
    _, now = advanced(engine, patient, Commanded("help"))
    assert now.at == "same_day"
    assert now.all(Conclude)
    assert "changed a little" in now.said


def test_signs_of_flags_that_are_gone_do_not_count() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").type("spotty all over").type("odd skin")
    patient.type("odd heat")
    assert patient.at == "aside_heard"
    engine = changed(patient, ("id: hot_flag", "id: warm_flag"), ("flag: hot_flag", "flag: warm_flag"))
    _, now = advanced(engine, patient, SentOther("photo"))
    assert now.at == "months"
    assert now.session.aside is None
    assert now.command("summary").said.count("⚠") == 1


def test_a_stated_flag_that_is_gone_is_left_out_of_the_summary() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").type("burning up")
    engine = changed(patient, ("id: hot_flag", "id: warm_flag"), ("flag: hot_flag", "flag: warm_flag"))
    _, now = advanced(engine, patient, Commanded("summary"))
    assert "⚠" not in now.said
    assert all(not isinstance(output, Reject | Erase) for output in now.outputs)
