"""From YAML to a flow: what may be left out, and what becomes of what is written. Mistakes: test_broken_flows.py."""

from __future__ import annotations

import pytest

from bot.flow.clinical import Tier, most_urgent
from bot.flow.conditions import Is
from bot.flow.loader import load_flow
from bot.flow.models import Flow
from bot.flow_files import load_package_flow
from tests.support.small_flow import FILES, PICTURES, small_flow


@pytest.fixture(scope="module")
def flow() -> Flow:
    return small_flow()


def test_all_files_are_read_as_one_whatever_their_names():
    joined = {f"{number}.yaml": text for number, text in enumerate(FILES.values())}
    assert load_flow(joined, PICTURES).questions == small_flow().questions


def test_the_hash_tells_one_wording_from_another(flow: Flow):
    assert small_flow().hash == flow.hash
    assert small_flow(outcomes=FILES["outcomes.yaml"].replace("Children", "Kids")).hash != flow.hash


def test_the_order_joins_the_condition_of_a_stage_with_that_of_a_node(flow: Flow):
    assert flow.order[:3] == ("who", "welcome", "signs")
    assert flow.stage_of["weeks"].id == "care"
    adult: dict[str, str | float] = {"who": "adult", "weeks": 3.0}
    assert flow.only_if["days"].holds(adult)
    assert not flow.only_if["days"].holds({**adult, "weeks": 0.0})
    assert not flow.only_if["days"].holds({**adult, "who": "child"})
    assert flow.only_if["who"].holds({})


def test_a_scale_needs_no_choices_and_goes_from_0_to_10():
    how_bad = small_flow(
        scale="questions: [{id: how_bad, kind: scale, ask: How bad is it?}]",
        outcomes=FILES["outcomes.yaml"].replace("more_exact", "more_exact, how_bad"),
    ).questions["how_bad"]
    assert [choice.fact for choice in how_bad.choices] == [float(n) for n in range(11)]
    assert (how_bad.at_least, how_bad.at_most) == (0, 10)


def test_a_yes_no_has_its_three_choices_and_the_words_given_for_some(flow: Flow):
    assert [(choice.id, choice.label) for choice in flow.questions["more_exact"].choices] == [
        ("yes", "A more exact answer"),
        ("no", "No"),
        ("unsure", "Not sure"),
    ]


def test_limits_left_open_are_wide(flow: Flow):
    weeks, days, who = flow.questions["weeks"], flow.questions["days"], flow.questions["who"]
    assert (weeks.at_least, weeks.at_most) == (0, 52 * 60)
    assert (days.at_least, days.at_most) == (0, 7)
    assert [choice.covers for choice in who.choices] == [(16, float("inf")), (float("-inf"), 15)]


def test_none_of_many_is_exclusive(flow: Flow):
    assert [choice.id for choice in flow.questions["feels"].choices if choice.exclusive] == ["none"]


def test_a_fact_without_values_is_yes_no_or_unsure_and_quoted_when_yes(flow: Flow):
    assert flow.facts["fever"].said == {"yes": "you have a fever", "no": None, "unsure": None}
    assert flow.facts["mood"].said == {"low": "your mood is low", "fine": None}
    assert (flow.facts["age"].numeric, flow.facts["age"].number_said) == (True, "you are {value}")


def test_a_red_flag_knows_its_area_and_every_fact_that_touches_it(flow: Flow):
    hot = flow.red_flags["hot_joint"]
    assert (hot.area, hot.if_unsure, hot.clarify) == ("joints", Tier.SOON, "joint_since")
    assert hot.names == {"joint_hot", "joint_since"}
    assert [flag.id for flag in flow.flags_by_fact["joint_hot"]] == ["hot_joint", "feverish"]


def test_flags_and_combinations_are_found_by_id(flow: Flow):
    assert flow.flag("hot_joint") is flow.red_flags["hot_joint"]
    assert flow.flag("fever_and_worse") is flow.combinations[0]
    assert flow.flag("unknown") is None


def test_a_next_step_knows_the_reasons_it_answers(flow: Flow):
    assert flow.steps_by_id["short_plan"].reasons == {"few_days"}
    assert flow.steps_by_id["short_plan"].contact
    assert flow.steps_by_id["short_plan"].words_for == "therapist"
    assert flow.steps_by_id["see_doctor"].words_for is None


@pytest.mark.parametrize(
    "when",
    [
        "{weeks: {at_least: 6}}",
        "{days: no_plan}",
        "{days: answered}",
        "{age: {at_most: 15}}",
        "{mood: [low, fine]}",
        "{feels: none}",
        "{feels: {chosen_at_least: 2}}",
        "{in_words: answered}",
        "{tier: [soon, same_day]}",
        "{red_flag: [hot_joint, fever_and_worse]}",
        "{red_flag_count: {at_least: 2}}",
        "{reason: few_days}",
    ],
)
def test_a_condition_that_makes_sense_is_taken(when: str):
    advice = FILES["advice.yaml"].replace("{any: [{red_flag: any}, {reason: any}]}", when)
    text = "questions: [{id: in_words, kind: text, ask: Anything else?}]"
    order = FILES["flow.yaml"].replace("- feels", "- feels\n      - in_words")
    assert small_flow(advice=advice, text=text, flow=order).steps_by_id["see_doctor"].when.names()


def test_a_choice_may_answer_another_question_too():
    questions = FILES["questions.yaml"].replace("sets: {age: 8}", "sets: {age: 8, trend: same, weeks: 3}")
    child = small_flow(questions=questions).questions["who"].choice("child")
    assert child is not None
    assert child.sets == (("age", 8.0), ("trend", "same"), ("weeks", 3.0))


def test_conditions_are_compared_without_their_lines(flow: Flow):
    assert flow.finish[0].when == Is("who", frozenset({"child"}))


def test_tiers_are_compared_by_urgency():
    assert most_urgent([Tier.SOON, Tier.EMERGENCY, Tier.SAME_DAY]) is Tier.EMERGENCY
    assert most_urgent([]) is Tier.NONE
    assert [tier for tier in Tier if tier.alarms] == [Tier.SAME_DAY, Tier.EMERGENCY]


def test_the_flow_of_the_package_is_good():
    assert load_package_flow().name == "pt_not_working"
