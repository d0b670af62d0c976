"""Danger signs: answered, typed, not sure, clarified, taken back. None ever vanishes silently."""

from __future__ import annotations

import pytest

from bot.dialogue.outputs import Say
from bot.dialogue.session import Aside
from bot.dialogue.understand import Misfit, understand
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player


@pytest.fixture
def patient() -> Player:
    return Player(small_engine())


@pytest.fixture
def at_months(patient: Player) -> Player:
    return patient.answers(who="me", signs="none")


# answered


def test_an_alarm_quotes_the_ticks_it_rests_on_and_names_no_other_signs() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs=("breath", "chest"))
    assert "“Chest pain, pressure or tightness” and “Suddenly hard to breathe”" in patient.said
    assert "sweating" not in patient.said
    assert patient.said.count("Do not drive yourself") == 1


def test_an_alarm_after_a_question_quotes_both_lists() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="head_or_neck", knock_signs="head_risk")
    assert "“Hard hit to the head or neck” and “I take a blood thinner, or am 65 or older”" in patient.said
    assert patient.said.count("Stay with someone you trust") == 1


def test_an_alarm_by_words_says_which_sign_they_fit() -> None:
    patient = Player(real_engine()).type("I have chest pain")
    assert "What you told me fits this danger sign: chest pain" in patient.said
    assert "You told me: “" not in patient.said


def test_an_alarm_ends_the_questions_at_once(patient: Player) -> None:
    patient.answers(who="me", signs="calf")
    assert patient.at == patient.tier == "same_day"
    assert "You told me: “Swollen calf”." in patient.said
    assert patient.session.node == "same_day"


def test_a_sign_for_soon_goes_on_and_is_told_in_the_result(patient: Player) -> None:
    patient.answers(who="me", signs="hot", months="few", when_soon="yes", tried="none")
    assert patient.at == "result"
    assert patient.tier == "soon"
    assert "a fever" in patient.said


def test_a_sign_is_clarified_before_it_counts(patient: Player) -> None:
    patient.answers(who="me", signs="numb")
    assert patient.at == "numb_is_new"
    assert patient.stands == {}
    assert patient.tap("new").at == "emergency"


def test_a_sign_that_was_clarified_away_does_not_count(patient: Player) -> None:
    patient.answers(who="me", signs="numb", numb_is_new="old")
    assert patient.at == "months"
    assert patient.stands == {}


def test_what_may_be_an_emergency_is_clarified_before_a_doctor_today(patient: Player) -> None:
    patient.answers(who="me", signs=("numb", "calf"))
    assert patient.at == "numb_is_new"
    assert patient.command("back").command("keep").at == "numb_is_new"
    assert patient.tap("new").flags == ["numb_flag", "calf_flag"]


def test_a_sign_typed_while_another_is_clarified_waits_its_turn(patient: Player) -> None:
    patient.answers(who="me", signs="numb").type("i have a balloon calf")
    assert patient.at == "numb_is_new"
    assert "a swollen calf" in patient.said
    assert patient.tap("old").at == "same_day"
    assert patient.flags == ["calf_flag"]


def test_signs_that_are_worse_together(patient: Player) -> None:
    patient.answers(who="me", signs=("hot", "rash"), rash_spreads="yes")
    assert patient.at == "same_day"
    assert "hot_and_spotty" in patient.flags
    assert patient.stands == {"hot_flag": "soon", "rash_flag": "soon", "hot_and_spotty": "same_day"}


def test_signs_that_are_worse_together_are_doubted_one_by_one(patient: Player) -> None:
    patient.answers(who="me", signs=("hot", "rash"), rash_spreads="yes").tap("not_right")
    assert "a fever." in patient.ask.text
    assert patient.tap("true").at == "aside_retract"
    assert "a rash." in patient.ask.text
    assert patient.tap("mistake").at != "aside_retract"
    assert patient.stands == {"hot_flag": "soon"}


TOGETHER = "when: {all: [{red_flag: hot_flag}, {red_flag: rash_flag}]}"


def test_an_alarm_made_by_signs_and_answers_is_not_dropped_by_another_answer() -> None:
    engine = small_engine((TOGETHER, "when: {red_flag: hot_flag, when_soon: no}"))
    patient = Player(engine).answers(who="me", signs="hot", months="few", when_soon="no")
    assert patient.at == "same_day"
    patient.tap("change").tap("when_soon").tap("yes")
    assert patient.at == "aside_retract"
    assert "a fever with a rash" in patient.ask.text
    assert patient.tap("true").at == "same_day"
    assert patient.tap("not_right").tap("true").at == "same_day"


