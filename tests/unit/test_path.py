"""Places: following an answer and replaying them all lead to the same."""

from __future__ import annotations

import pytest

from bot.dialogue.machine import START, FlowMachine
from bot.dialogue.path import Path
from bot.flow.answers import AnswerValue
from bot.flow.clinical import Tier
from bot.triage.screening import Finding
from tests.support.dialogue_flow import dialogue_flow

PATH = Path(dialogue_flow())
CALM = {"who": "me", "signs": ("none",), "months": "few", "when_calm": "no", "tried": ("rest",)}


def flag(ident: str, tier: Tier) -> Finding:
    return Finding(PATH.flow.red_flags[ident], tier)


@pytest.mark.parametrize(
    "answers",
    [
        CALM,
        {"who": "other", "signs": ("rash",), "rash_spreads": "yes", "months": 60.0, "when_soon": "no"},
        {"who": "me", "signs": ("numb", "calf"), "numb_is_new": "old"},
        {**CALM, "more_detail": "yes", "deeper": "yes"},
    ],
)
def test_following_and_replaying_agree(answers: dict[str, AnswerValue]) -> None:
    place = PATH.begin()
    for question, value in answers.items():
        if place.node in PATH.flow.outcomes:
            assert question in PATH.flow.outcomes[place.node].offers
        place = PATH.follow(place if place.node == question else _at(place, question), value)
    replayed = PATH.replay(answers)
    assert (replayed.node, replayed.answers, replayed.findings) == (place.node, place.answers, place.findings)
    assert (replayed.pending, replayed.facts) == (place.pending, place.facts)


def _at(place, question):  # type: ignore[no-untyped-def]  # an offer, taken at an outcome
    from dataclasses import replace

    return replace(place, node=question)


def test_a_replay_stops_where_an_answer_is_missing() -> None:
    place = PATH.replay({**CALM, "months": 4.0, "words": "off the path"})
    assert place.node == "result"
    del (answers := dict(CALM))["months"]
    place = PATH.replay(answers)
    assert place.node == "months"
    assert place.asked == {"who", "signs"}


def test_standing_flags_that_wait_count_on_the_way() -> None:
    place = PATH.replay({"who": "me", "signs": ("none",), "months": "few"}, (flag("hot_flag", Tier.SOON),))
    assert place.node == "when_soon"


def test_standing_alarms_end_it_and_lose_no_answer() -> None:
    place = PATH.replay(CALM, (flag("chest_flag", Tier.EMERGENCY),))
    assert place.node == "emergency"
    assert place.asked == CALM.keys()


def test_standing_flags_combine() -> None:
    place = PATH.replay(CALM, (flag("hot_flag", Tier.SOON), flag("rash_flag", Tier.SOON)))
    assert place.node == "same_day"


def test_an_emergency_does_not_wait_for_a_clarifying_question() -> None:
    place = PATH.replay({"who": "me", "signs": ("numb", "chest")})
    assert place.node == "emergency"
    assert place.pending == ("numb_is_new",)


def test_the_machine_knows_which_ends_are_alarms() -> None:
    machine = FlowMachine(dialogue_flow())
    assert machine.alarms("emergency")
    assert machine.alarms(machine.alarm("who", Tier.SAME_DAY))
    assert not machine.alarms("result")
    assert not machine.alarms("who")


def test_the_machine_visits_what_is_kept_whatever_its_condition() -> None:
    machine = FlowMachine(dialogue_flow())
    assert machine.after("months", {"tier": "none"}, frozenset()) == "when_calm"
    assert machine.after("months", {"tier": "none"}, frozenset(), frozenset({"when_soon"})) == "when_soon"
    assert machine.after("months", {"tier": "none"}, frozenset({"when_calm"})) == "tried"
    assert machine.after(START, {}, frozenset()) == "who"
    assert machine.clarify("who", "numb_is_new") == "numb_is_new"
