"""Finds answers that lead to a goal: back from conditions to the choices that make their facts, then forward to check.

Seeded, so that it finds the same answers every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from bot.dialogue.engine import Engine
from bot.dialogue.path import Place
from bot.flow.answers import Answer, AnswerValue, facts_made, quotes
from bot.flow.clinical import Tier
from bot.flow.conditions import (
    ALWAYS,
    ANY,
    NONE,
    UNSURE,
    AllOf,
    AnyOf,
    Atom,
    Between,
    ChosenAtLeast,
    Condition,
    Fact,
    Includes,
    Is,
    Known,
)
from bot.flow.models import Flow
from bot.flow.questions import Kind, Question
from bot.triage.assessment import Assessment, assess

TRIES = 400
DEPTH = 6  # questions that are asked only because of others
DOUBTS = 0.1  # how often "not sure" is tried instead

Wanted = dict[str, set[str] | float]  # question -> choices, or a number that is typed


@dataclass(frozen=True)
class Found:
    """A conversation from hello to an outcome: the answers in the order given."""

    answers: tuple[Answer, ...]
    node: str
    assessment: Assessment

    @property
    def flags(self) -> frozenset[str]:
        """The red flags it ends with."""
        return frozenset(finding.flag.id for finding in self.assessment.red_flags)

    def gave(self, question: str, value: AnswerValue) -> bool:
        """Was this among the answers?"""
        return Answer(question, value) in self.answers


Goal = Callable[[Found], bool]


class Search:
    """Looks for conversations over one engine's flow."""

    def __init__(self, engine: Engine) -> None:
        self.flow: Flow = engine.flow
        self._path = engine.talk.path
        self._makers = _makers(self.flow)

    def find(self, condition: Condition, goal: Goal, seed: str) -> Found | None:
        """A conversation that satisfies the goal, made by answers that satisfy the condition."""
        random = Random(seed)
        for attempt in range(TRIES):
            wanted: Wanted = {}
            self._want(condition, wanted, random, DEPTH)
            found = self._walk(wanted, random, harmless=attempt % 4 < 3)
            if goal(found):
                return found
        return None

    def harmless(self) -> Found:
        """A conversation without any danger sign."""
        return self._walk({}, Random("harmless"), harmless=True)

    def answering(
        self, question: str, *choices: str, goal: Goal = lambda found: True, clarified: str | None = None
    ) -> Found | None:
        """A conversation in which this question gets this answer; clarifying ones get `clarified` where they can."""
        many = self.flow.questions[question].kind is Kind.MANY_OF
        value: AnswerValue = choices if many else choices[0]
        random = Random(f"{question} {choices}")
        for _ in range(TRIES):
            wanted: Wanted = {}
            self._reach(question, wanted, random, DEPTH)
            for flag in self.flow.red_flags.values() if clarified else ():
                if flag.clarify and self.flow.questions[flag.clarify].choice(clarified):
                    wanted[flag.clarify] = {str(clarified)}
            found = self._walk({**wanted, question: set(choices)}, random, harmless=True)
            if found.gave(question, value) and goal(found):
                return found
        return None

    # backwards: what must be answered

    def _want(self, condition: Condition, wanted: Wanted, random: Random, depth: int) -> None:
        if isinstance(condition, AllOf):
            for part in condition.parts:
                self._want(part, wanted, random, depth)
        elif isinstance(condition, AnyOf) and condition.parts:
            self._want(random.choice(condition.parts), wanted, random, depth)
        elif isinstance(condition, Atom):
            self._want_atom(condition, wanted, random, depth)

    def _want_atom(self, atom: Atom, wanted: Wanted, random: Random, depth: int) -> None:
        if atom.fact in ("red_flag", "tier", "reason", "red_flag_count"):
            for condition in self._behind(atom, random):
                self._want(condition, wanted, random, depth)
            return
        doubts = random.random() < DOUBTS  # "not sure" may raise a flag where "yes" raises another
        makers = self._makers.get(atom.fact, ())
        options = [(q, c) for q, c, fact in makers if (fact == UNSURE if doubts else _satisfies(atom, fact))]
        if isinstance(atom, Includes | ChosenAtLeast):
            count = len(atom.choices) if isinstance(atom, Includes) else int(atom.count)
            chosen = [(q, c) for q, c, _ in makers if q == atom.fact and c != NONE]
            allowed = [pair for pair in chosen if not isinstance(atom, Includes) or pair[1] in atom.choices]
            options = random.sample(allowed, min(count, len(allowed)))
            for option in options:
                self._answer(*option, wanted, random, depth)
        elif options:
            self._answer(*random.choice(options), wanted, random, depth)
        elif isinstance(atom, Between) and atom.fact in self.flow.questions:
            wanted[atom.fact] = max(atom.low, self.flow.questions[atom.fact].at_least)
            self._reach(atom.fact, wanted, random, depth)

    def _answer(self, question: str, choice: str, wanted: Wanted, random: Random, depth: int) -> None:
        many = self.flow.questions[question].kind is Kind.MANY_OF
        before = wanted.get(question)
        wanted[question] = {choice, *(before if many and isinstance(before, set) else ())}
        self._reach(question, wanted, random, depth)

    def _reach(self, question: str, wanted: Wanted, random: Random, depth: int) -> None:
        """Want what the question is asked for: its condition in the order, or the flag that it clarifies."""
        if depth == 0:
            return
        if question in self.flow.order:
            self._want(self.flow.only_if[question], wanted, random, depth - 1)
            return
        flags = [flag for flag in self.flow.red_flags.values() if flag.clarify == question]
        if flags and not any(_satisfiable(flag.when, wanted) for flag in flags):
            self._want(random.choice(flags).when, wanted, random, depth - 1)

    def _behind(self, atom: Atom, random: Random) -> Iterator[Condition]:
        flags = self.flow.red_flags
        if isinstance(atom, Is) and atom.fact == "reason":
            names = [r.when for r in self.flow.reasons if r.id in atom.values or ANY in atom.values]
            yield random.choice(names)
        elif isinstance(atom, Is) and atom.fact == "red_flag":
            combined = {flag.id: flag for flag in self.flow.combinations}
            named = [{**flags, **combined}[name] for name in atom.values if name != ANY] or list(flags.values())
            yield random.choice(named).when
        elif isinstance(atom, Is):
            yield random.choice([flag.when for flag in flags.values() if str(flag.tier) in atom.values] or [ALWAYS])
        else:
            soon = [flag.when for flag in flags.values() if flag.tier is Tier.SOON]
            yield AllOf(tuple(random.sample(soon, 3)))

    # forwards: what it leads to

    def _walk(self, wanted: Wanted, random: Random, *, harmless: bool) -> Found:
        path, place = self._path, self._path.begin()
        while place.node not in self.flow.outcomes or self._offer(place, wanted):
            node = self._offer(place, wanted) or place.node
            question = self.flow.questions[node]
            value = _value(question, wanted[node]) if node in wanted else _default(question, random, harmless=harmless)
            place = path.follow(replace(place, node=node), value)
        said = quotes(self.flow, place.facts, place.answers)
        return Found(place.answers, place.node, assess(self.flow, place.facts, place.findings, said))

    def _offer(self, place: Place, wanted: Wanted) -> str | None:
        if place.node not in self.flow.outcomes:
            return None
        offers = self.flow.outcomes[place.node].offers
        return next((offer for offer in offers if offer in wanted and offer not in place.asked), None)