def test_an_alarm_made_by_answers_alone_can_be_taken_back() -> None:
    engine = small_engine((TOGETHER, "when: {when_calm: no}"))
    patient = Player(engine).answers(who="me", signs="none", months="few", when_calm="no")
    assert patient.at == "same_day"
    assert patient.tap("not_right").tap("mistake").at == "when_calm"
    assert patient.tap("yes").at == "tried"


def test_an_alarm_of_several_signs_stays_while_another_shows_it() -> None:
    engine = small_engine((TOGETHER, "when: {red_flag_count: {at_least: 2}}"))
    patient = Player(engine).answers(who="me", signs=("hot", "rash"), rash_spreads="yes").type("balloon calf")
    assert patient.at == "same_day"
    patient.tap("not_right")
    for answer in ("true", "mistake", "true"):
        patient.tap(answer)
    assert "hot_and_spotty" in patient.stands


def test_a_sign_becomes_more_urgent_by_a_later_answer(patient: Player) -> None:
    patient.answers(who="me", signs="hot").type("95")
    assert patient.tier == "same_day"
    assert patient.stands == {"hot_flag": "same_day"}


# not sure


def test_not_sure_on_a_list_asks_which_and_counts(patient: Player) -> None:
    patient.answers(who="me", signs="unsure")
    assert patient.at == "signs_unsure"
    patient.choose("chest")
    assert patient.tier == "same_day"
    assert "not sure about pain in your chest" in patient.said


def test_from_not_sure_to_yes_is_not_told_as_not_sure(patient: Player) -> None:
    patient.answers(who="me", signs="unsure", signs_unsure="chest")
    patient.tap("change").tap("signs").choose("chest")
    assert patient.tier == "emergency"
    assert "not sure" not in patient.said


# typed words


@pytest.mark.parametrize("text", ["crushing chest", "help me crushing chest", "me, crushing chest"])
def test_an_emergency_in_typed_words_counts_at_once(patient: Player, text: str) -> None:
    patient.type(text)
    assert patient.at == "emergency"
    assert patient.stands == {"chest_flag": "emergency"}
    assert patient.command("back").choices[-1] == "not_right"
    assert "first question" in patient.said


def test_an_emergency_is_heard_under_any_aside(at_months: Player) -> None:
    for aside in ("delete", "restart", "summary", "emergency"):
        at_months.command(aside).type("crushing chest")
        assert at_months.at == "emergency"
        assert at_months.session.aside is None


def test_a_typed_sign_for_soon_is_noted_and_may_be_an_answer_too(at_months: Player) -> None:
    at_months.type("burning up")
    assert "I noted what you said about a fever" in at_months.said
    assert at_months.at == "months"
    at_months.command("back").command("back").type("myself")
    assert at_months.at == "months"


def test_a_typed_sign_that_also_answers() -> None:
    patient = Player(small_engine(("accepts: [myself]", "accepts: [myself, i am burning up]")))
    patient.type("I am burning up")
    assert patient.at == "signs"
    assert patient.kinds == ["Settle", "Say", "Ask"]
    assert patient.stands == {"hot_flag": "soon"}


def test_a_sign_typed_over_a_reopened_list_keeps_the_screen(at_months: Player) -> None:
    at_months.command("back").tick("hot").type("burning up")
    assert at_months.at == "signs"
    assert at_months.ask.picked == ("hot",)
    assert at_months.ask.keep


def test_typed_signs_that_are_worse_together(at_months: Player) -> None:
    assert at_months.type("burning up").at == "months"
    assert at_months.type("spotty all over").at == "same_day"
    assert "hot_and_spotty" in at_months.flags
    at_months.tap("not_right")
    assert at_months.session.aside == Aside("aside_retract", "hot_flag,rash_flag")


def test_a_sign_typed_after_the_result_changes_it(at_months: Player) -> None:
    at_months.answers(months="few", when_calm="no", tried="none")
    assert at_months.tier == "none"
    at_months.type("burning up")
    assert "I noted" in at_months.said
    assert at_months.at == "when_soon"
    assert at_months.tap("no").tier == "soon"
    assert at_months.type("burning up").kinds == ["Settle", "Say", "Conclude"]


def test_typed_words_never_make_a_sign_less_urgent(patient: Player) -> None:
    patient.answers(who="me", signs="hot").type("95")
    patient.type("burning up")
    assert patient.stands == {"hot_flag": "same_day"}


