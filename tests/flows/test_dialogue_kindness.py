"""What people say besides answering: questions about the chat itself, grief. It is answered, and the question stays."""

from __future__ import annotations

import pytest

from bot.dialogue.outputs import Ask, Say
from tests.support.dialogue_flow import real_engine
from tests.support.player import Player

CALM = {"who": "me_16_44", "now_signs": "none", "region": "knee", "knee_signs": "none", "general_signs": "none"}
FURTHER = {"fits_any": "none", "how_started": "slowly", "pain_now": "s5"}
PLACES = [0, 2, 3, 6, 8]  # answers given: at `who`, `region`, a list of danger signs, a one_of, a duration


def somewhere(answers: int) -> Player:
    return Player(real_engine()).answers(**dict(list((CALM | FURTHER).items())[:answers]))


QUESTIONS = [
    ("are you a real doctor?", "not a doctor"),
    ("Who are you", "not a doctor"),
    ("hi, are you human?", "not a person"),
    ("is this private?", "/delete"),
    ("will my therapist see this", "do not see it"),
    ("how long does this take", "3 to 4 minutes"),
    ("how many more questions?", "3 to 4 minutes"),
    ("human", "talk to a person"),
    ("I want a real doctor", "talk to a person"),
    ("can I talk to someone?", "talk to a person"),
    ("cost", "never ask for money"),
    ("is this free?", "never ask for money"),
    ("will this cost me anything?", "never ask for money"),
    ("Hi!", "Hello."),
    ("is this a scam?", "not a doctor"),
    ("please help me", "How this works"),
    ("thanks", "You are welcome"),
    ("Thank you so much!", "You are welcome"),
]


@pytest.mark.parametrize("answers", PLACES)
@pytest.mark.parametrize(("text", "told"), QUESTIONS)
def test_questions_about_the_chat_are_answered_and_the_question_stays(answers: int, text: str, told: str) -> None:
    patient = somewhere(answers)
    before = patient.session
    assert told in patient.type(text).said
    assert patient.at == before.showing
    assert patient.session.answers == before.answers


@pytest.mark.parametrize("text", ["how long will this take to heal?", "are you a doctor who knows tendons?"])
def test_a_question_about_more_than_the_chat_is_not_taken_for_one(text: str) -> None:
    patient = somewhere(6).type(text)
    assert "3 to 4 minutes" not in patient.said
    assert "computer program" not in patient.said


@pytest.mark.parametrize("answers", PLACES)
@pytest.mark.parametrize(
    "text",
    [
        *("Hola!", "bonjour", "Buenos días, me duele la rodilla", "привет", "do you speak Spanish?"),
        *("膝が痛い", "ركبتي تؤلمني", "у меня болит колено", "मेरे घुटने में दर्द है"),
    ],
)
def test_who_writes_in_another_language_is_told_kindly_which_one_the_bot_knows(answers: int, text: str) -> None:
    patient = somewhere(answers)
    before = patient.session
    assert "English only" in patient.type(text).said
    assert (patient.at, patient.session.answers) == (before.showing, before.answers)


@pytest.mark.parametrize("text", ["hola, no puedo respirar", "I don't speak English chest pain"])
def test_danger_comes_before_the_language(text: str) -> None:
    assert somewhere(6).type(text).at == "emergency"


@pytest.mark.parametrize("text", ["namaste my knee hurts since 3 weeks", "hallo, what is an MRI?"])
def test_who_greets_in_another_language_and_goes_on_in_english_is_understood(text: str) -> None:
    assert "English only" not in somewhere(6).type(text).said


def test_under_an_alarm_the_language_is_not_what_counts() -> None:
    patient = Player(real_engine()).type("I have chest pain").type("short of breath").type("hola")
    assert "English only" not in patient.said


@pytest.mark.parametrize("text", ["👍", "12", "...", "膝 hurts"])
def test_what_has_no_letters_or_some_latin_ones_is_not_taken_for_another_language(text: str) -> None:
    assert "English only" not in somewhere(6).type(text).said


SORROWS = [
    "my husband died last month",
    "I feel so sad",
    "nobody believes me",
    "this is ruining my life",
    "i am depressed",
    "no one can help me",
    "there is no hope",
    "I feel like giving up",
    "what's the point",
]


@pytest.mark.parametrize("text", SORROWS)
def test_grief_gets_a_kind_word_and_the_question_again(text: str) -> None:
    patient = somewhere(6).type(text)
    assert patient.said.startswith("I am sorry to hear that.")
    assert "did not understand" not in patient.said
    assert patient.at == "how_started"


def test_grief_beside_an_answer_gets_a_kind_word_and_the_answer_counts() -> None:
    patient = somewhere(8).type("3 months, since my wife died")
    assert isinstance(patient.outputs[0], Say)
    assert "I am sorry" in patient.outputs[0].text
    assert patient.at == "pain_trend"


