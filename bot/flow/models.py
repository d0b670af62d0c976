"""What a flow is made of. Frozen values; the loader builds them, nobody changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from bot.flow.conditions import NEVER, UNSURE, AnyOf, Condition, Fact, named_values, tells
from bot.flow.lexicon import Lexicon

_REMEMBERED = 1000  # facts: more than the choices of a large flow make


class Tier(StrEnum):
    """How urgent a danger sign is."""

    NONE = "none"
    SOON = "soon"  # a doctor within days, two weeks at most
    SAME_DAY = "same_day"  # seen today
    EMERGENCY = "emergency"  # ambulance or emergency department now

    @property
    def urgency(self) -> int:
        """0 for none to 3 for emergency, for comparing."""
        return _URGENCY[self]

    @property
    def alarms(self) -> bool:
        """Does it end the questions at once?"""
        return self in _ALARMING


_URGENCY = {tier: place for place, tier in enumerate(Tier)}
_ALARMING = frozenset((Tier.SAME_DAY, Tier.EMERGENCY))


def most_urgent(tiers: list[Tier]) -> Tier:
    """The highest of them; `none` where there is none."""
    return max(tiers, key=_URGENCY.__getitem__, default=Tier.NONE)


class Kind(StrEnum):
    """How a question is answered."""

    ONE_OF = "one_of"
    MANY_OF = "many_of"  # tick all that fit; "none" is exclusive
    YES_NO = "yes_no"  # yes, no, not sure
    SCALE = "scale"  # 0 to 10
    NUMBER = "number"  # with a unit
    DURATION = "duration"  # counted in weeks
    TEXT = "text"  # a few words

    @property
    def numeric(self) -> bool:
        """Is the answer a number?"""
        return self in (Kind.SCALE, Kind.NUMBER, Kind.DURATION)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a clinical entry comes from, and whether a clinician has signed it."""

    ref: str  # row of the research notes, such as RF-S01
    refs: tuple[str, ...] = ()  # further rows this entry covers
    source: str = ""
    researched: str = ""  # date
    reviewed: str = "no"  # "no", or name and date


@dataclass(frozen=True, slots=True)
class Choice:
    """Something offered as an answer."""

    id: str
    label: str
    value: Fact | None = None  # what the question's fact becomes; the id where None
    sets: tuple[tuple[str, Fact], ...] = ()  # further facts it makes
    otherwise: tuple[tuple[str, Fact], ...] = ()  # facts made where a many_of leaves it unticked
    said: str | None = None  # follows "because you said "
    accepts: tuple[str, ...] = ()  # other words people type for it
    covers: tuple[float, float] | None = None  # typed numbers that mean it
    exclusive: bool = False

    @property
    def fact(self) -> Fact:
        """What the question's fact becomes when it is chosen."""
        return self.id if self.value is None else self.value


@dataclass(frozen=True)
class Question:
    """A node that asks. Its id is also the name of the fact it makes."""

    id: str
    kind: Kind
    ask: str
    choices: tuple[Choice, ...] = ()
    why: str | None = None  # shown at "Why do you ask?"
    meaning: str | None = None  # shown at "What does this mean?"
    unit: str | None = None
    at_least: float = 0
    at_most: float = 10
    said: str | None = None  # how a number is quoted; {value} stands for it
    picture: str | None = None  # file in pictures/
    picture_text: str | None = None  # the same for those who cannot see it
    danger: bool = False
    ages: bool = False  # what was true when it was answered may not be true a day later
    exact: bool = False  # typed words choose only where little else is said: the answer decides the path
    ref: str | None = None
    refs: tuple[str, ...] = ()

    def choice(self, ident: object) -> Choice | None:
        """The choice with this id."""
        return self._by_id.get(ident)  # type: ignore[call-overload, no-any-return]  # any object may be looked up

    @cached_property
    def facts_by_choice(self) -> Mapping[object, tuple[tuple[str, Fact], ...]]:
        """The facts that each choice makes where it is the answer: the question's own, and those it sets.

        The only tick of a many_of stands here too, as it is answered: nearly every answer is one choice.
        """
        chosen = {choice.id: ((self.id, choice.fact), *choice.sets) for choice in self.choices}
        return chosen | {(choice.id,): self.facts_of_ticks((choice.id,)) for choice in self.choices}

    def facts_of_ticks(self, ticks: tuple[str, ...]) -> tuple[tuple[str, Fact], ...]:
        """The facts that a many_of makes: its own, and those that its choices set where they are ticked or are not."""
        ticked = frozenset(ticks)
        said = [pair for choice in self.choices if choice.id in ticked for pair in choice.sets]
        if UNSURE in ticked:  # whoever is not sure of the list has not denied what is left unticked
            return ((self.id, ticked), *said)
        unsaid = [pair for choice in self.choices if choice.id not in ticked for pair in choice.otherwise]
        return ((self.id, ticked), *unsaid, *said)

    @cached_property
    def _by_id(self) -> dict[str, Choice]:
        return {choice.id: choice for choice in self.choices}


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


