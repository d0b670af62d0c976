"""Answers by id to an assessment: the same as the conversation would give, and mistakes with their line."""

from __future__ import annotations

import json

import pytest

from bot.authoring.assess import AnswersError, assess_text
from bot.dialogue.inputs import Chose, Typed
from bot.dialogue.outputs import Conclude
from bot.flow.clinical import Tier
from bot.flow.models import Flow
from bot.flow.questions import Kind, Question
from bot.triage.assessment import Assessment
from tests.support.dialogue_flow import real_engine, real_flow


@pytest.fixture
def flow() -> Flow:
    return real_flow()


def assessed(flow: Flow, text: str) -> Assessment:
    return assess_text(flow, "answers.yaml", text)


def told(flow: Flow, text: str) -> list[str]:
    with pytest.raises(AnswersError) as caught:
        assessed(flow, text)
    return [str(problem) for problem in caught.value.problems]


def test_choices_make_the_facts_that_a_tap_would_make(flow: Flow) -> None:
    found = assessed(flow, "region: low_back\nlow_back_signs: [numb_saddle]\nback_change_is_new: new")
    assert found.tier is Tier.EMERGENCY
    assert [finding.flag.id for finding in found.red_flags] == ["saddle_numb_or_bladder_change"]


def test_a_choice_of_many_may_be_given_alone(flow: Flow) -> None:
    assert assessed(flow, "now_signs: chest").tier is Tier.EMERGENCY


def test_plain_facts_count(flow: Flow) -> None:
    assert assessed(flow, "saddle_numbness: yes").tier is Tier.EMERGENCY


@pytest.mark.parametrize("no", ["no", "'No'", "false"])
def test_words_for_no(flow: Flow, no: str) -> None:
    assert assessed(flow, f"saddle_numbness: {no}").tier is Tier.NONE


@pytest.mark.parametrize("yes", ["yes", "true"])
def test_words_for_yes(flow: Flow, yes: str) -> None:
    assert assessed(flow, f'{{"saddle_numbness": {yes}}}').tier is Tier.EMERGENCY


def test_not_sure_is_never_no(flow: Flow) -> None:
    assert assessed(flow, "saddle_numbness: unsure").tier is not Tier.NONE
    assert assessed(flow, "low_back_signs: unsure").tier is Tier.SAME_DAY
    which = "low_back_signs: unsure\nlow_back_signs_unsure: [stiff]"
    assert assessed(flow, which).tier is Tier.SOON


def test_a_yes_is_not_undone_by_a_no_elsewhere(flow: Flow) -> None:
    assert assessed(flow, "saddle_numbness: yes\nlow_back_signs: [none]").tier is Tier.EMERGENCY
    assert assessed(flow, "saddle_numbness: no\nlow_back_signs: [numb_saddle]").tier is Tier.EMERGENCY


def test_numbers_and_quotes(flow: Flow) -> None:
    found = assessed(flow, "weeks_of_pt: 9\nhep_days_per_week: 0\nhep_barrier: time\npain_trend: same")
    reasons = {likely.reason.id: likely.because for likely in found.reasons}
    assert "you did no home exercises last week" in reasons["low_adherence"]


def test_the_value_of_a_choice_stands_for_it(flow: Flow) -> None:
    by_choice, by_value = (assessed(flow, f"pain_trend: {word}\nweeks_of_pt: 9") for word in ("worse", "much_worse"))
    assert [entry.reason.id for entry in by_choice.reasons] == [entry.reason.id for entry in by_value.reasons]


def test_json_reads_the_same_tabs_included(flow: Flow) -> None:
    as_json = '{\n\t"region": "knee",\n\t"weeks_of_pt": 9, "hep_days_per_week": 1,\n\t"fever": false\n}'
    as_yaml = "region: knee\nweeks_of_pt: 9\nhep_days_per_week: 1\nfever: no"
    assert assessed(flow, as_json).to_data() == assessed(flow, as_yaml).to_data()


def test_unknown_keys_are_left_alone(flow: Flow) -> None:
    assert assessed(flow, "shoe_size: 44\nregion: knee").tier is Tier.NONE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("region: kne", "answers.yaml:1: region: kne is not an answer to it. Did you mean knee?"),
        ("region: [knee]", "answers.yaml:1: region: this is not an answer to it. Write low_back,"),
        ("pain_now: 40", "answers.yaml:1: pain_now: 40 is not an answer to it. Write a number from 0 to 10."),
        ("fever: 4", "answers.yaml:1: fever: 4 is not an answer to it. Write one of: yes, no, unsure."),
        ("age_years: old", "answers.yaml:1: age_years: old is not an answer to it. Write a number."),
        ("knee_signs: [none, hot]", "answers.yaml:1: knee_signs: none cannot go with other answers."),
        ("[knee]", "answers.yaml:1: answers: this must be a mapping."),
        ("region: 'knee", "answers.yaml:1: file: this is not YAML"),
    ],
)
def test_a_mistake_has_its_line_and_remedy(flow: Flow, line: str, expected: str) -> None:
    (problem,) = told(flow, line)
    assert problem.startswith(expected)


def test_all_mistakes_come_at_once(flow: Flow) -> None:
    lines = [problem.split(":")[1] for problem in told(flow, "region: kne\npain_now: 7\nfever: 4")]
    assert lines == ["1", "3"]


@pytest.mark.parametrize(
    "answers",
    [
        {"region": "knee", "pain_now": 6, "weeks_of_pt": 9, "hep_days_per_week": 0, "hep_barrier": "time"},
        {"region": "shoulder", "pain_now": 3, "weeks_of_pt": "over_12", "treatment_mostly": "machines"},
        {"region": "neck", "general_signs": ["night_pain"], "weeks_of_pt": 5, "pain_like": ["numb", "burning"]},
        {"region": "low_back", "low_back_signs": ["fever"]},
        {"region": "hip_groin", "weeks_of_pt": 0, "not_started_why": "cost"},
    ],
)
def test_it_says_what_the_conversation_says(flow: Flow, answers: dict[str, object]) -> None:
    """Whoever skips a question that the conversation would ask gets what its answer adds: so all asked are given."""
    engine = real_engine()
    given: dict[str, object] = {}
    step = engine.start("1", 0.0)
    while not isinstance(step.outputs[-1], Conclude):
        assert step.session is not None
        question = flow.questions[step.session.node]
        value = answers.get(question.id) or ("none" if question.choice("none") else question.choices[0].id)
        given[question.id] = value
        done = _tapped(question, value)
        step = engine.advance(step.session, done, 1.0)
    assert assessed(flow, json.dumps(given)).to_data() == step.outputs[-1].assessment


def _tapped(question: Question, value: object) -> Chose | Typed:
    if isinstance(value, int):
        return Typed(f"{value} weeks" if question.kind is Kind.DURATION else str(value))
    return Chose((value,) if isinstance(value, str) else tuple(value))