# words that may mean a sign


def test_a_hint_is_asked_about(at_months: Player) -> None:
    at_months.type("odd chest")
    assert at_months.at == "aside_heard"
    assert "Does your chest hurt now?" in at_months.ask.text
    assert at_months.tap("no").at == "months"
    assert at_months.stands == {}


@pytest.mark.parametrize(("choice", "tier"), [("yes", "emergency"), ("unsure", "same_day")])
def test_a_hint_confirmed_or_not_sure_is_an_alarm(at_months: Player, choice: str, tier: str) -> None:
    at_months.type("odd chest").tap(choice)
    assert at_months.tier == tier


def test_two_hints_are_asked_one_after_the_other(at_months: Player) -> None:
    at_months.type("odd heat and odd skin")
    assert "a fever" in at_months.ask.text
    assert at_months.tap("yes").at == "aside_heard"
    assert "a rash" in at_months.ask.text
    assert at_months.tap("no").at == "months"
    assert at_months.stands == {"hot_flag": "soon"}


def test_a_confirmed_hint_for_soon_is_noted(at_months: Player) -> None:
    at_months.type("odd heat").tap("yes")
    assert "I noted" in at_months.said
    assert at_months.at == "months"
    assert at_months.type("odd heat").rejected


def test_a_second_hint_joins_the_first(at_months: Player) -> None:
    at_months.type("odd chest").type("odd calf")
    assert at_months.session.aside == Aside("aside_heard", "calf_flag,chest_flag")


def test_a_hint_in_an_answer_is_asked_before_the_next_question(patient: Player) -> None:
    patient.answers(who="other", signs="none", months="few", when_calm="no", tried="none")
    patient.type("it is like an odd chest")
    assert patient.at == "aside_heard"
    assert "Conclude" in patient.kinds
    assert patient.session.answers[-1].value == "it is like an odd chest"
    assert patient.tap("no").at == "result"


def test_a_hint_in_an_answer_with_a_question_to_follow() -> None:
    patient = Player(small_engine(("      - tried\n", "      - {question: words}\n      - tried\n"), _WITHOUT_WORDS))
    patient.answers(who="me", signs="none", months="few", when_calm="no").type("odd heat")
    assert patient.kinds == ["Settle", "Ask"]
    assert patient.at == "aside_heard"
    assert patient.tap("no").at == "tried"


_WITHOUT_WORDS = ("      - {question: words, only_if: {who: other}}\n", "")


def test_an_answer_that_alarms_needs_no_further_question() -> None:
    patient = Player(small_engine(("id: chest, label: Chest pain,", "id: chest, label: Chest pain, accepts: [pain],")))
    assert patient.tap("me").type("pain and odd calf").at in ("aside_heard", "emergency")


def test_the_very_words_of_a_button_are_no_hint() -> None:
    patient = Player(small_engine(("accepts: [myself]", "accepts: [odd chest]")))
    assert patient.type("odd chest").at == "signs"


def test_what_if_is_told_what_to_watch_for_and_then_asked(at_months: Player) -> None:
    at_months.type("what if crushing chest")
    assert "what to watch for" in at_months.said
    assert at_months.at == "aside_heard"
    assert at_months.tap("no").at == "months"


def test_when_to_worry_is_told(at_months: Player) -> None:
    at_months.type("when should i worry")
    assert "what to watch for" in at_months.said
    assert at_months.at == "months"


def test_a_hint_denied_after_an_alarm_tells_the_alarm_again(patient: Player) -> None:
    patient.answers(who="me", signs="calf").type("odd chest")
    assert patient.at == "aside_heard"
    assert patient.tap("no").at == "same_day"
    assert patient.kinds == ["Settle", "Say", "Conclude"]


# taken back


@pytest.fixture
def alarmed(patient: Player) -> Player:
    return patient.answers(who="me", signs=("hot", "chest"))


