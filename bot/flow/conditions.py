"""Conditions: yes/no questions about the facts so far, as data. One closed language for routes, red flags and reasons.

Three readings of the same condition; the last two are for danger signs, as a patient who is not sure rules nothing out:
- `holds`: what is known makes it true.
- `possible`: it could be true, whatever is behind each "unsure".
- `certain`: it is true, whatever is behind each "unsure".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

Fact = str | float | frozenset[str]
Facts = Mapping[str, Fact]

YES, NO, UNSURE = "yes", "no", "unsure"
ANY = "any"  # {red_flag: any}
NONE = "none"  # the exclusive choice of a many_of
CONCLUSIONS = frozenset({"red_flag", "tier", "red_flag_count", "reason"})  # facts that the program makes
_NO_SIGN = frozenset((NONE, UNSURE))  # choices of a many_of that tick nothing


class Condition:
    """A yes/no about facts."""

    __slots__ = ()

    @property
    def needs(self) -> frozenset[str]:
        """Of these facts one must be known, or it neither holds nor is possible. Empty where it needs none."""
        return frozenset()

    def holds(self, facts: Facts) -> bool:
        """Is it true of what is known?"""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def possible(self, facts: Facts) -> bool:
        """Could it be true, whatever is behind each "unsure"?"""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def certain(self, facts: Facts) -> bool:
        """Is it true, whatever is behind each "unsure"?"""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        """The facts that make it true, in the order written; empty where it does not hold."""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def atoms(self, *, denied: bool = True) -> Iterator[Atom]:
        """The tests it is made of; without `denied`, only those that can be its evidence."""
        raise NotImplementedError  # pragma: no cover - every condition answers this itself

    def names(self) -> frozenset[str]:
        """The facts it looks at."""
        return frozenset(atom.fact for atom in self.atoms())


@dataclass(frozen=True, slots=True)
class Atom(Condition):
    """A test of one fact."""

    fact: str
    line: int = field(default=0, compare=False, repr=False, kw_only=True)  # of its file, for messages to authors

    @property
    def needs(self) -> frozenset[str]:
        return frozenset((self.fact,))

    def possible(self, facts: Facts) -> bool:
        return facts.get(self.fact) == UNSURE or self.holds(facts)

    def certain(self, facts: Facts) -> bool:
        return self.holds(facts)

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        return (self.fact,) if self.holds(facts) else ()

    def atoms(self, *, denied: bool = True) -> Iterator[Atom]:  # noqa: ARG002 - every condition takes it
        yield self


@dataclass(frozen=True, slots=True)
class Is(Atom):
    """The fact is one of these values; for a set of values: it holds at least one of them."""

    values: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        if isinstance(value, frozenset):
            return not self.values.isdisjoint(value) or (ANY in self.values and bool(value))
        return value in self.values


@dataclass(frozen=True, slots=True)
class Between(Atom):
    """The fact is a number from `low` to `high`, both included."""

    low: float
    high: float

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, (int, float)) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class _OfTicks(Atom):
    """A test of the ticks of a many_of, where "Not sure" may stand for any of them."""

    def possible(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return (isinstance(value, frozenset) and UNSURE in value) or self.holds(facts)


@dataclass(frozen=True, slots=True)
class Includes(_OfTicks):
    """A many_of answer holds all of these choices."""

    choices: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, frozenset) and self.choices <= value


@dataclass(frozen=True, slots=True)
class ChosenAtLeast(_OfTicks):
    """At least so many choices of a many_of were ticked."""

    count: float

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return isinstance(value, frozenset) and len(value - _NO_SIGN) >= self.count


@dataclass(frozen=True, slots=True)
class Known(Atom):
    """The fact has been answered, or has not."""

    answered: bool

    @property
    def needs(self) -> frozenset[str]:
        return frozenset((self.fact,)) if self.answered else frozenset()

    def holds(self, facts: Facts) -> bool:
        return (self.fact in facts) is self.answered

    def possible(self, facts: Facts) -> bool:
        return self.holds(facts)

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        return (self.fact,) if self.answered and self.fact in facts else ()


@dataclass(frozen=True, slots=True)
class _Parts(Condition):
    """A condition made of others."""

    parts: tuple[Condition, ...]
    needs: frozenset[str] = field(init=False, compare=False, repr=False)

    def evidence(self, facts: Facts) -> tuple[str, ...]:
        if not self.holds(facts):
            return ()
        return tuple(dict.fromkeys(name for part in self.parts for name in part.evidence(facts)))

    def atoms(self, *, denied: bool = True) -> Iterator[Atom]:
        for part in self.parts:
            yield from part.atoms(denied=denied)


# What follows runs some hundred times a step. Most of it is false, which the order of AllOf and the needs of AnyOf
# tell at once; and all() and any() over a generator take twice as long as the loops.


@dataclass(frozen=True, slots=True)
class AllOf(_Parts):
    """Every part is true. No part: always true."""

    quickest: tuple[Condition, ...] = field(init=False, compare=False, repr=False)  # the parts, most easily false first

    def __post_init__(self) -> None:
        quickest = sorted(self.parts, key=lambda part: len(part.needs) or inf)
        object.__setattr__(self, "quickest", tuple(quickest))
        object.__setattr__(self, "needs", quickest[0].needs if quickest else frozenset())

    def holds(self, facts: Facts) -> bool:
        for part in self.quickest:  # noqa: SIM110 - see above
            if not part.holds(facts):
                return False
        return True

    def possible(self, facts: Facts) -> bool:
        for part in self.quickest:  # noqa: SIM110
            if not part.possible(facts):
                return False
        return True

    def certain(self, facts: Facts) -> bool:
        return all(part.certain(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf(_Parts):
    """At least one part is true. No part: never true."""

    def __post_init__(self) -> None:
        needs = [part.needs for part in self.parts]
        object.__setattr__(self, "needs", frozenset().union(*needs) if all(needs) else frozenset())

    def holds(self, facts: Facts) -> bool:
        if self.needs and facts.keys().isdisjoint(self.needs):
            return False
        for part in self.parts:  # noqa: SIM110
            if part.holds(facts):
                return True
        return False

    def possible(self, facts: Facts) -> bool:
        if self.needs and facts.keys().isdisjoint(self.needs):
            return False
        for part in self.parts:  # noqa: SIM110
            if part.possible(facts):
                return True
        return False

    def certain(self, facts: Facts) -> bool:
        return any(part.certain(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part is not true. It quotes nothing: what was not said cannot be quoted."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        return not self.part.holds(facts)

    def possible(self, facts: Facts) -> bool:
        return not self.part.certain(facts)

    def certain(self, facts: Facts) -> bool:
        return not self.part.possible(facts)

    def evidence(self, facts: Facts) -> tuple[str, ...]:  # noqa: ARG002 - every condition takes it
        return ()

    def atoms(self, *, denied: bool = True) -> Iterator[Atom]:
        if denied:
            yield from self.part.atoms()


def named_values(condition: Condition, fact: str) -> frozenset[str]:
    """The values of this fact that the condition asks for."""
    asked = (atom.values for atom in condition.atoms(denied=False) if isinstance(atom, Is) and atom.fact == fact)
    return frozenset().union(*asked)


def tells(atom: Atom, value: Fact) -> bool:
    """Does the test tell this value of its fact from one that is not known?"""
    readings = (atom.holds, atom.possible, atom.certain)
    return any(reading({atom.fact: value}) != reading({}) for reading in readings)


ALWAYS = AllOf(())
NEVER = AnyOf(())