def _makers(flow: Flow) -> Mapping[str, list[tuple[str, str, Fact]]]:
    """Fact -> the choices that make it, each with the value it makes."""
    makers: dict[str, list[tuple[str, str, Fact]]] = {}
    for question in flow.questions.values():
        for choice in question.choices:
            value: AnswerValue = (choice.id,) if question.kind is Kind.MANY_OF else choice.id
            for name, fact in facts_made(question, value):
                makers.setdefault(name, []).append((question.id, choice.id, fact))
    return makers


def _satisfies(atom: Atom, fact: Fact) -> bool:
    return atom.answered if isinstance(atom, Known) else atom.holds({atom.fact: fact})


def _satisfiable(condition: Condition, wanted: Wanted) -> bool:
    return any(atom.fact in wanted for atom in condition.atoms())


def _value(question: Question, wanted: set[str] | float) -> AnswerValue:
    if not isinstance(wanted, set):
        return float(wanted)
    ticks = tuple(choice.id for choice in question.choices if choice.id in wanted)
    if question.kind is not Kind.MANY_OF:
        return ticks[0]
    alone = [choice.id for choice in question.choices if choice.id in wanted and choice.exclusive]
    return (alone[0],) if alone and len(ticks) > 1 else ticks


def _default(question: Question, random: Random, *, harmless: bool) -> AnswerValue:
    """An answer that nobody wanted: no danger sign; else the first or any."""
    ids = [choice.id for choice in question.choices]
    if question.kind is Kind.MANY_OF:
        return (NONE,) if harmless or random.random() < 0.7 else (random.choice(ids),)
    calm = next(
        (ident for ident in ("no", "none", "old", "same", "ache", "slowly", "me_16_44") if ident in ids), ids[0]
    )
    return calm if question.danger and harmless else random.choice(ids)
