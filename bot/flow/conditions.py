"""Conditions: yes/no questions about the facts so far, as data. One closed language for routes, red flags and reasons.

Two readings of the same condition:
- `holds`: what is known makes it true.
- `possible`: it could be true if every "unsure" were a "yes". Only danger signs are read so, because a patient who is
  not sure cannot rule a danger out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Fact = str | float | frozenset[str]
Facts = Mapping[str, Fact]

YES, NO, UNSURE = "yes", "no", "unsure"
ANY = "any"  # {red_flag: any}
NONE = "none"  # the exclusive choice of a many_of


class Condition:
    """A yes/no about facts."""

    __slots__ = ()

    def holds(self, facts: Facts) -> bool:
        """Is it true of what is known?"""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def possible(self, facts: Facts) -> bool:
        """Could it be true, if every "unsure" were a "yes"?"""
        return self.holds(facts)

    def names(self) -> frozenset[str]:
        """The facts it looks at."""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        """The facts that make it true, in the order written; empty where it does not hold."""
        return tuple(self.names()) if self.holds(facts) else ()


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The fact is one of these values; for a set of values: it holds at least one of them."""

    fact: str
    values: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        if value is None:
            return False
        if isinstance(value, frozenset):
            return not self.values.isdisjoint(value) or (ANY in self.values and bool(value))
        return value in self.values

    def possible(self, facts: Facts) -> bool:
        return facts.get(self.fact) == UNSURE or self.holds(facts)

    def names(self) -> frozenset[str]:
        return frozenset((self.fact,))


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """The fact is a number from `low` to `high`, both included."""

    fact: str
    low: float
    high: float

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, (int, float)) and self.low <= value <= self.high

    def possible(self, facts: Facts) -> bool:
        return facts.get(self.fact) == UNSURE or self.holds(facts)

    def names(self) -> frozenset[str]:
        return frozenset((self.fact,))


@dataclass(frozen=True, slots=True)
class Includes(Condition):
    """A many_of answer holds all of these choices."""

    fact: str
    choices: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, frozenset) and self.choices <= value

    def names(self) -> frozenset[str]:
        return frozenset((self.fact,))


@dataclass(frozen=True, slots=True)
class ChosenAtLeast(Condition):
    """At least so many choices of a many_of were ticked."""

    fact: str
    count: int

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, frozenset) and len(value - {NONE}) >= self.count

    def names(self) -> frozenset[str]:
        return frozenset((self.fact,))


@dataclass(frozen=True, slots=True)
class Known(Condition):
    """The fact has been answered, or has not."""

    fact: str
    answered: bool

    def holds(self, facts: Facts) -> bool:
        return (self.fact in facts) is self.answered

    def names(self) -> frozenset[str]:
        return frozenset((self.fact,))

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        return (self.fact,) if self.answered and self.holds(facts) else ()


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """Every part is true. No part: always true."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        return all(part.holds(facts) for part in self.parts)

    def possible(self, facts: Facts) -> bool:
        return all(part.possible(facts) for part in self.parts)

    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names() for part in self.parts))

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        if not self.holds(facts):
            return ()
        return tuple(dict.fromkeys(name for part in self.parts for name in part.evidence(facts)))


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one part is true."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        return any(part.holds(facts) for part in self.parts)

    def possible(self, facts: Facts) -> bool:
        return any(part.possible(facts) for part in self.parts)

    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names() for part in self.parts))

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for part in self.parts for name in part.evidence(facts)))


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part is not true. It quotes nothing: what was not said cannot be quoted."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        return not self.part.holds(facts)

    def names(self) -> frozenset[str]:
        return self.part.names()

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        return ()


def named_values(condition: Condition, fact: str) -> frozenset[str]:
    """The values of this fact that the condition asks for."""
    if isinstance(condition, AllOf | AnyOf):
        return frozenset().union(*(named_values(part, fact) for part in condition.parts))
    return condition.values if isinstance(condition, Is) and condition.fact == fact else frozenset()


ALWAYS = AllOf(())
NEVER = AnyOf(())
