"""From answers to facts, and back to words."""

from __future__ import annotations

import pytest

from bot.flow.answers import Answer, AnswerValue, add_facts, answer_text, facts_of, fits, quotes
from bot.flow.conditions import Fact
from bot.flow.models import Flow
from bot.flow.questions import Choice, Kind, Question
from tests.support.small_flow import FILES, small_flow


@pytest.fixture(scope="module")
def flow() -> Flow:
    return small_flow(
        text="questions: [{id: in_words, kind: text, ask: Anything else?, choices: [{id: nothing, label: No}]}]",
        scale="questions: [{id: how_bad, kind: scale, ask: How bad is it?}]",
        outcomes=FILES["outcomes.yaml"].replace("more_exact", "more_exact, in_words, how_bad"),
    )


@pytest.mark.parametrize(
    ("question", "value", "facts"),
    [
        ("who", "adult", {"who": "adult", "age": 40.0}),
        ("days", "no_plan", {"days": "no_plan"}),
        ("days", "one_or_two", {"days": 2.0}),
        ("days", 5.0, {"days": 5.0}),
        ("in_words", "it is my back", {"in_words": "it is my back"}),
        ("signs", ("fever",), {"signs": frozenset({"fever"}), "fever": "yes"}),
        ("feels", ("sad", "numb"), {"feels": frozenset({"sad", "numb"}), "mood": "low"}),
        ("feels", ("burning",), {"feels": frozenset({"burning"}), "mood": "fine"}),
        ("feels", ("burning", "sad"), {"feels": frozenset({"burning", "sad"}), "mood": "low"}),
    ],
)
def test_an_answer_makes_facts(flow: Flow, question: str, value: AnswerValue, facts: dict[str, Fact]):
    assert facts_of(flow, [Answer(question, value)]) == facts


def test_an_answer_tells_which_facts_it_touched_and_what_they_were(flow: Flow):
    facts: dict[str, Fact] = {"fever": "no", "age": 40.0}
    before = add_facts(facts, flow.questions["signs"], ("fever", "joint"))
    assert before == {"signs": None, "fever": "no", "joint_hot": None}
    assert facts == {"signs": frozenset({"fever", "joint"}), "fever": "yes", "joint_hot": "yes", "age": 40.0}


def test_not_sure_of_a_list_denies_nothing():
    denying = FILES["questions.yaml"].replace("sets: {fever: yes},", "sets: {fever: yes}, otherwise: {fever: no},")
    flow = small_flow(questions=denying)
    assert facts_of(flow, [Answer("signs", ("none",))])["fever"] == "no"
    assert "fever" not in facts_of(flow, [Answer("signs", ("unsure",))])


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ("yes", "no", "yes"),
        ("yes", "unsure", "yes"),
        ("unsure", "no", "unsure"),
        ("no", "unsure", "unsure"),
        ("unsure", "yes", "yes"),
        ("minor", "old", "old"),
        ("yes", 3.0, 3.0),
        (3.0, "no", "no"),
    ],
)
def test_a_danger_once_said_is_not_undone_by_another_answer(before: Fact, after: Fact, known: Fact):
    facts: dict[str, Fact] = {"fever": before}
    question = Question("later", Kind.ONE_OF, "And now?", (Choice("a", "A", sets=(("fever", after),)),))
    add_facts(facts, question, "a")
    assert facts["fever"] == known


@pytest.mark.parametrize(
    ("question", "value", "fitting"),
    [
        ("who", "adult", True),
        ("who", "grown", False),
        ("who", 3.0, False),
        ("signs", ("fever", "joint"), True),
        ("signs", (), False),
        ("signs", ("fever", "cough"), False),
        ("signs", "fever", False),
        ("days", 7.0, True),
        ("days", 7.5, False),
        ("days", 0.0, True),
        ("days", -1.0, False),
        ("days", "no_plan", True),
        ("days", "many", False),
        ("in_words", "it is my back", True),
        ("in_words", "  ", False),
        ("in_words", 3.0, False),
        ("in_words", ("nothing",), False),
    ],
)
def test_an_answer_fits_a_question_or_not(flow: Flow, question: str, value: object, fitting: bool):
    assert fits(flow.questions[question], value) is fitting


@pytest.mark.parametrize(
    ("question", "value", "text"),
    [
        ("who", "child", "A child"),
        ("signs", ("joint", "fever"), "Fever or chills, A hot joint"),
        ("days", 5.0, "5 days"),
        ("days", 2.5, "2.5 days"),
        ("weeks", 8.7, "8.7 weeks"),
        ("in_words", "it is my back", "it is my back"),
    ],
)
def test_an_answer_reads_as_the_patient_would_recognise_it(flow: Flow, question: str, value: AnswerValue, text: str):
    assert answer_text(flow.questions[question], value) == text


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("trend", "same", {"trend": "nothing has changed"}),
        ("days", 5.0, {"days": "you exercised on 5 days"}),
        ("days", "one_or_two", {"days": "you exercised on 1 or 2 days"}),
        ("days", "no_plan", {"days": "you have no plan"}),
        ("who", "child", {"who": "“A child”", "age": "you are 8"}),
        ("signs", ("fever",), {"signs": "“Fever or chills”", "fever": "you have a fever"}),
        ("signs", ("joint",), {"signs": "“A hot joint”"}),
        ("feels", ("sad", "burning"), {"feels": "it burns and “It gets me down”", "mood": "your mood is low"}),
        ("in_words", "it is my back", {}),
        ("how_bad", "s4", {"how_bad": "“4”"}),
        ("how_bad", 4.5, {}),
    ],
)
def test_facts_are_quoted_in_the_words_of_the_answer(
    flow: Flow, question: str, value: AnswerValue, said: dict[str, str]
):
    answers = [Answer(question, value)]
    assert quotes(flow, facts_of(flow, answers), answers) == said


def test_facts_given_without_a_conversation_are_quoted_by_the_choice_that_makes_them(flow: Flow):
    facts: dict[str, Fact] = {
        "trend": "worse",
        "days": 2.0,
        "weeks": 4.0,
        "feels": frozenset({"burning"}),
        "tier": "soon",
        "fever": "no",
        "mood": frozenset({"low"}),
    }
    assert quotes(flow, facts) == {
        "trend": "it is worse",
        "days": "you exercised on 1 or 2 days",
        "weeks": "you have had therapy for 4 weeks",
        "feels": "it burns",
    }


def test_a_list_with_nothing_ticked_quotes_nothing(flow: Flow):
    assert quotes(flow, {"feels": frozenset()}) == {}