def test_a_changed_answer_does_not_drop_a_sign(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot")
    assert alarmed.at == "aside_retract"
    assert "pain in your chest" in alarmed.ask.text
    assert alarmed.stands["chest_flag"] == "emergency"


@pytest.mark.parametrize("choice", ["true", "unsure"])
def test_a_sign_that_is_true_stays(alarmed: Player, choice: str) -> None:
    alarmed.tap("change").tap("signs").choose("hot").tap(choice)
    assert alarmed.at == "emergency"
    assert "please get help" in alarmed.said
    assert alarmed.kinds[-1] == "Conclude"
    alarmed.tap("change").tap("signs").choose("none")
    assert alarmed.at == "emergency"
    assert alarmed.stands == {"chest_flag": "emergency", "hot_flag": "soon"}
    assert alarmed.tap("not_right").tap("mistake").at == "aside_retract"
    assert "a fever" in alarmed.ask.text
    assert alarmed.tap("mistake").at == "months"


def test_a_mistake_is_taken_back_and_stays_noted(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot").tap("mistake")
    assert alarmed.at == "months"
    assert "took that back" in alarmed.said
    alarmed.command("summary")
    assert "You first told me about pain in your chest, then said this was a mistake." in alarmed.said
    assert "a fever: needs a doctor within days" in alarmed.said


def test_not_right_asks_about_the_sign_and_only_its_tick_goes(alarmed: Player) -> None:
    alarmed.tap("not_right")
    assert alarmed.at == "aside_retract"
    assert alarmed.tap("mistake").at == "months"
    assert alarmed.session.answers[-1].value == ("hot",)
    assert alarmed.stands == {"hot_flag": "soon"}


def test_where_no_tick_is_left_the_question_is_asked_again(patient: Player) -> None:
    patient.answers(who="me", signs="calf").tap("not_right").tap("mistake")
    assert patient.at == "signs"
    assert patient.stands == {}


def test_not_right_asks_about_every_sign_behind_the_alarm(patient: Player) -> None:
    patient.answers(who="me", signs=("hot", "calf")).type("crushing chest").tap("not_right")
    assert "pain in your chest" in patient.ask.text
    assert patient.tap("true").at == "aside_retract"
    assert "a swollen calf" in patient.ask.text
    assert patient.tap("mistake").at == "emergency"
    assert patient.stands == {"chest_flag": "emergency", "hot_flag": "soon"}
    assert patient.tap("not_right").tap("mistake").at == "months"
    assert patient.stands == {"hot_flag": "soon"}


def test_a_typed_sign_taken_back_leaves_the_place(at_months: Player) -> None:
    at_months.type("crushing chest").tap("not_right").tap("mistake")
    assert at_months.at == "months"
    assert at_months.stands == {}
    assert at_months.type("crushing chest").at == "emergency"


def test_a_sign_that_rests_on_an_ordinary_answer_asks_it_again(at_months: Player) -> None:
    at_months.type("100").tap("not_right").tap("mistake")
    assert at_months.at == "months"


def test_an_alarm_comes_before_the_question_about_a_lesser_sign(patient: Player) -> None:
    patient.answers(who="me", signs="hot", months="few").command("summary").tap("signs").choose("chest")
    assert patient.at == "emergency"
    assert patient.stands == {"hot_flag": "soon", "chest_flag": "emergency"}
    patient.tap("not_right").tap("mistake")
    assert patient.at == "aside_retract"
    assert "a fever" in patient.ask.text


def test_commands_do_not_make_the_question_about_a_sign_go_away(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot")
    for command, answer in (("delete", "no"), ("restart", "no"), ("summary", "back"), ("emergency", "other")):
        assert alarmed.command(command).at.startswith("aside_")
        alarmed.tap(answer)
        assert alarmed.at == "aside_retract"
    assert alarmed.open().tap("go_on").at == "aside_retract"
    assert alarmed.command("help").at == "aside_retract"


def test_back_from_the_question_about_a_sign_leaves_it_standing(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot").command("back")
    assert alarmed.at == "emergency"
    assert alarmed.kinds[-1] == "Conclude"


def test_a_hint_over_the_question_about_a_sign_is_asked_first(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot").type("odd calf")
    assert alarmed.at == "aside_heard"
    assert alarmed.tap("no").at == "aside_retract"
    assert alarmed.type("odd calf").command("back").at == "aside_retract"


def test_a_sign_typed_under_the_question_about_another(alarmed: Player) -> None:
    alarmed.tap("change").tap("signs").choose("hot").type("burning up")
    assert alarmed.at == "aside_retract"
    assert alarmed.type("balloon calf").at == "emergency"
    assert alarmed.stands == {"chest_flag": "emergency", "hot_flag": "soon", "calf_flag": "same_day"}


def test_leaving_an_aside_over_an_alarm_tells_the_alarm_again(alarmed: Player) -> None:
    assert alarmed.command("delete").tap("no").kinds == ["Settle", "Say", "Conclude"]
    assert alarmed.command("restart").tap("no").at == "emergency"
    assert alarmed.tap("change").tap("back").kinds == ["Settle", "Conclude"]


def test_no_question_of_the_flow_follows_an_alarm_by_itself(alarmed: Player) -> None:
    for command in ("help", "about", "privacy", "why", "meaning", "keep", "stop"):
        alarmed.command(command)
        assert alarmed.session.node == "emergency"


# the country's numbers


def test_the_country_is_asked_at_an_alarm_and_its_numbers_shown() -> None:
    patient = Player(small_engine(), language="de").answers(who="me", signs="calf")
    assert "country_de" in patient.choices
    assert "116 117" in patient.tap("country_de").said
    assert patient.at == "same_day"
    assert patient.session.country == "DE"
    assert "country_at" not in patient.choices
    assert patient.tap("country").at == "aside_country"
    assert patient.type("France").kinds == ["Settle", "Say", "Conclude"]
    assert "3114" in patient.said


@pytest.mark.parametrize("text", ["Atlantis", "Other country", "🏝️"])
def test_a_country_without_numbers(text: str) -> None:
    patient = Player(small_engine(), payload="north").command("emergency")
    assert "999" in patient.said
    assert patient.at == "who"
    patient.answers(who="me", signs="chest").tap("country").type(text)
    assert "no numbers for that country" in patient.said
    assert "999" not in patient.said
    assert patient.at == "emergency"


def test_the_numbers_command_asks_for_the_country_once(at_months: Player) -> None:
    at_months.command("emergency")
    assert at_months.all(Say)[0].urgent
    assert at_months.at == "aside_country"
    assert "**Numbers in United States**" in at_months.type("usa").said
    assert at_months.at == "months"
    assert at_months.command("emergency").at == "months"
    assert "911" in at_months.said


def test_thoughts_of_suicide_in_the_real_flow_show_the_crisis_line() -> None:
    patient = Player(real_engine(), payload="north").type("i want to kill myself")
    assert patient.at == "emergency"
    assert "116 123" in patient.said


def test_what_nobody_is_sure_of_is_not_quoted_as_said() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="unsure", now_signs_unsure=("chest",))
    assert "You were not sure about chest pain" in patient.said
    assert "You told me" not in patient.said
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="unsure", now_signs_unsure="none")
    assert "You told me" not in patient.said


@pytest.mark.parametrize("text", ["that is not true", "wrong button, sorry"])
def test_under_an_alarm_a_mistake_is_heard(text: str) -> None:
    assert Player(real_engine()).type("I have chest pain").type(text).at == "aside_retract"


@pytest.mark.parametrize("text", ["what now", "but I have no doctor", "nobody can help me"])
def test_under_a_sign_for_today_the_advice_for_today_is_repeated(text: str) -> None:
    patient = Player(real_engine()).type("my calf is swollen and hot").type(text)
    assert "be seen by a doctor today" in patient.said
    assert "If it gets worse" in patient.said
    assert "do not wait: call" not in patient.said
    assert "Please do not wait: call" in patient.type("I have chest pain").type(text).said


def test_grief_under_a_sign_for_today_is_met_kindly() -> None:
    patient = Player(real_engine()).type("my calf is swollen and hot").type("nobody can help me")
    assert patient.said.startswith("I am sorry")
    assert "findahelpline.com" in patient.said


@pytest.mark.parametrize("text", ["no, I was wrong", "It was a mistake.", "none of it is true"])
def test_a_mistake_can_be_told_in_ones_own_words(text: str) -> None:
    patient = Player(real_engine()).type("I have chest pain").tap("not_right").type(text)
    assert patient.at == "who"
    assert "I took that back" in patient.said
    assert patient.stands == {}


NOT_TAKEN_BACK = [
    "I wish it was a mistake",
    "if only it was a mistake",
    "was it a mistake",
    "have I made a mistake",
    "am I wrong",
    "no it is not wrong",
    "none of it is wrong",
    "none of it is untrue",
    "none of it is false",
    "not untrue",
    "it is not untrue",
    "it is not not true",
    "is it not true",
    "it is not all true",
    "some is not true",
    "it is not really true",
    "no mistake",
]


@pytest.mark.parametrize("text", NOT_TAKEN_BACK)
def test_a_wish_a_question_or_a_denial_takes_no_sign_back(text: str) -> None:
    patient = Player(real_engine()).type("I want to kill myself").type("this is wrong").type(text)
    assert patient.session.aside is not None
    assert "emergency" in patient.stands.values()


@pytest.mark.parametrize("question", ["safe_now", "knee_moves_fully_now"])
def test_where_a_yes_calms_only_a_plain_one_counts(question: str) -> None:
    asked = real_engine().flow.questions[question]
    for text in (
        "yes I wish",
        "yes if only",
        "yes mostly",
        "yes almost",
        "yes but",
        "am i safe",
        "no i do",
    ):
        assert isinstance(understand(asked, text), Misfit), text
    assert understand(asked, "yes") == understand(asked, asked.choices[0].label) == asked.choices[0].id
    assert understand(asked, "no, not really") == "no"


HESITANT = [
    "No, I don't think so",
    "not a lot",
    "not that I know of",
    "not really",
    "nope, not as far as I know",
    "not now",
    "not yet",
    "not me",
]


@pytest.mark.parametrize("text", HESITANT)
def test_a_hesitant_no_about_danger_neither_calms_nor_alarms_but_is_asked_again(text: str) -> None:
    patient = Player(real_engine()).type("my legs feel heavy").type(text)
    assert "I want to be sure" in patient.said
    assert patient.session.aside is not None
    assert patient.type("no").at == "who"
    assert "I want to be sure" in patient.answers(who="me_16_44").type(text).said
    assert patient.session.showing == "now_signs"
    assert "I want to be sure" in patient.tap("chest").tap("not_right").type(text).said
    assert patient.stands == {"chest_pressure": "emergency"}


def test_a_hesitant_no_is_not_met_with_the_same_words_for_ever() -> None:
    patient = Player(real_engine()).answers(who="me_16_44").type("not really")
    assert "I want to be sure" not in patient.type("not really").said
    assert (patient.rejected, patient.session.showing) == (True, "now_signs")


@pytest.mark.parametrize("text", ["not really", "I don't think so", "not right now", "hardly"])
def test_a_hesitant_no_that_is_the_graver_answer_counts(text: str) -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="unsafe")
    assert patient.at == "safe_now"
    assert patient.type(text).tier == "emergency"


@pytest.mark.parametrize("text", ["not really", "not that I know of"])
def test_a_hesitant_no_is_none_of_the_calm_choices_either(text: str) -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="none", region="knee", knee_signs="none")
    assert "I want to be sure" in patient.answers(general_signs="weaker").type(text).said
    assert patient.session.showing == "weakness_is"


def test_who_is_asked_which_sign_is_meant_may_be_not_sure_once_more() -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="unsure")
    assert patient.at == "now_signs_unsure"
    assert "I want to be sure" not in patient.type("not really").said
    assert patient.session.showing == "now_signs_unsure"
    assert patient.type("not sure").at != "now_signs_unsure"


