"""The language of conditions, as one table: what is written, what is known, what follows."""

from __future__ import annotations

import pytest

from bot.flow.condition_reader import parse_condition, read_condition
from bot.flow.conditions import ALWAYS, NEVER, Atom, Condition, Fact, named_values, tells
from bot.flow.yaml_source import Fields, Report, read_yaml

KNOWN: dict[str, Fact] = {
    "trend": "worse",
    "weeks": 6.0,
    "tests": frozenset({"mri", "xray"}),
    "nothing": frozenset({"none"}),
    "cold": "unsure",
    "list": frozenset({"unsure"}),
    "red_flag": frozenset({"hot_joint"}),
    "reason": frozenset[str](),
}


def condition(text: str) -> Condition:
    report = Report([])
    read = parse_condition(read_yaml("a.yaml", text, report), "entry", report)
    assert report.problems == []
    return read


# condition, holds, possible, certain
TABLE = [
    ("{trend: worse}", True, True, True),
    ("{trend: [better, worse]}", True, True, True),
    ("{trend: better}", False, False, False),
    ("{trend: answered}", True, True, True),
    ("{trend: unanswered}", False, False, False),
    ("{unasked: yes}", False, False, False),
    ("{unasked: unanswered}", True, True, True),
    ("{weeks: {at_least: 6}}", True, True, True),
    ("{weeks: {at_least: 7}}", False, False, False),
    ("{weeks: {at_most: 6}}", True, True, True),
    ("{weeks: {at_most: 5}}", False, False, False),
    ("{weeks: {between: [6, 6]}}", True, True, True),
    ("{weeks: {at_least: 2, at_most: 5}}", False, False, False),
    ("{trend: {at_least: 0}}", False, False, False),
    ("{tests: {includes: mri}}", True, True, True),
    ("{tests: {includes_any: [ct, mri]}}", True, True, True),
    ("{tests: {includes_all: [ct, mri]}}", False, False, False),
    ("{trend: {includes: worse}}", False, False, False),
    ("{tests: {chosen_at_least: 2}}", True, True, True),
    ("{tests: {chosen_at_least: 3}}", False, False, False),
    ("{nothing: {chosen_at_least: 1}}", False, False, False),
    ("{nothing: none}", True, True, True),
    ("{trend: worse, weeks: {at_most: 5}}", False, False, False),
    ("{all: [{trend: worse}, {weeks: {at_least: 6}}]}", True, True, True),
    ("{any: [{trend: better}, {weeks: {at_least: 6}}]}", True, True, True),
    ("{any: [{trend: better}, {trend: same}]}", False, False, False),
    ("{any: [{unasked: yes}, {unheard: unanswered}]}", True, True, True),
    ("{any: [{unasked: yes}, {not: {unheard: yes}}]}", True, True, True),
    ("{all: [{unasked: unanswered}, {not: {unheard: yes}}]}", True, True, True),
    ("{not: {trend: worse}}", False, False, False),
    ("{not: {trend: better}}", True, True, True),
    ("{red_flag: any}", True, True, True),
    ("{reason: any}", False, False, False),
    # "unsure" is neither yes nor no: both stay possible, neither is certain
    ("{cold: yes}", False, True, False),
    ("{cold: no}", False, True, False),
    ("{cold: unsure}", True, True, True),
    ("{cold: {at_least: 3}}", False, True, False),
    ("{not: {cold: yes}}", True, True, False),
    ("{not: {not: {cold: yes}}}", False, True, False),
    ("{not: {cold: [yes, unsure]}}", False, False, False),
    ("{all: [{trend: worse}, {cold: yes}]}", False, True, False),
    ("{any: [{trend: better}, {cold: yes}]}", False, True, False),
    ("{any: [{trend: worse}, {cold: yes}]}", True, True, True),
    ("{not: {all: [{trend: worse}, {cold: yes}]}}", True, True, False),
    ("{not: {any: [{trend: better}, {cold: yes}]}}", True, True, False),
    ("{list: {includes: fever}}", False, True, False),
    ("{list: {chosen_at_least: 1}}", False, True, False),
    ("{nothing: {includes: fever}}", False, False, False),
]


@pytest.mark.parametrize(("text", "holds", "possible", "certain"), TABLE, ids=[row[0] for row in TABLE])
def test_conditions(text: str, holds: bool, possible: bool, certain: bool):
    read = condition(text)
    assert (read.holds(KNOWN), read.possible(KNOWN), read.certain(KNOWN)) == (holds, possible, certain)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("{weeks: {at_least: 6}, trend: worse}", ("weeks", "trend")),
        ("{any: [{trend: better}, {tests: {includes: mri}}, {weeks: answered}]}", ("tests", "weeks")),
        ("{all: [{trend: worse}, {any: [{trend: worse}, {cold: yes}]}]}", ("trend",)),
        ("{all: [{trend: worse}, {weeks: {at_most: 2}}]}", ()),
        ("{not: {trend: better}}", ()),
        ("{trend: better}", ()),
        ("{unasked: unanswered}", ()),
        ("{unasked: answered}", ()),
    ],
)
def test_the_evidence_is_what_the_patient_said_that_makes_it_true(text: str, evidence: tuple[str, ...]):
    assert condition(text).evidence(KNOWN) == evidence


def test_a_condition_names_every_fact_it_looks_at():
    read = condition("{all: [{trend: worse}, {not: {any: [{weeks: answered}, {tests: {includes: mri}}]}}]}")
    assert read.names() == {"trend", "weeks", "tests"}


def test_a_condition_knows_the_line_of_each_test():
    read = condition("all:\n  - {trend: worse}\n  - weeks:\n      at_least: 6\n")
    assert [(atom.fact, atom.line) for atom in read.atoms()] == [("trend", 2), ("weeks", 4)]


def test_the_reasons_a_step_answers_are_those_it_names_and_does_not_exclude():
    read = condition("{all: [{any: [{reason: [a, b]}, {trend: c}]}, {not: {reason: d}}]}")
    assert named_values(read, "reason") == {"a", "b"}


def test_nothing_asked_is_always_true_and_no_way_is_never():
    assert (ALWAYS.holds({}), ALWAYS.possible({}), ALWAYS.certain({})) == (True, True, True)
    assert (NEVER.holds({}), NEVER.possible({}), NEVER.certain({})) == (False, False, False)


def test_a_condition_left_out_is_the_default():
    entry = Fields(read_yaml("a.yaml", "when: {trend: worse}", Report([])), "entry", Report([]))
    assert read_condition(entry, "when", NEVER).holds(KNOWN)
    assert read_condition(entry, "unless", NEVER) is NEVER


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        ("{cold: yes}", ["yes", "unsure", frozenset({"yes"})], ["no", 3.0, frozenset({"no"})]),
        ("{cold: no}", ["no", "unsure"], ["yes"]),
        ("{cold: {at_least: 2}}", [2.0, "unsure"], [1.0, "no"]),
        ("{cold: {includes: toes}}", [frozenset({"toes"}), frozenset({"unsure"})], [frozenset({"none"}), "yes"]),
        ("{cold: answered}", ["yes", "no", 1.0], []),
        ("{cold: unanswered}", ["yes", "no", 1.0], []),
    ],
)
def test_a_value_is_told_from_one_that_is_not_known_where_any_reading_differs(
    text: str, told: list[Fact], not_told: list[Fact]
):
    atom = condition(text)
    assert isinstance(atom, Atom)
    assert [value for value in [*told, *not_told] if tells(atom, value)] == told