def test_who_lost_somebody_by_suicide_is_met_kindly_and_asked_about_themselves() -> None:
    patient = somewhere(6).type("my husband killed himself")
    assert patient.said.startswith("I am sorry")
    assert "ending your life" in patient.ask.text


def test_danger_is_asked_about_after_the_kind_word() -> None:
    patient = somewhere(6).type("my wife died and i feel hopeless")
    assert patient.said.startswith("I am sorry")
    assert patient.at == "aside_heard"
    assert isinstance(patient.outputs[-1], Ask)


@pytest.mark.parametrize("text", ["I feel hopeless", "I can't go on like this", "I can't go on", "i cannot carry on"])
def test_despair_is_met_kindly_and_asked_about(text: str) -> None:
    patient = somewhere(6).type(text)
    assert patient.said.startswith("I am sorry")
    assert "findahelpline.com" in patient.said
    assert "ending your life" in patient.ask.text


@pytest.mark.parametrize("text", ["I can't go on with the exercises", "i cant carry on with these stretches"])
def test_who_cannot_go_on_with_an_exercise_is_not_asked_about_their_life(text: str) -> None:
    patient = somewhere(6).type(text)
    assert "I am sorry" not in patient.said
    assert patient.at != "aside_heard"


@pytest.mark.parametrize(
    "text", ["my baby is not breathing", "My mum can't move her legs", "he says he wants to kill himself"]
)
def test_the_danger_of_somebody_else_is_an_alarm_before_anything_is_asked_of_them(text: str) -> None:
    assert somewhere(0).type(text).at == "emergency"


def test_despair_under_an_alarm_is_met_kindly_and_the_alarm_stays() -> None:
    patient = somewhere(1).tap("chest").type("no one can help me")
    assert patient.said.startswith("I am sorry")
    assert "call your local emergency number" in patient.said
    assert patient.type("I feel hopeless").said.startswith("I am sorry")
    assert "ending your life" in patient.ask.text
    assert patient.type("nobody can help me").said.startswith("I am sorry")
    assert "ending your life" in patient.ask.text
    assert patient.tap("no").at == "emergency"
    assert patient.type("I feel hopeless").tap("yes").at == "emergency"
    assert "If you cannot" not in patient.said
    assert patient.said.startswith("I am very glad you told me")


def test_thanks_under_an_alarm_do_not_end_it() -> None:
    patient = somewhere(1).tap("chest").type("thanks")
    assert "You are welcome" in patient.said
    assert "do not wait: get help" in patient.said
    assert patient.session.node == "emergency"


@pytest.mark.parametrize("text", ["stop asking", "leave me alone", "bye"])
def test_who_wants_no_more_questions_is_asked_none(text: str) -> None:
    patient = somewhere(6).type(text)
    assert "I stop here" in patient.said
    assert patient.kinds == ["Say"]


@pytest.mark.parametrize("answers", [0, 2, 6])
def test_what_is_not_understood_is_not_refused_in_the_same_words_twice(answers: int) -> None:
    patient = somewhere(answers).type("damn you")
    first = patient.said
    patient.type("asdf")
    assert patient.rejected
    assert patient.said != first
    assert all(way in patient.said for way in ("button", "/back", "/help", "/stop"))
    assert len(patient.said) < len(first)


def test_a_long_story_is_thanked_for() -> None:
    story = "physio did nothing at all, they just gave me a sheet and never looked at me once"
    assert somewhere(6).type(story).said.startswith("Thank you for telling me.")


def test_at_the_next_question_the_choices_are_named_again() -> None:
    patient = somewhere(0).type("asdf").tap("me_16_44").type("asdf")
    assert "“Chest pain" in patient.said


def test_after_a_result_too() -> None:
    patient = somewhere(0).tap("child").tap("none").tap("none").type("asdf")
    first = patient.said
    assert patient.type("asdf").said != first


def test_an_alarm_is_never_softened() -> None:
    patient = somewhere(6).type("my husband died and i want to kill myself")
    assert patient.at == "emergency"
    assert "I am sorry" not in patient.said


@pytest.mark.parametrize("text", ["i am not depressed", "slowly", "low back"])
def test_where_there_is_no_grief_there_is_no_kind_word(text: str) -> None:
    assert "I am sorry" not in somewhere(6).type(text).said


def test_a_label_that_names_low_mood_is_only_an_answer() -> None:
    patient = somewhere(8)
    patient.answers(
        weeks_of_pt="weeks_6_12", pain_trend="same", sessions_done="visits_8_more", treatment_mostly="active"
    )
    patient.answers(session_time="medium", hep_days_per_week="days_1_2", hep_barrier="time", exercises_are="right")
    patient.answers(pt_has_done="movement", pain_like="none").tap("more_exact")
    assert patient.at == "what_else"
    assert "I am sorry" not in patient.type("Low mood").said
