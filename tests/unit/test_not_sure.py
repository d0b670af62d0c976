""" "Not sure" on a list of danger signs: offered by itself, and never taken as "no"."""

from __future__ import annotations

import pytest

from bot.flow.answers import Answer, facts_of
from bot.flow.models import Flow
from tests.support.small_flow import FILES, small_flow

CLARIFIED_BY_A_LIST = """
  - id: joint_since
    kind: many_of
    danger: yes
    ask: Since when?
    choices:
      - {id: days, label: For days, sets: {fever: yes}}
      - {id: years, label: For years, sets: {joint_hot: no}}
      - {id: none, label: None of these}
"""


@pytest.fixture(scope="module")
def flow() -> Flow:
    return small_flow()


def test_a_danger_list_offers_not_sure_before_none(flow: Flow):
    signs = flow.questions["signs"]
    assert [(choice.id, choice.exclusive) for choice in signs.choices] == [
        ("fever", False),
        ("joint", False),
        ("unsure", True),
        ("none", True),
    ]
    assert signs.choices[2].label == flow.messages["not_sure"]


def test_other_lists_do_not(flow: Flow):
    assert flow.questions["feels"].choice("unsure") is None


def test_whoever_is_not_sure_is_asked_next_of_which_sign(flow: Flow):
    which = flow.questions["signs_unsure"]
    assert flow.order.index("signs_unsure") == flow.order.index("signs") + 1
    assert (which.ask, which.picture) == (flow.messages["not_sure_which"], None)
    asked = flow.only_if["signs_unsure"]
    assert asked.holds(facts_of(flow, [Answer("signs", ("unsure",))]))
    assert not asked.holds(facts_of(flow, [Answer("signs", ("fever",))]))


def test_only_the_signs_named_are_unsure(flow: Flow):
    facts = facts_of(flow, [Answer("signs", ("unsure",)), Answer("signs_unsure", ("joint",))])
    assert facts["joint_hot"] == "unsure"
    assert "fever" not in facts


def test_whoever_cannot_say_which_leaves_it_unclear(flow: Flow):
    assert flow.questions["signs_unsure"].choices[-1].label == flow.messages["not_sure_cannot_say"]
    facts = facts_of(flow, [Answer("signs", ("unsure",)), Answer("signs_unsure", ("none",))])
    assert facts["danger_unclear"] == "yes"
    assert "fever" not in facts


def test_a_list_outside_the_order_makes_all_its_signs_unsure_at_once():
    flow = small_flow(questions=_with_list(), red_flags=FILES["red_flags.yaml"].replace("years}", "{includes: years}}"))
    assert "joint_since_unsure" not in flow.questions
    facts = facts_of(flow, [Answer("joint_since", ("unsure",))])
    assert (facts["fever"], facts["joint_hot"]) == ("unsure", "unsure")


def _with_list() -> str:
    before, _, rest = FILES["questions.yaml"].partition("  - id: joint_since\n")
    return before + CLARIFIED_BY_A_LIST.lstrip("\n") + rest[rest.index("  - id: trend") :]


def test_an_author_may_word_not_sure_for_a_list():
    own = FILES["questions.yaml"].replace(
        "      - {id: none, label: None of these}\n  - id: joint_since",
        "      - {id: unsure, label: Perhaps, sets: {fever: unsure}, exclusive: yes}\n"
        "      - {id: none, label: None of these}\n  - id: joint_since",
    )
    flow = small_flow(questions=own)
    assert [choice.label for choice in flow.questions["signs"].choices] == [
        "Fever or chills",
        "A hot joint",
        "Perhaps",
        "None of these",
    ]
    assert "signs_unsure" not in flow.order
