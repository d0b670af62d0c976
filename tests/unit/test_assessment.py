"""What the answers mean in the end: reasons with their "because", next steps in order."""

from __future__ import annotations

import pytest

from bot.flow.answers import Answer, AnswerValue, facts_of, quotes
from bot.flow.clinical import Tier
from bot.flow.models import Flow
from bot.triage.assessment import Assessment, assess, join_quotes
from bot.triage.screening import Finding, screen
from tests.support.small_flow import FILES, small_flow


def step(ident: str, when: str, more: str = "") -> str:
    return f"""
  - id: {ident}
    ref: NXT-9
    title: {ident}
    what: {ident}
    why: It helps.
    how: [Begin.]
    not_when: Never.
    when: {when}
    source: a book
    researched: 2026-11-22
    reviewed: no
    {more}"""


def assessed(flow: Flow, **given: AnswerValue) -> Assessment:
    answers = [Answer(question, value) for question, value in given.items()]
    facts = facts_of(flow, answers)
    return assess(flow, facts, screen(flow, facts).findings, quotes(flow, facts, answers))


def with_steps(*steps: str) -> Flow:
    return small_flow(steps="next_steps:" + "".join(steps))


@pytest.fixture(scope="module")
def flow() -> Flow:
    return small_flow()


def test_a_reason_says_what_it_rests_on(flow: Flow):
    (likely,) = assessed(flow, days="one_or_two", trend="worse").reasons
    assert likely.because == "you exercised on 1 or 2 days and it is worse"


def test_each_thing_that_makes_a_reason_stronger_adds_one(flow: Flow):
    assert assessed(flow, days=2.0, trend="worse").reasons[0].strength == 4
    assert assessed(flow, days=2.0, trend="better").reasons[0].strength == 3


def test_a_reason_may_look_at_reasons_written_before_it(flow: Flow):
    assert [likely.reason.id for likely in assessed(flow, trend="same").reasons] == ["no_change"]
    assert [likely.reason.id for likely in assessed(flow, days=1.0, trend="same").reasons] == ["few_days"]


def test_the_strongest_reason_comes_first():
    better = FILES["advice.yaml"].replace("{all: [{trend: same}, {not: {reason: few_days}}]}", "{trend: better}")
    reasons = assessed(small_flow(advice=better), days=1.0, trend="better").reasons
    assert [(likely.reason.id, likely.strength) for likely in reasons] == [("no_change", 4), ("few_days", 3)]


@pytest.mark.parametrize(
    ("said", "joined"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c", "d"), "a, b and c")],
)
def test_quotes_are_joined_and_not_too_many(said: tuple[str, ...], joined: str):
    assert join_quotes(said) == joined


def test_the_same_words_are_quoted_once():
    same = FILES["questions.yaml"].replace("said: it is worse", "said: you exercised on 2 days")
    (likely,) = assessed(small_flow(questions=same), days=2.0, trend="worse").reasons
    assert likely.because == "you exercised on 2 days"


def test_next_steps_answer_the_reasons_safety_first(flow: Flow):
    assert [step.id for step in assessed(flow, days=1.0).next_steps] == ["see_doctor", "short_plan"]


def test_with_an_alarm_nothing_but_safety_is_said(flow: Flow):
    alarmed = assessed(flow, signs=("fever", "joint"), joint_since="days", days=1.0)
    assert alarmed.tier is Tier.EMERGENCY
    assert alarmed.reasons == ()
    assert [step.id for step in alarmed.next_steps] == ["see_doctor"]


def test_a_sign_that_can_wait_leaves_the_reasons(flow: Flow):
    soon = assessed(flow, signs=("fever",), days=1.0)
    assert soon.tier is Tier.SOON
    assert [likely.reason.id for likely in soon.reasons] == ["few_days"]


def test_what_can_begin_today_comes_before_what_matters_more():
    flow = with_steps(step("book", "{trend: same}", "priority: 5"), step("walk", "{trend: same}", "first_today: yes"))
    assert [step.id for step in assessed(flow, trend="same").next_steps] == ["see_doctor", "walk", "book"]


def test_a_step_for_the_strongest_reason_comes_before_one_that_matters_more():
    flow = with_steps(step("book", "{trend: same}", "priority: 5"), step("measure", "{reason: no_change}"))
    assert [step.id for step in assessed(flow, trend="same").next_steps] == ["see_doctor", "measure", "book"]


def test_a_step_that_does_not_fit_is_left_out():
    flow = with_steps(step("walk", "{trend: same}", "unless: {weeks: {at_most: 1}}"))
    assert "walk" in [step.id for step in assessed(flow, trend="same", weeks=5.0).next_steps]
    assert "walk" not in [step.id for step in assessed(flow, trend="same", weeks=1.0).next_steps]


def test_what_the_patient_asked_about_counts_like_the_strongest_reason():
    asking = FILES["questions.yaml"].replace("id: feels", "id: wonder_about")
    flow = small_flow(
        questions=asking,
        flow=FILES["flow.yaml"].replace("- feels", "- wonder_about"),
        steps="next_steps:"
        + step("book", "{trend: same}", "priority: 5")
        + step("scan", "{wonder_about: {includes: sad}}"),
    )
    told = assessed(flow, trend="same", wonder_about=("sad",)).next_steps
    assert [step.id for step in told] == ["see_doctor", "scan", "book"]


def test_an_assessment_is_plain_data_for_programs(flow: Flow):
    hot = Finding(flow.red_flags["hot_joint"], Tier.SOON)
    data = assess(flow, {"days": 1.0}, (hot,), {"days": "you did little"}).to_data()
    assert data == {
        "tier": "soon",
        "red_flags": [{"id": "hot_joint", "ref": "RF-1", "tier": "soon"}],
        "reasons": [{"id": "few_days", "ref": "RSN-1", "because": "you did little"}],
        "next_steps": [{"id": "see_doctor", "ref": "NXT-2"}, {"id": "short_plan", "ref": "NXT-1"}],
    }
