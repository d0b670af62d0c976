"""Who and when a message speaks of, clause by clause, and what it denies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.flow.lexicon import Lexicon
from bot.triage.sequences import Hit
from bot.triage.spelling import COMMA, NOTHING, QUESTION, STOP, Speller, Spelt

MARKS = frozenset({"had", "past", "dated", "over", "same", "long", "current", "change"})
_STRUCTURE = (
    *("filler", "negators", "answers_no", "turns", "soft_turns", "joiners", "starters", "weak_starters", "pointers"),
    *("holds", "me", "them", "dependants", "others", "reports", "asking"),
)
_SPENDING = frozenset({"group", "phrase", "empty_negations", *MARKS})
_INTENSE = 7  # words between "never" and "like this"
_WITHIN = 3  # words in which "my" reaches its "mum", and "mum" her "says"


class Person(IntEnum):
    """Whom a clause is about."""

    SELF = 0
    DEPENDANT = 1  # somebody the writer may be asking for
    OTHER = 2  # somebody whose danger is not at hand


@dataclass(slots=True)
class Clause:
    """A stretch of a message about one person at one time. Filled while reading, then left alone."""

    sentence: int
    topic: int  # clauses that begin with "it" share the topic of the one before
    person: Person = Person.SELF
    marks: set[str] = field(default_factory=set)  # of MARKS
    words: list[str] = field(default_factory=list)
    reported: bool = False  # somebody says so: "my physio said it is fine"


@dataclass(frozen=True, slots=True)
class Reading:
    """A message taken apart. Positions count its words without the filler."""

    words: tuple[str, ...]
    clause_at: tuple[Clause, ...]  # the clause each word stands in
    denied: frozenset[int]
    supposed: frozenset[int]  # spoken of as "what if"


class Grammar:
    """The little words of a language, as sets."""

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        kinds = {kind: frozenset(map(speller.word, lexicon.language.get(kind, ()))) for kind in _STRUCTURE}
        self._kinds = kinds
        self.people = kinds["dependants"] | kinds["others"]
        self.third = self.people | kinds["them"]
        self.somebody = self.third | kinds["me"]
        self.begin = kinds["starters"] | kinds["weak_starters"]

    def __getitem__(self, kind: str) -> frozenset[str]:
        return self._kinds[kind]

    def content(self, typed: Spelt) -> tuple[int, ...]:
        """Places of the words that are not filler."""
        filler = self._kinds["filler"]
        return tuple(place for place, word in enumerate(typed.words) if word not in filler)


def read(grammar: Grammar, typed: Spelt, content: Sequence[int], hits: Iterable[Hit]) -> Reading:
    """Take a message apart, knowing the phrases found in it."""
    return _Reader(grammar, typed, content, hits).read()


class _Reader:
    def __init__(self, grammar: Grammar, typed: Spelt, content: Sequence[int], hits: Iterable[Hit]) -> None:
        self._grammar, self._typed = grammar, typed
        self._position = {place: position for position, place in enumerate(content)}
        self._spent: set[int] = set()  # negators that belong to a sign, such as "no feeling"
        self._supposing: set[int] = set()  # where "what if" ends
        self._intensifiers: list[int] = []  # where "like this" begins
        for hit in hits:
            self._note(hit)
        self._clauses: list[Clause] = []
        self._clause_at: list[Clause] = []
        self._denied: set[int] = set()
        self._supposed: set[int] = set()
        self._denying = self._supposes = False

    def _note(self, hit: Hit) -> None:
        if hit.kind == "supposing":
            self._supposing.add(hit.end)
        elif hit.kind == "intensifiers":
            self._intensifiers.append(hit.start)
        elif hit.kind in _SPENDING and hit.end - hit.start > 1:
            self._spent.update(range(hit.start, hit.end))

    def read(self) -> Reading:
        """Go through the words once."""
        for place, word in enumerate(self._typed.words):
            self._bound(place, word)
            self._clauses[-1].words.append(word)
            if place in self._position:
                self._judge(self._position[place], place, word)
        before = None
        for clause in self._clauses:
            clause.person = self._person(clause, before)
            clause.reported = not self._grammar["reports"].isdisjoint(clause.words)
            before = clause
        words = tuple(self._typed.words[place] for place in self._position)
        return Reading(words, tuple(self._clause_at), frozenset(self._denied), frozenset(self._supposed))

    def _bound(self, place: int, word: str) -> None:
        """Begin a sentence or a clause where this word does."""
        grammar = self._grammar
        before = self._typed.words[place - 1] if place else ""
        joined = self._typed.gaps[place] == COMMA or before in grammar["joiners"]
        if self._typed.gaps[place] >= STOP:
            self._begin(place, sentence=True)
            self._supposes = self._asks_in_general(place)
        elif word in grammar["turns"]:
            self._begin(place)
            self._supposes = False
        elif self._starts(word, before, joined):
            self._begin(place)
        elif word in grammar["soft_turns"]:
            self._denying = False

    def _starts(self, word: str, before: str, joined: bool) -> bool:
        if word in self._grammar["weak_starters"]:
            return joined
        return word in self._grammar["starters"] and before not in self._grammar["holds"]

    def _begin(self, place: int, *, sentence: bool = False) -> None:
        self._denying = False
        last = self._clauses[-1] if self._clauses else None
        points_back = last is not None and self._typed.words[place] in self._grammar["pointers"]
        number = last.sentence + sentence if last else 0
        self._clauses.append(Clause(number, last.topic if last and points_back else place))

    def _asks_in_general(self, start: int) -> bool:
        """ "Can needling cause chest pain?" names nobody."""
        words, gaps = self._typed.words, self._typed.gaps
        if words[start] not in self._grammar["asking"]:
            return False
        stop = next((place for place in range(start + 1, len(words)) if gaps[place] >= STOP), len(words))
        return self._grammar.somebody.isdisjoint(words[start:stop])

    def _judge(self, position: int, place: int, word: str) -> None:
        """Is this word denied, or only supposed? Does it deny others?"""
        self._clause_at.append(self._clauses[-1])
        self._supposes = self._supposes or position in self._supposing
        if self._supposes:
            self._supposed.add(position)
        if word in self._grammar["negators"] and position not in self._spent:
            if not any(position < start <= position + _INTENSE for start in self._intensifiers):
                self._deny(place, word)
        elif self._denying:
            self._denied.add(position)

    def _deny(self, place: int, word: str) -> None:
        """ "No fever" denies what follows; "fever: no" what stands before; "no, my ..." nothing."""
        after = self._typed.gaps[place + 1] if place + 1 < len(self._typed.words) else self._typed.end
        if word not in self._grammar["answers_no"]:
            self._denying = True
        elif after == NOTHING:
            self._denying = self._typed.words[place + 1] not in self._grammar.begin
        elif after != QUESTION:
            self._deny_before(place)

    def _deny_before(self, place: int) -> None:
        clause = self._clauses[-1]
        alone = len(clause.words) == 1
        if not alone:
            self._denied.update(self._positions(lambda other: other is clause))
        elif self._typed.gaps[place] == QUESTION:
            self._denied.update(self._positions(lambda other: other.sentence == clause.sentence - 1))

    def _positions(self, wanted: Callable[[Clause], bool]) -> list[int]:
        return [position for position, clause in enumerate(self._clause_at) if wanted(clause)]

    def _person(self, clause: Clause, before: Clause | None) -> Person:
        """The first somebody named, but not who only says it; without one, as in the clause before."""
        grammar, words = self._grammar, clause.words
        named = before.person if before else Person.SELF
        for at, word in enumerate(words):
            following = words[at + 1 : at + 1 + _WITHIN]
            if word in grammar["me"] and grammar.people.isdisjoint(following):
                return Person.SELF
            if word in grammar.people:
                named = Person.DEPENDANT if word in grammar["dependants"] else Person.OTHER
            if word in grammar.third and grammar["reports"].isdisjoint(following):
                return named or Person.DEPENDANT
        return before.person if before and before.sentence == clause.sentence else Person.SELF
