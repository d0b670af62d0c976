"""What a flow asks. Frozen values; the loader builds them, nobody changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.flow.conditions import UNSURE, Fact


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
