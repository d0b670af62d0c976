"""Everything clinical is reached by a conversation, spoken as `ptbot chat --json` speaks; and what it says is safe."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from io import StringIO
from statistics import median
from typing import Any

import pytest

from bot.adapters.terminal.json_lines import talk_json
from bot.adapters.terminal.sitting import Sitting
from bot.dialogue.inputs import Chose
from bot.dialogue.session import Session
from bot.flow.clinical import NextStep, Reason, RedFlag, Tier
from bot.flow.conditions import NONE, UNSURE
from bot.flow.questions import Kind, Question
from bot.triage.assessment import SHOWN_REASONS, SHOWN_STEPS
from bot.triage.screening import Finding
from tests.support.dialogue_flow import real_engine
from tests.support.directed_search import Found, Search
from tests.support.patient_texts import patient_texts
from tests.support.reading_grade import reading_grade

pytestmark = pytest.mark.no_cover  # the core is covered without; measured, these searches take three times as long

ENGINE = real_engine()
FLOW = ENGINE.flow
SEARCH = Search(ENGINE)
FLAGS = [*FLOW.red_flags.values(), *FLOW.combinations]
TYPED_ONLY = {"belly_signs_and_maybe_pregnant"}  # no question asks for its signs; typed words and `ptbot assess` do
TAPS_AT_MOST = 20
EMERGENCY_LENGTH = 550
GRADE = 8
EVERYDAY = {  # words among the suspected causes that patients use themselves
    *("bleeding", "bleed", "collapse", "medicine", "blood thinners", "infection", "illness", "cancer", "self-harm"),
    *("nerve", "joint", "muscle", "tendon", "wrist", "elbow", "ankle", "upper back", "kidney", "after birth", "other"),
}
SAFETY_NETS = ("See a doctor now", "Get help today", "be seen by a doctor today", "call")
NEVER_ASKED = {"could_be_pregnant"}  # clarifies the flag above; kept for the day when its signs are asked
DANGERS = [q for q in FLOW.questions.values() if q.danger and not q.id.startswith("aside_") and q.id not in NEVER_ASKED]


def spoken(found: Found, payload: str = "") -> list[dict[str, Any]]:
    """The objects that `ptbot chat --json` prints when these answers are given."""
    lines = [_line(answer.question, answer.value) for answer in found.answers]
    sink = StringIO()
    talk_json(Sitting(ENGINE, lambda: 0.0, payload), lines, sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def _line(question: str, value: Any) -> str:
    if question not in FLOW.order and any(question in outcome.offers for outcome in FLOW.outcomes.values()):
        return json.dumps({"choose": question})
    if isinstance(value, float):
        return json.dumps({"text": f"{value:g} {'weeks' if FLOW.questions[question].kind is Kind.DURATION else ''}"})
    return json.dumps({"choose": list(value) if isinstance(value, tuple) else value})


def concluded(found: Found, payload: str = "") -> dict[str, Any]:
    """The last result, checked against what the search foresaw."""
    outputs = spoken(found, payload)
    assert not [output for output in outputs if output["type"] == "reject"]
    last: dict[str, Any] = outputs[-1]
    assert (last["type"], last["node"]) == ("conclude", found.node)
    assert last["assessment"] == found.assessment.to_data()
    return last


@cache
def to_flag(flag: RedFlag, tier: Tier | None = None) -> Found | None:
    def shown(found: Found) -> bool:
        tiers = {finding.flag.id: finding.tier for finding in found.assessment.red_flags}
        return flag.id in tiers and tier in (None, tiers[flag.id])

    return SEARCH.find(flag.when, shown, flag.id)


@cache
def to_reason(reason: Reason) -> Found | None:
    return SEARCH.find(reason.when, lambda f: reason.id in [r.reason.id for r in f.assessment.reasons], reason.id)


@cache
def to_step(step: NextStep) -> Found | None:
    return SEARCH.find(step.when, lambda found: step in found.assessment.next_steps, step.id)


# what can be reached


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.id)
def test_every_red_flag_by_tapping(flag: RedFlag) -> None:
    if flag.id in TYPED_ONLY:
        assert to_flag(flag) is None, "it can be tapped now: take it out of TYPED_ONLY"
        return
    found = to_flag(flag)
    assert found, "no answers raise this flag"
    entry = {"id": flag.id, "ref": flag.evidence.ref}
    assert entry in [{"id": f["id"], "ref": f["ref"]} for f in concluded(found)["assessment"]["red_flags"]]


@pytest.mark.parametrize("flag", [f for f in FLAGS if f.id not in TYPED_ONLY], ids=lambda flag: flag.id)
def test_every_red_flag_in_its_own_urgency(flag: RedFlag) -> None:
    assert to_flag(flag, flag.tier)


def test_every_row_of_red_flags_can_be_tapped() -> None:
    tapped = {flag.evidence.ref for flag in FLAGS if flag.id not in TYPED_ONLY}
    assert {flag.evidence.ref for flag in FLAGS} == tapped


@pytest.mark.parametrize("reason", FLOW.reasons, ids=lambda reason: reason.id)
def test_every_reason(reason: Reason) -> None:
    found = to_reason(reason)
    assert found, "no answers lead to this reason"
    told = {entry["id"]: entry for entry in concluded(found)["assessment"]["reasons"]}
    assert told[reason.id]["ref"] == reason.evidence.ref
    assert told[reason.id]["because"]


@pytest.mark.parametrize("step", FLOW.next_steps, ids=lambda step: step.id)
def test_every_next_step(step: NextStep) -> None:
    found = to_step(step)
    assert found, "no answers lead to this step"
    assert {"id": step.id, "ref": step.evidence.ref} in concluded(found)["assessment"]["next_steps"]


def test_every_tier_and_every_outcome() -> None:
    conversations = [to_flag(flag, flag.tier) for flag in FLAGS if flag.id not in TYPED_ONLY]
    found = [conversation for conversation in conversations if conversation]
    found.append(SEARCH.harmless())
    assert {str(conversation.assessment.tier) for conversation in found} == {str(tier) for tier in Tier}
    assert {conversation.node for conversation in found} == set(FLOW.outcomes)


# how long it takes, how much is shown


@pytest.mark.parametrize("region", [choice.id for choice in FLOW.questions["region"].choices if choice.id != "several"])
def test_a_typical_path_takes_few_taps(region: str) -> None:
    taps, session = 0, ENGINE.start("1", 0.0).session
    assert session
    wanted = {"who": "me_16_44", "region": region, "how_started": "slowly", "weeks_of_pt": "weeks_6_12"}
    while session.node not in FLOW.outcomes:
        question = FLOW.questions[session.node]
        done, count = _typical(question, wanted)
        taps += count
        session = ENGINE.advance(session, done, 1.0).session
        assert session
    assert session.stated == ()
    assert taps <= TAPS_AT_MOST


def _typical(question: Question, wanted: dict[str, str]) -> tuple[Chose, int]:
    """The answer, and how many taps it takes."""
    if question.id == "pt_has_done":
        return Chose(("movement", "explained")), 3  # two ticks and Done
    ids = [choice.id for choice in question.choices]
    return Chose((wanted.get(question.id, NONE if NONE in ids else ids[0]),)), 1


@pytest.mark.parametrize("reason", FLOW.reasons, ids=lambda reason: reason.id)
def test_at_most_three_reasons_and_four_steps_are_shown_first(reason: Reason) -> None:
    found = to_reason(reason)
    assert found
    told = concluded(found)
    titles = Counter(entry.title for entry in FLOW.reasons if f"**{entry.title}**" in told["text"])
    assert titles.total() <= SHOWN_REASONS
    assert len(re.findall(r"^\*\*\d\. ", told["text"], re.MULTILINE)) <= SHOWN_STEPS
    assert len([choice for choice in told["choices"] if choice["id"] in FLOW.steps_by_id]) <= SHOWN_STEPS


# what it says


@pytest.mark.parametrize("flag", [f for f in FLAGS if f.id not in TYPED_ONLY], ids=lambda flag: flag.id)
def test_every_alarm_is_short_filled_and_ends_with_what_to_do(flag: RedFlag) -> None:
    found = to_flag(flag, flag.tier)
    assert found
    for payload in ("", "north"):
        told = concluded(found, payload)
        assert "{" not in told["text"]
        assert any(net in told["text"] for net in SAFETY_NETS)
        assert told["urgent"] is found.assessment.tier.alarms
        if found.assessment.tier is Tier.EMERGENCY:
            assert "\n\n\n" not in told["text"]
            assert ("999" if payload else "emergency number") in told["text"]


OWN_COMPANY = {  # say who stays with whom, besides
    *("child_hurt_or_unexplained_injury", "early_pregnancy_pain_or_bleeding", "too_much_medicine"),
    *("older_suddenly_confused", "older_falls_or_blackout"),
}
EMERGENCIES = [
    flag for flag in FLAGS if Tier.EMERGENCY in (flag.tier, flag.if_unsure, *(tier for _, tier in flag.tiers))
]
LONGEST = max(
    ENGINE.knowledge.numbers.countries.values(), key=lambda one: len(f"{one.emergency}{one.crisis}{one.crisis_hours}")
)


@pytest.mark.parametrize("country", [None, LONGEST.iso])
@pytest.mark.parametrize("flag", EMERGENCIES, ids=lambda flag: flag.id)
def test_every_emergency_fits_into_one_message(flag: RedFlag, country: str | None) -> None:
    session = Session("1", FLOW.name, FLOW.hash, "emergency", started_at=0.0, touched_at=0.0, country=country)
    parts = ENGINE.talk.results.conclude(session, (Finding(flag, Tier.EMERGENCY),)).parts
    assert len(parts) == 1
    assert len(parts[0]) <= EMERGENCY_LENGTH, parts[0]
    sentences = re.split(r"(?<=[.!?])\s+", parts[0])
    assert len(set(sentences)) == len(sentences), "a sentence is said twice"
    assert len(re.findall(r"(?i)stay with|stay alone|travel alone", parts[0])) <= 1 + (flag.id in OWN_COMPANY)
    assert len(re.findall(r"(?i)do not drive", parts[0])) <= 1


def test_no_suspected_disease_is_named_to_a_patient() -> None:
    suspected = {name for flag in FLOW.red_flags.values() for name in _diseases(flag.suspected)}
    patterns = {name: re.compile(rf"\b{re.escape(name)}\b") for name in suspected}
    for ident, text in patient_texts(FLOW):
        named = [name for name, pattern in patterns.items() if pattern.search(text.lower())]
        assert not named, f"{ident} names {named}: {text}"


def _diseases(suspected: str) -> set[str]:
    names = {name.strip().lower() for name in re.split(r"[,;/()]| or | and ", suspected)}
    return {name for name in names if len(name) > 4} - EVERYDAY


def test_the_texts_are_easy_to_read() -> None:
    grades = {ident: reading_grade(text) for ident, text in patient_texts(FLOW) if len(text.split()) >= 8}
    assert median(grades.values()) <= GRADE
    assert sum(grade > GRADE + 4 for grade in grades.values()) < len(grades) / 50


# danger


def _unsure_about(question: Question) -> list[tuple[str, ...]]:
    """The ways to be not sure: on a list, each sign of the question that asks which."""
    follow_up = FLOW.questions.get(f"{question.id}_unsure")
    if follow_up is None:
        return [(question.id, UNSURE)] if question.choice(UNSURE) else []
    return [(follow_up.id, choice.id) for choice in follow_up.choices]


@pytest.mark.parametrize(
    ("question", "choice"), [way for question in DANGERS for way in _unsure_about(question)], ids=lambda part: str(part)
)
def test_not_sure_about_danger_is_never_nothing(question: str, choice: str) -> None:
    found = SEARCH.answering(question, choice, clarified=UNSURE)
    assert found, "no conversation asks this"
    assert found.assessment.tier is not Tier.NONE


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        (question.id, choice.id)
        for question in DANGERS
        if question.kind is Kind.MANY_OF and question.id in FLOW.order
        for choice in question.choices
        if choice.id not in (NONE, UNSURE)
    ],
    ids=lambda part: str(part),
)
def test_every_sign_on_a_list_counts_or_is_asked_further(question: str, choice: str) -> None:
    def matters(found: Found) -> bool:
        asked = {answer.question for answer in found.answers}
        clarified = any(flag.clarify in asked for flag in FLOW.red_flags.values() if flag.clarify)
        return bool(found.flags) or clarified

    assert SEARCH.answering(question, choice, goal=matters)
