"""Conditions that look at facts nobody makes, at values they never have, or at what is not concluded yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from bot.flow.clinical import Tier
from bot.flow.conditions import (
    ANY,
    CONCLUSIONS,
    NONE,
    UNSURE,
    Atom,
    Between,
    ChosenAtLeast,
    Condition,
    Fact,
    Includes,
    Is,
)
from bot.flow.models import FactDeclared, Flow
from bot.flow.not_sure import SUFFIX
from bot.flow.places import Places
from bot.flow.questions import Kind, Question

_Conclusions = Mapping[str, Set[str]]  # conclusion -> the values it may be compared with


@dataclass(frozen=True, slots=True)
class _Looked:
    """A condition of an entry, and the conclusions that are drawn before it is looked at."""

    section: str
    ident: str
    condition: Condition
    conclusions: _Conclusions


def check_conditions(flow: Flow, places: Places) -> None:
    """Report tests of a fact or a conclusion that can never be met, and facts set to a value they cannot have."""
    check = _Check(flow, places)
    for looked in _conditions(flow):
        for atom in looked.condition.atoms():
            check.atom(looked, atom)
    for question in flow.questions.values():
        for choice in question.choices:
            for name, fact in (*choice.sets, *choice.otherwise):
                check.made(question.id.removesuffix(SUFFIX), name, fact)


def _conditions(flow: Flow) -> Iterator[_Looked]:
    single: _Conclusions = {
        "red_flag": {ANY, *flow.red_flags},
        "tier": set(map(str, Tier)),
        "red_flag_count": set(),
    }
    screened = {**single, "red_flag": {ANY, *flow.red_flags, *(flag.id for flag in flow.combinations)}}
    concluded = {**screened, "reason": {ANY, *(reason.id for reason in flow.reasons)}}
    for flag in flow.red_flags.values():
        yield from _of("red_flags", flag.id, (flag.when, flag.unless, *(when for when, _ in flag.tiers)), {})
    for combination in flow.combinations:
        yield from _of("combinations", combination.id, (combination.when,), single)
    for stage in flow.stages:
        yield from _of("order", stage.id, (flow.only_if[node] for node in stage.nodes), screened)
    for route in flow.finish:
        yield from _of("finish", route.to, (route.when,), screened)
    earlier = {ANY}
    for reason in flow.reasons:
        before = {**screened, "reason": frozenset(earlier)}
        yield from _of("reasons", reason.id, (reason.when, *reason.stronger_if), before)
        earlier.add(reason.id)
    for step in flow.next_steps:
        yield from _of("next_steps", step.id, (step.when, step.unless), concluded)
    for outcome in flow.outcomes.values():
        yield from _of("outcomes", outcome.id, (part.when for part in outcome.parts), concluded)


def _of(section: str, ident: str, conditions: Iterable[Condition], conclusions: _Conclusions) -> Iterator[_Looked]:
    return (_Looked(section, ident, condition, conclusions) for condition in conditions)


class _Check:
    def __init__(self, flow: Flow, places: Places) -> None:
        self.flow, self.places = flow, places
        self.facts = {*flow.facts, *flow.questions}
        self.values = {question.id: _values(question) for question in flow.questions.values()}

    def atom(self, looked: _Looked, atom: Atom) -> None:
        question, declared = self.flow.questions.get(atom.fact), self.flow.facts.get(atom.fact)
        if atom.fact in CONCLUSIONS:
            self.conclusion(looked, atom)
        elif question is not None:
            self.of_question(looked, atom, question)
        elif declared is not None:
            self.of_declared(looked, atom, declared)
        else:
            self.places.known(looked.section, looked.ident, atom.fact, "fact", self.facts, atom.line)

    def problem(self, looked: _Looked, atom: Atom, what: str, remedy: str) -> None:
        self.places.problem(looked.section, looked.ident, what, remedy, atom.line)

    def known(self, looked: _Looked, atom: Atom, kind: str, names: Set[str]) -> None:
        for value in sorted(_compared(atom)):
            self.places.known(looked.section, looked.ident, value, kind, names, atom.line)

    def conclusion(self, looked: _Looked, atom: Atom) -> None:
        name = atom.fact
        if name not in looked.conclusions:
            self.problem(looked, atom, f"`{name}` is not known yet here.", "Look at facts instead.")
        elif name == "red_flag_count":
            if not isinstance(atom, Between):
                self.problem(looked, atom, "`red_flag_count` is a number.", "Write `{red_flag_count: {at_least: 2}}`.")
        elif not isinstance(atom, Is):
            remedy = f"Write `{{{name}: ...}}` or `{{{name}: [..]}}`."
            self.problem(looked, atom, f"`{name}` is compared with words.", remedy)
        else:
            kind = {"red_flag": "danger sign", "reason": "earlier reason"}.get(name, name)
            self.known(looked, atom, kind, looked.conclusions[name])

    def of_question(self, looked: _Looked, atom: Atom, question: Question) -> None:
        name, many = question.id, question.kind is Kind.MANY_OF
        if many and (isinstance(atom, Between) or (isinstance(atom, Is) and atom.values != {NONE})):
            remedy = f"Write `{{{name}: {{includes: ...}}}}` or `{{{name}: {{includes_any: [..]}}}}`."
            self.problem(looked, atom, f"`{name}` has many answers.", remedy)
        elif not many and isinstance(atom, Includes | ChosenAtLeast):
            self.problem(looked, atom, f"`{name}` has one answer, not many.", f"Write `{{{name}: value}}`.")
        elif isinstance(atom, Between) and not _can_be_number(question):
            self.problem(looked, atom, f"`{name}` is not a number.", f"Write `{{{name}: value}}`.")
        elif question.kind is not Kind.TEXT:
            for value in sorted(_compared(atom) - self.values[name]):
                self.never(looked, atom, question, value)

    def never(self, looked: _Looked, atom: Atom, question: Question, value: str) -> None:
        """A value that the question's fact never becomes."""
        name, choice = question.id, question.choice(value)
        if choice is None:
            kind = f"answer to `{name}` called"
            self.places.known(looked.section, looked.ident, value, kind, self.values[name], atom.line)
        else:
            what = f"choice `{value}` makes `{name}` not `{value}` but {_shown(choice.fact)}."
            self.problem(looked, atom, what, f"Write `{{{name}: {_test_of(choice.fact)}}}`.")

    def of_declared(self, looked: _Looked, atom: Atom, declared: FactDeclared) -> None:
        name = declared.id
        if isinstance(atom, Includes | ChosenAtLeast):
            self.problem(looked, atom, f"`{name}` is not a many_of.", f"Write `{{{name}: value}}`.")
        elif declared.numeric:
            if _compared(atom) - {UNSURE}:
                self.problem(looked, atom, f"`{name}` is a number.", f"Write `{{{name}: {{at_least: ...}}}}`.")
        elif isinstance(atom, Between):
            self.problem(looked, atom, f"`{name}` is not a number.", f"Write `{{{name}: value}}`.")
        else:
            self.known(looked, atom, f"value of `{name}` called", declared.said.keys())

    def made(self, question: str, name: str, fact: Fact) -> None:
        """A fact that a choice makes."""
        declared = self.flow.facts.get(name)
        if name in self.flow.questions:
            if fact not in self.values[name] and not self.flow.questions[name].kind.numeric:
                self.places.known("questions", question, str(fact), f"answer to `{name}` called", self.values[name])
        elif declared is None:
            self.places.known("questions", question, name, "fact", self.facts)
        elif not declared.numeric:
            self.places.known("questions", question, str(fact), f"value of `{name}` called", declared.said)
        elif isinstance(fact, str) and fact != UNSURE:
            self.places.problem("questions", question, f"`{name}` is a number.", f"Write `{{{name}: 3}}`.", name)


def _values(question: Question) -> set[str]:
    """The words that its fact can become."""
    if question.kind is Kind.MANY_OF:
        return {choice.id for choice in question.choices}
    return {choice.fact for choice in question.choices if isinstance(choice.fact, str)}


def _can_be_number(question: Question) -> bool:
    return question.kind.numeric or any(isinstance(choice.fact, float) for choice in question.choices)


def _compared(atom: Atom) -> Set[str]:
    """The words that an atom compares its fact with."""
    if isinstance(atom, Is):
        return atom.values
    return atom.choices if isinstance(atom, Includes) else frozenset()


def _shown(fact: Fact) -> str:
    return f"`{fact}`" if isinstance(fact, str) else f"{fact:g}"


def _test_of(fact: Fact) -> str:
    return str(fact) if isinstance(fact, str) else f"{{between: [{fact:g}, {fact:g}]}}"
