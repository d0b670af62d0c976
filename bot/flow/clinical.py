"""What a flow knows: danger signs, reasons, next steps, short answers, and where each comes from. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.flow.conditions import NEVER, Condition, Fact, named_values, tells


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a clinical entry comes from, and whether a clinician has signed it."""

    ref: str  # row of the research notes, such as RF-S01
    refs: tuple[str, ...] = ()  # further rows this entry covers
    source: str = ""
    researched: str = ""  # date
    reviewed: str = "no"  # "no", or name and date


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
    sorrow: bool = False  # what is typed under its alarm is met as sorrow is

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
class Reference:
    """A row of the research notes that this flow must keep a place for."""

    id: str
    name: str
