"""Which danger signs the facts show, and how urgent they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.clinical import Evidence, RedFlag, Tier
from bot.flow.condition_reader import parse_condition
from bot.flow.conditions import NEVER, Condition, Fact
from bot.flow.models import Flow
from bot.flow.yaml_source import Report, read_yaml
from bot.triage.screening import Finding, Screening, combine, judge, merged, screen, with_findings
from tests.support.small_flow import small_flow

EMERGENCY, SAME_DAY, SOON = Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON


@pytest.fixture(scope="module")
def flow() -> Flow:
    return small_flow()


def condition(text: str) -> Condition:
    return parse_condition(read_yaml("a.yaml", text, Report([])), "", Report([]))


def flag(
    when: str = "{cold: yes}", unless: str = "", tiers: dict[str, Tier] | None = None, if_unsure: Tier = SOON
) -> RedFlag:
    return RedFlag(
        id="cold_leg",
        tier=SAME_DAY,
        question="Is your leg cold?",
        signs="a cold leg",
        why="It may need help.",
        when=condition(when),
        evidence=Evidence("RF-1"),
        unless=condition(unless) if unless else NEVER,
        tiers=tuple((condition(text), tier) for text, tier in (tiers or {}).items()),
        if_unsure=if_unsure,
    )


# the flag, what is known, the urgency, resting on "not sure"
TABLE: list[tuple[RedFlag, dict[str, Fact], Tier | None, bool]] = [
    (flag(), {"cold": "yes"}, SAME_DAY, False),
    (flag(), {"cold": "no"}, None, False),
    (flag(), {}, None, False),
    (flag(), {"cold": "unsure"}, SOON, True),
    (flag(if_unsure=EMERGENCY), {"cold": "unsure"}, EMERGENCY, True),
    (flag(unless="{old: yes}"), {"cold": "yes", "old": "yes"}, None, False),
    (flag(unless="{old: yes}"), {"cold": "yes", "old": "unsure"}, SAME_DAY, False),
    (flag(unless="{not: {new: yes}}"), {"cold": "yes", "new": "no"}, None, False),
    (flag(unless="{not: {new: yes}}"), {"cold": "yes", "new": "unsure"}, SAME_DAY, False),
    (flag(tiers={"{numb: yes}": EMERGENCY}), {"cold": "yes", "numb": "yes"}, EMERGENCY, False),
    (flag(tiers={"{numb: yes}": EMERGENCY}), {"cold": "unsure", "numb": "yes"}, EMERGENCY, True),
    (flag(tiers={"{numb: yes}": EMERGENCY, "{pink: yes}": SOON}), {"cold": "yes", "pink": "yes"}, SOON, False),
    (flag(tiers={"{not: {numb: yes}}": SOON}), {"cold": "yes", "numb": "no"}, SOON, False),
    (flag(tiers={"{not: {numb: yes}}": SOON}), {"cold": "yes", "numb": "unsure"}, SAME_DAY, False),
    (flag(tiers={"{pink: yes}": SOON}, if_unsure=EMERGENCY), {"cold": "unsure", "pink": "yes"}, EMERGENCY, True),
]


@pytest.mark.parametrize(("judged", "known", "tier", "unsure"), TABLE)
def test_a_flag_counts_with_its_urgency(judged: RedFlag, known: dict[str, Fact], tier: Tier | None, unsure: bool):
    assert judge(judged, known) == (Finding(judged, tier, unsure) if tier else None)


def test_what_is_not_clear_is_asked_before_it_counts(flow: Flow):
    hot = flow.red_flags["hot_joint"]
    assert judge(hot, {"joint_hot": "yes"}) == "joint_since"
    assert judge(hot, {"joint_hot": "unsure"}) == "joint_since"
    assert judge(hot, {"joint_hot": "yes", "joint_since": "days"}) == Finding(hot, SAME_DAY)
    assert judge(hot, {"joint_hot": "yes", "joint_since": "unsure"}) == Finding(hot, SAME_DAY)
    assert judge(hot, {"joint_hot": "yes", "joint_since": "years"}) is None


def test_where_nothing_can_be_asked_it_counts_as_it_stands(flow: Flow):
    hot = flow.red_flags["hot_joint"]
    assert judge(hot, {"joint_hot": "yes"}, can_ask=False) == Finding(hot, SAME_DAY)


def test_a_screening_puts_the_most_urgent_first_and_names_what_to_ask(flow: Flow):
    hot, feverish = flow.red_flags.values()
    known: dict[str, Fact] = {"fever": "yes", "joint_hot": "yes"}
    asking = screen(flow, known)
    assert (asking.findings, asking.to_clarify) == ((Finding(feverish, EMERGENCY),), ("joint_since",))
    settled = screen(flow, {**known, "joint_since": "days"})
    assert settled.findings == (Finding(feverish, EMERGENCY), Finding(hot, SAME_DAY))
    assert settled.to_clarify == ()


def test_only_flags_that_an_answer_touches_are_screened_again(flow: Flow):
    known: dict[str, Fact] = {"fever": "yes", "joint_hot": "no"}
    assert [finding.flag.id for finding in screen(flow, known, {"fever": None}).findings] == ["feverish"]
    known |= {"weeks": 3.0, "unheard_of": "yes"}
    assert screen(flow, known, {"weeks": None, "unheard_of": "no"}) == Screening()


def test_a_sign_that_is_denied_touches_only_flags_that_tell_it_from_one_not_spoken_of(flow: Flow):
    hot, feverish = flow.red_flags.values()
    assert flow.flags_heeding("joint_hot", "yes") == (hot, feverish)
    assert flow.flags_heeding("joint_hot", "unsure") == (hot, feverish)
    assert flow.flags_heeding("joint_hot", "no") == ()
    assert flow.flags_heeding("joint_since", "no") == (hot,)  # it is clarified now


def test_a_fact_that_was_known_is_screened_whatever_it_becomes():
    """Denied, it may no longer be what ruled a flag out."""
    ruled_out = replace(flag("{all: [{cold: yes}, {not: {toes: warm}}]}"), id="ruled_out")
    flow = replace(small_flow(), red_flags={"ruled_out": ruled_out})
    known: dict[str, Fact] = {"cold": "yes", "toes": "no"}
    assert screen(flow, known, {"toes": None}) == Screening()
    assert screen(flow, known, {"toes": "warm"}).findings == (Finding(ruled_out, SAME_DAY),)


def test_a_flag_that_rests_on_denials_alone_is_screened_by_each_of_them():
    unmoved = replace(flag("{not: {toes: warm}}"), id="unmoved")
    flow = replace(small_flow(), red_flags={"unmoved": unmoved})
    assert screen(flow, {"toes": "no"}, {"toes": None}).findings == (Finding(unmoved, SAME_DAY),)


def test_what_was_stated_before_stays_as_urgent_and_as_sure(flow: Flow):
    hot, feverish = flow.red_flags.values()
    assert merged([Finding(hot, SAME_DAY, unsure=True)], [Finding(hot, SOON)]) == (Finding(hot, SAME_DAY),)
    assert merged([Finding(hot, SOON)], [Finding(hot, SAME_DAY, unsure=True)]) == (Finding(hot, SAME_DAY),)
    assert merged([Finding(hot, SOON, unsure=True)], [Finding(hot, SOON, unsure=True)]) == (Finding(hot, SOON, True),)
    assert merged([Finding(hot, SOON)], [Finding(feverish, EMERGENCY)]) == (
        Finding(feverish, EMERGENCY),
        Finding(hot, SOON),
    )


def test_flags_together_can_be_more_urgent_than_each(flow: Flow):
    feverish, both = Finding(flow.red_flags["feverish"], SOON), Finding(flow.combinations[0], SAME_DAY)
    assert combine(flow, {"trend": "same"}, (feverish,)) == (feverish,)
    assert combine(flow, {"trend": "worse"}, (feverish,)) == (both, feverish)


def test_a_combination_is_concluded_anew_each_time_but_an_alarm_stays(flow: Flow):
    feverish, both = Finding(flow.red_flags["feverish"], SOON), Finding(flow.combinations[0], SAME_DAY)
    mild = Finding(flow.combinations[0], SOON)
    assert combine(flow, {"trend": "worse"}, (both, feverish)) == (both, feverish)
    assert combine(flow, {"trend": "same"}, (mild, feverish)) == (feverish,)
    assert combine(flow, {"trend": "same"}, (both, feverish)) == (both, feverish)


def test_conclusions_join_the_facts_and_a_combination_is_not_counted_as_another_flag(flow: Flow):
    findings = (Finding(flow.combinations[0], SAME_DAY), Finding(flow.red_flags["feverish"], SOON))
    assert with_findings({"trend": "worse"}, findings) == {
        "trend": "worse",
        "red_flag": frozenset({"fever_and_worse", "feverish"}),
        "tier": "same_day",
        "red_flag_count": 1.0,
    }
    assert with_findings({}, ()) == {"red_flag": frozenset(), "tier": "none", "red_flag_count": 0.0}
