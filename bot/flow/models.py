"""A whole flow, and its nodes that ask nothing. Frozen values; the loader builds them, nobody changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.flow.clinical import NextStep, Reason, RedFlag, Reference, Topic
from bot.flow.conditions import AnyOf, Condition, Fact
from bot.flow.lexicon import Lexicon
from bot.flow.questions import Question

_REMEMBERED = 1000  # facts: more than the choices of a large flow make


@dataclass(frozen=True, slots=True)
class Notice:
    """A node that tells something and goes on."""

    id: str
    say: str


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an outcome, shown where `when` holds and nothing it names in braces is empty."""

    when: Condition
    say: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A node that ends the questions."""

    id: str
    parts: tuple[Part, ...]
    offers: tuple[str, ...] = ()  # what can be tapped afterwards


@dataclass(frozen=True, slots=True)
class Route:
    """A way out of a node: the first whose condition holds is taken."""

    when: Condition
    to: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the order of questions."""

    id: str
    nodes: tuple[str, ...]
    about: int = 0  # about how many questions a patient who passes through it answers in all


@dataclass(frozen=True, slots=True)
class FactDeclared:
    """A fact that answers make besides the questions' own."""

    id: str
    said: Mapping[str, str | None]  # value -> what the patient said; empty for numbers
    number_said: str | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Flow:
    """A conversation's map with everything clinical in it, checked."""

    name: str
    title: str
    hash: str  # of the files' content
    questions: Mapping[str, Question]
    notices: Mapping[str, Notice]
    outcomes: Mapping[str, Outcome]
    stages: tuple[Stage, ...]
    only_if: Mapping[str, Condition]  # node in the order -> when it is visited
    finish: tuple[Route, ...]
    facts: Mapping[str, FactDeclared]
    red_flags: Mapping[str, RedFlag]
    combinations: tuple[RedFlag, ...]
    reasons: tuple[Reason, ...]
    next_steps: tuple[NextStep, ...]
    topics: tuple[Topic, ...]
    messages: Mapping[str, str]
    references: tuple[Reference, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    lexicon: Lexicon = field(default_factory=Lexicon)
    danger_answers_hold: int = 24  # hours after which questions about danger are asked again

    @cached_property
    def ageing(self) -> frozenset[str]:
        """The questions whose answers count only for a while: all that can rule out a danger sign."""
        clarifying = {flag.clarify for flag in self.red_flags.values() if flag.clarify}
        return frozenset({ident for ident, asked in self.questions.items() if asked.danger or asked.ages} | clarifying)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes in the order they are visited."""
        return tuple(node for stage in self.stages for node in stage.nodes)

    @cached_property
    def stage_of(self) -> Mapping[str, Stage]:
        """The stage a node stands in."""
        return {node: stage for stage in self.stages for node in stage.nodes}

    @cached_property
    def flags_by_fact(self) -> Mapping[str, tuple[RedFlag, ...]]:
        """The red flags that a fact can raise or change."""
        touched: dict[str, list[RedFlag]] = {}
        for flag in self.red_flags.values():
            for name in flag.names:
                touched.setdefault(name, []).append(flag)
        return {name: tuple(flags) for name, flags in touched.items()}

    @cached_property
    def flags_heeding(self) -> Callable[[str, Fact], tuple[RedFlag, ...]]:
        """The red flags that a fact can raise or change by becoming known: few, as most answers deny a sign.

        Only for facts of `flags_by_fact`: raises KeyError for others, and what patients write is not remembered here.
        """
        return lru_cache(_REMEMBERED)(self._flags_heeding)

    def _flags_heeding(self, name: str, fact: Fact) -> tuple[RedFlag, ...]:
        return tuple(flag for flag in self.flags_by_fact[name] if flag.heeds(name, fact))

    @cached_property
    def any_combination(self) -> Condition:
        """Holds where any combination does. While nothing is known that one needs, it tells so at once."""
        return AnyOf(tuple(flag.when for flag in self.combinations))

    @cached_property
    def steps_by_id(self) -> Mapping[str, NextStep]:
        """Next steps by id."""
        return {step.id: step for step in self.next_steps}

    def flag(self, ident: str) -> RedFlag | None:
        """A red flag or combination by id."""
        return self._all_flags.get(ident)

    @cached_property
    def flag_places(self) -> Mapping[str, int]:
        """Where each red flag and combination is written, to put equally urgent ones in order."""
        return {ident: place for place, ident in enumerate(self._all_flags)}

    @cached_property
    def _all_flags(self) -> dict[str, RedFlag]:
        return {**self.red_flags, **{flag.id: flag for flag in self.combinations}}
