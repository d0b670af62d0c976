"""Which red flags a message speaks of, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.flow.lexicon import Pattern
from bot.triage.clauses import Reading
from bot.triage.index import GROUP, Index, Loose
from bot.triage.sequences import Hit
from bot.triage.verdicts import Verdict, mark, milder, weigh

MOST_ALIKE = 3  # times a word group is looked at in one clause, so that a long message stays cheap
REACH = 12  # words that may lie between signs of neighbouring clauses


class Sign(NamedTuple):
    """What a message says of one red flag. More is more urgent, then more exact."""

    verdict: Verdict
    size: int  # of how many words or word groups it is made


_NOTHING = Sign(Verdict.NOTHING, 0)


class Signs:
    """The signs of one message."""

    def __init__(self, index: Index, reading: Reading, hits: list[Hit]) -> None:
        self._index, self._reading = index, reading
        fresh = [hit for hit in hits if hit.kind == "current"]
        self._harmless = [hit for hit in hits if hit.kind == "idioms" and self._in_one_sentence(hit)]
        self._harmless += [hit for hit in hits if hit.kind == "look_alike" and self._still_alike(hit, fresh)]
        self._silent = _covered(self._harmless)
        self._groups = [hit for hit in hits if hit.kind == "group" and self._usable(hit)]
        self._phrases = [hit for hit in hits if hit.kind == "phrase" and self.said(hit)]
        self._by_topic: dict[int, dict[str, list[Hit]]] = {}
        self._by_sentence: dict[int, dict[str, list[Hit]]] = {}
        for hit in self._groups:
            clause = reading.clause_at[hit.start]
            _put(self._by_topic.setdefault(clause.topic, {}), hit, MOST_ALIKE)
            _put(self._by_sentence.setdefault(clause.sentence, {}), hit, 2 * MOST_ALIKE)
        self._beside = {  # "bench press" is harmless and so no sign, but still tells why a chest hurts
            (reading.clause_at[hit.start].sentence, hit.name)
            for hit in hits
            if hit.kind == "group" and hit.start not in reading.denied
        }
        self._present = frozenset(hit.name for hit in self._groups)
        self._found: dict[str, Sign] = {}
        mark(reading, hits, _covered((*self._groups, *self._phrases)))

    def _in_one_sentence(self, hit: Hit) -> bool:
        clause_at = self._reading.clause_at
        return clause_at[hit.start].sentence == clause_at[hit.end - 1].sentence

    def _still_alike(self, hit: Hit, fresh: list[Hit]) -> bool:
        """ "My mum had a stroke" is harmless, but not when "this morning" is added."""
        sentence = self._reading.clause_at[hit.start].sentence
        added = (now for now in fresh if self._reading.clause_at[now.start].sentence == sentence)
        return self._in_one_sentence(hit) and all(hit.start <= now.start and now.end <= hit.end for now in added)

    def _usable(self, hit: Hit) -> bool:
        """Not denied, not a manner of speaking, not torn over two sentences."""
        places = range(hit.start, hit.end)
        free = self._reading.denied.isdisjoint(places) and self._silent.isdisjoint(places)
        return free and self._in_one_sentence(hit)

    def said(self, hit: Hit) -> bool:
        """Not denied, and not a part of a longer harmless phrase."""
        denied = not self._reading.denied.isdisjoint(range(hit.start, hit.end))
        return not denied and not any(hit.inside(other) for other in self._harmless)

    def found(self) -> dict[str, Sign]:
        """What the message says of each red flag it speaks of."""
        for hit in self._phrases:
            verdict = weigh(self._reading, (hit,), Verdict.STATED, self._index.manner(hit.name))
            self._raise(hit.name, Sign(verdict, hit.end - hit.start))
        for pattern in self._patterns():
            size = sum(map(len, pattern.parts))
            if self._found.get(pattern.flag, _NOTHING) < (_base(pattern), size):
                self._raise(pattern.flag, Sign(self._pattern(pattern), size))
        for loose, needs in self._loose():
            if self._found.get(loose.flag, _NOTHING) < (Verdict.HINTED, 0):
                self._raise(loose.flag, Sign(self._loosely(loose, needs), len(loose.needs)))
        return self._found

    def _raise(self, flag: str, sign: Sign) -> None:
        self._found[flag] = max(sign, self._found.get(flag, _NOTHING))

    def _patterns(self) -> Iterator[Pattern]:
        for group in self._present:
            for pattern in self._index.patterns.get(group, ()):
                if all(self._present.issuperset(part) for part in pattern.parts):
                    yield pattern

    def _pattern(self, pattern: Pattern) -> Verdict:
        return min(self._part(pattern.flag, part, _base(pattern)) for part in pattern.parts)

    def _part(self, flag: str, part: tuple[str, ...], base: Verdict) -> Verdict:
        together = [(hits, base) for hits in self._together(part)]
        if not together and base is Verdict.STATED:
            together = [(hits, Verdict.HINTED) for hits in self._near(part)]
        return max((self._weighed(flag, hits, verdict) for hits, verdict in together), default=Verdict.NOTHING)

    def _weighed(self, flag: str, hits: list[Hit], base: Verdict) -> Verdict:
        manner, background = self._index.manner(flag), self._index.lexicon.background
        verdict = weigh(self._reading, [hit for hit in hits if hit.name not in background], base, manner)
        sentence = self._reading.clause_at[hits[0].start].sentence
        return milder(verdict) if any((sentence, group) in self._beside for group in manner.milder) else verdict

    def _together(self, part: tuple[str, ...]) -> Iterator[list[Hit]]:
        """The groups of a part in one clause, each place it happens."""
        for topic in self._by_topic.values():
            if all(group in topic for group in part):
                yield [topic[group][0] for group in part]

    def _near(self, part: tuple[str, ...]) -> Iterator[list[Hit]]:
        """The groups of a part in neighbouring clauses."""
        for sentence in self._by_sentence.values():
            if all(group in sentence for group in part):
                for anchor in sentence[part[0]]:
                    hits = [min(sentence[group], key=lambda hit: abs(hit.start - anchor.start)) for group in part]
                    if max(hit.start for hit in hits) - min(hit.start for hit in hits) <= REACH:
                        yield hits

    def _loose(self) -> Iterator[tuple[Loose, dict[str, Hit]]]:
        """Phrases whose every word is there in one sentence, in whatever order."""
        for needs in self._spoken_of().values():
            for need in needs:
                for loose in self._index.loose.get(need, ()):
                    if all(other in needs for other in loose.needs):
                        yield loose, needs

    def _spoken_of(self) -> dict[int, dict[str, Hit]]:
        """By sentence: the word groups and words it holds, and where."""
        spoken: dict[int, dict[str, Hit]] = {}
        for hit in self._groups:
            spoken.setdefault(self._reading.clause_at[hit.start].sentence, {}).setdefault(GROUP + hit.name, hit)
        for place, word in enumerate(self._reading.words):
            if place not in self._silent and place not in self._reading.denied:
                hit = Hit(place, place + 1, "word", word)
                spoken.setdefault(self._reading.clause_at[place].sentence, {}).setdefault(word, hit)
        return spoken

    def _loosely(self, loose: Loose, needs: dict[str, Hit]) -> Verdict:
        hits = [needs[need] for need in loose.needs]
        if max(hit.start for hit in hits) - min(hit.start for hit in hits) > REACH + len(hits):
            return Verdict.NOTHING
        return self._weighed(loose.flag, hits, Verdict.HINTED)


def _base(pattern: Pattern) -> Verdict:
    return Verdict.STATED if pattern.sure else Verdict.HINTED


def _covered(hits: Iterable[Hit]) -> frozenset[int]:
    return frozenset(place for hit in hits for place in range(hit.start, hit.end))


def _put(by_group: dict[str, list[Hit]], hit: Hit, most: int) -> None:
    hits = by_group.setdefault(hit.name, [])
    if len(hits) < most:
        hits.append(hit)