@dataclass(frozen=True)
class RedFlag:
    """A danger sign: when it is there, how urgent it is, how people say it, what to do."""

    id: str
    tier: Tier
    question: str  # plain yes/no, asked when typed words hint at it
    signs: str  # follows "because you told me about "
    why: str
    when: Condition
    evidence: Evidence
    area: str = ""
    unless: Condition = NEVER
    tiers: tuple[tuple[Condition, Tier], ...] = ()  # first match wins, else `tier`
    if_unsure: Tier = Tier.SOON
    clarify: str | None = None  # question asked before it counts
    advice: str | None = None
    phrases: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()
    suspected: str = ""  # for maintainers, never shown
    combines: bool = False  # looks at other red flags

    @cached_property
    def names(self) -> frozenset[str]:
        """Every fact that can change whether it counts, or how much."""
        return frozenset(filter(None, (self.clarify,))).union(*(condition.names() for condition in self._conditions))

    def heeds(self, name: str, fact: Fact) -> bool:
        """Can it change anything that this becomes known?

        Always, where the flag is possible with nothing known: there no test tells the first denial from silence.
        """
        atoms = (atom for condition in self._conditions for atom in condition.atoms() if atom.fact == name)
        return name == self.clarify or self.when.possible({}) or any(tells(atom, fact) for atom in atoms)

    @property
    def _conditions(self) -> tuple[Condition, ...]:
        return (self.when, self.unless, *(condition for condition, _ in self.tiers))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why therapy may not be working."""

    id: str
    title: str
    text: str  # one or two sentences, shown with the result
    when: Condition
    strength: int
    evidence: Evidence
    stronger_if: tuple[Condition, ...] = ()
    details: str | None = None  # shown to who asks for more


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A question to take along to a clinician."""

    ref: str
    text: str


@dataclass(frozen=True)
class NextStep:
    """What to do about it: an advice card."""

    id: str
    title: str
    what: str
    why: str
    how: tuple[str, ...]
    not_when: str
    when: Condition
    evidence: Evidence
    words: str | None = None  # to say or send
    words_for: str | None = None
    ask: tuple[ToAsk, ...] = ()
    unless: Condition = NEVER
    priority: int = 3
    first_today: bool = False  # can begin today without anybody's help
    contact: bool = False  # show the clinic's phone and booking
    with_alarm: bool = False  # may stand beside an alarm

    @cached_property
    def reasons(self) -> frozenset[str]:
        """The reasons it answers."""
        return named_values(self.when, "reason")


@dataclass(frozen=True, slots=True)
class Topic:
    """A short answer to what people ask."""

    id: str
    group: str
    title: str
    text: str
    evidence: Evidence
    phrases: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()  # whole questions, little words included: "who are you"
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactDeclared:
    """A fact that answers make besides the questions' own."""

    id: str
    said: Mapping[str, str | None]  # value -> what the patient said; empty for numbers
    number_said: str | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of the research notes that this flow must keep a place for."""

    id: str
    name: str


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
