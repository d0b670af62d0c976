"""Who asks for help gets the numbers; who says yes in other words, or cannot be read, is not left without them."""

from __future__ import annotations

import pytest

from tests.support.dialogue_flow import real_engine
from tests.support.player import Player

CALM = {"who": "me_16_44", "now_signs": "none", "region": "knee", "knee_signs": "none", "general_signs": "none"}
FURTHER = {"fits_any": "none", "how_started": "slowly", "pain_now": "s5"}
PLACES = [0, 1, 2, 4, 6, 7, 8]  # answers given: 7 and 8 stand at questions for a number
NUMBERS = "**Call your local emergency number"
CRISIS = "findahelpline.com"


def somewhere(answers: int) -> Player:
    return Player(real_engine()).answers(**dict(list((CALM | FURTHER).items())[:answers]))


PLEAS = [
    "911",
    "112!",
    "999 please",
    "SOS",
    "urgent",
    "Call an ambulance",
    "it's an emergency",
    "This is an emergency!",
]
PLEAS += [
    "i need an ambulance",
    "i need help now",
    "I am dying",
    "i think i'm dying",
    "should i go to the ER",
    "emergency",
]


@pytest.mark.parametrize("answers", PLACES)
@pytest.mark.parametrize("text", PLEAS)
def test_who_asks_for_help_gets_the_numbers_and_no_answer_is_recorded(answers: int, text: str) -> None:
    patient = somewhere(answers)
    before = patient.session.answers
    assert NUMBERS in patient.type(text).said
    assert patient.session.answers == before
    assert patient.at == "aside_country"


@pytest.mark.parametrize(
    "text", ["my leg is weak, please call an ambulance", "5 and i need an ambulance", "sí, call 911"]
)
def test_the_numbers_come_before_what_else_follows(text: str) -> None:
    assert NUMBERS in somewhere(7).type(text).said


def test_an_answer_beside_a_plea_counts() -> None:
    patient = somewhere(8).type("3 weeks, i need an ambulance")
    assert patient.said.startswith(NUMBERS)
    assert patient.at == "pain_trend"


def test_under_an_alarm_too() -> None:
    patient = somewhere(1).tap("chest")
    assert patient.at == "emergency"
    assert NUMBERS in patient.type("call an ambulance").said


def test_an_alarm_says_it_by_itself() -> None:
    patient = somewhere(6).type("i have chest pain, call an ambulance")
    assert patient.at == "emergency"
    assert NUMBERS not in patient.said


def test_who_asks_when_to_call_is_told_when() -> None:
    assert "what to watch for" in somewhere(6).type("when should i call an ambulance").said


def test_a_plea_in_an_edited_message_or_behind_a_command_is_heard() -> None:
    assert NUMBERS in somewhere(6).type("/help call an ambulance").said


def test_an_age_is_no_plea() -> None:
    assert somewhere(0).type("99").session.answers[0].value == "me_65"


ASSENTS = ["ok yes", "sadly yes", "i do", "I am", "i have been", "of course", "every day", "at night", "that's right"]
ASSENTS += [
    "it crossed my mind",
    "no, but i think about it",
    "i was yesterday",
    "prob",
    "👍",
    "👍🏽",
    "oui",
    "Sí",
    "si",
]


@pytest.mark.parametrize("text", ASSENTS)
def test_a_yes_in_other_words_is_a_yes_where_it_is_about_a_life(text: str) -> None:
    patient = somewhere(6).type("i feel hopeless")
    assert "ending your life" in patient.ask.text
    assert patient.type(text).at == "emergency"


@pytest.mark.parametrize(("text", "yes"), [("je veux mourir", "oui"), ("me duele el pecho", "si")])
def test_a_yes_in_the_language_of_the_danger_counts(text: str, yes: str) -> None:
    patient = somewhere(6).type(text)
    assert patient.at == "aside_heard"
    assert patient.type(yes).at == "emergency"


@pytest.mark.parametrize("text", ["i am ok", "i am fine", "i do not", "i have a bike", "i am not", "ok", "hm"])
def test_what_is_no_yes_alarms_nobody(text: str) -> None:
    assert somewhere(6).type("i feel hopeless").type(text).session.node == "how_started"


@pytest.mark.parametrize("text", ["blah", "i am fine", "what a long story it is with my physio and me", "not really"])
def test_what_cannot_be_read_there_is_never_refused_without_help(text: str) -> None:
    patient = somewhere(6).type("i feel hopeless").type(text)
    assert patient.rejected
    first = patient.said
    assert patient.type("blubb").said != first
    for said in (first, patient.said):
        assert "local emergency number" in said
    assert CRISIS in patient.said


@pytest.mark.parametrize("answers", [1, 7])
@pytest.mark.parametrize(
    "text", ["i cant tell when i need the loo", "cant tell, my legs are numb", "not sure, i cant go on"]
)
def test_danger_words_win_over_not_sure(answers: int, text: str) -> None:
    patient = somewhere(answers)
    before = patient.session.answers
    assert patient.type(text).at in {"emergency", "aside_heard"}
    assert patient.session.answers == before


def test_not_sure_with_nothing_else_is_not_sure() -> None:
    assert somewhere(7).type("cant tell").session.answers[-1].value == "unsure"


@pytest.mark.parametrize("text", ["i am fine", "ok", "leave it"])
def test_words_under_an_alarm_about_a_life_are_met_kindly_with_the_crisis_line(text: str) -> None:
    patient = somewhere(6).type("i want to die").type(text)
    assert patient.rejected
    assert patient.said.startswith("I am sorry")
    assert CRISIS in patient.said
    assert "local emergency number" in patient.said


@pytest.mark.parametrize("text", ["sorry, i didnt mean it", "I didn't mean that", "just kidding", "i take it back"])
def test_who_did_not_mean_it_may_take_it_back(text: str) -> None:
    patient = somewhere(6).type("i want to die").type(text)
    assert patient.at == "aside_retract"
    assert patient.type("it was a mistake").session.node == "how_started"
