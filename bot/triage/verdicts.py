"""How much a sign in a message weighs: said of whom, of when, for certain or not."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from bot.flow.lexicon import Manner
from bot.triage.clauses import MARKS, Clause, Person, Reading
from bot.triage.sequences import Hit

_TIMES = frozenset({"past", "dated", "had", "long", "current", "change"})
_REASSURING = frozenset({"over", "same"})
_SWALLOWING = frozenset({*MARKS, "idioms"})  # a mark within one of these marks nothing by itself
_SIGNS = frozenset({"group", "phrase"})  # nor within one of these, unless it says that it is now
_NOW = frozenset({"current", "change"})


class Verdict(IntEnum):
    """What a sign comes to. More is more urgent."""

    NOTHING = 0
    SUPPOSED = 1  # asked about, as in "what if"
    HINTED = 2  # perhaps meant
    STATED = 3  # said so


def mark(reading: Reading, hits: Iterable[Hit], speaking: frozenset[int]) -> None:
    """Mark each clause with when it was. A clause that holds no sign ("fine now") marks those before it.

    `speaking` are the positions of words that belong to signs.
    """
    marks, longer = [], dict[int, list[Hit]]()
    for hit in hits:
        if hit.kind in MARKS and _counts(reading, hit):
            marks.append(hit)
        if hit.end - hit.start > 1 and hit.kind in _SWALLOWING | _SIGNS:
            for place in range(hit.start, hit.end):
                longer.setdefault(place, []).append(hit)
    reach = _Reach(reading, speaking)
    for found in marks:
        if not any(_swallows(other, found) for other in longer.get(found.start, ())):
            for clause in reach.of(found):
                clause.marks.add(found.kind)


def _swallows(longer: Hit, found: Hit) -> bool:
    return found.inside(longer) and (longer.kind in _SWALLOWING or found.kind not in _NOW)


def _counts(reading: Reading, hit: Hit) -> bool:
    """A denied mark marks nothing, and nobody's "it is fine" makes a sign less."""
    reassures = hit.kind in _REASSURING and reading.clause_at[hit.start].reported
    return hit.start not in reading.denied and not reassures


class _Reach:
    """Which clauses a mark is about."""

    def __init__(self, reading: Reading, speaking: frozenset[int]) -> None:
        self._clause_at = reading.clause_at
        self._telling = {id(reading.clause_at[position]) for position in speaking}
        self._sentences: dict[int, list[Clause]] = {}
        for clause in {id(clause): clause for clause in reading.clause_at}.values():
            self._sentences.setdefault(clause.sentence, []).append(clause)
        self._place = {id(clause): at for clauses in self._sentences.values() for at, clause in enumerate(clauses)}

    def of(self, found: Hit) -> list[Clause]:
        """The clause of the mark. Where it holds no sign, also those before it in its sentence; else, for a time, the
        next one ("two years ago I had ..."). Never another sentence: "Numb. All fine here" must not silence the first.
        """
        clause = self._clause_at[found.start]
        if id(clause) in self._telling:
            return [clause]
        sentence, place = self._sentences[clause.sentence], self._place[id(clause)]
        if place == 0:
            return sentence[: 2 if found.kind in _TIMES else 1]
        return sentence[: place + 1]


def weigh(reading: Reading, hits: Iterable[Hit], base: Verdict, manner: Manner) -> Verdict:
    """The verdict on words that stand together, by the clauses they stand in."""
    hits = list(hits)
    if any(hit.start in reading.supposed for hit in hits):
        current = any("current" in reading.clause_at[hit.start].marks for hit in hits)
        return Verdict.HINTED if current else Verdict.SUPPOSED
    clauses = {id(reading.clause_at[hit.start]): reading.clause_at[hit.start] for hit in hits}
    return min((_of_clause(clause, base, manner) for clause in clauses.values()), default=base)


def _of_clause(clause: Clause, base: Verdict, manner: Manner) -> Verdict:
    marks = clause.marks
    now, new = "current" in marks, "change" in marks
    had = "had" in marks and not now
    past = not now and ("past" in marks or {"had", "dated"} <= marks)
    if past or ("same" in marks and not new):
        return Verdict.NOTHING
    if "over" in marks:
        return milder(base) if manner.even_if_over else Verdict.NOTHING
    if had and clause.person and not manner.whoever:
        return Verdict.NOTHING
    if (clause.person is Person.OTHER and not manner.whoever) or ({"long", "dated"} & marks and not (new or now)):
        base = milder(base)
    return min(base, Verdict.HINTED) if had and not new else base


def milder(verdict: Verdict) -> Verdict:
    """One step less."""
    return Verdict.HINTED if verdict is Verdict.STATED else Verdict.NOTHING