def test_where_nothing_is_at_stake_a_hesitant_no_is_not_asked_about_as_danger() -> None:
    calm = {"who": "me_16_44", "now_signs": "none", "region": "knee", "knee_signs": "none", "general_signs": "none"}
    patient = Player(real_engine()).answers(**calm, fits_any="none")
    assert "danger" not in patient.type("not really").said


@pytest.mark.parametrize("text", ["mistkae", "it was a mistke", "sorry, my mistake"])
def test_a_slip_of_the_finger_does_not_hide_a_mistake(text: str) -> None:
    assert Player(real_engine()).type("I have chest pain").tap("not_right").type(text).stands == {}


def test_a_sign_that_is_kept_and_is_no_alarm_goes_on(patient: Player) -> None:
    patient.answers(who="me", signs="hot").command("summary").tap("signs").choose("none")
    assert patient.at == "aside_retract"
    assert patient.tap("true").said.startswith("Thank you. I keep it in mind as a danger sign, and we go on.")
    assert patient.at == "months"


@pytest.mark.parametrize("text", ["chest", "the chest one", "chest and breath"])
def test_who_is_asked_which_sign_is_meant_may_name_it_in_a_word(text: str) -> None:
    patient = Player(real_engine()).answers(who="me_16_44", now_signs="unsure")
    assert patient.type(text).at == "emergency"


def test_a_topic_named_in_passing_hides_no_danger() -> None:
    told = "my therapist just puts a hot pack on me, but when I go to the toilet I do not really feel it"
    patient = Player(real_engine()).answers(who="me_16_44").type(told)
    assert "Hot packs" not in patient.said
    assert patient.session.aside == Aside("aside_heard", "saddle_numb_or_bladder_change")
