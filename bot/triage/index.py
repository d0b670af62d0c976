"""Everything a flow listens for, ready to be found in one pass. Built once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.lexicon import Lexicon, Manner, Pattern
from bot.flow.models import Flow
from bot.triage.clauses import MARKS, Grammar
from bot.triage.sequences import Hit, Sequences
from bot.triage.spelling import Speller

SHORTEST_SILENT = 2  # words of an idiom or look-alike; a single harmless word would silence too much
SHORTEST_LOOSE = 3  # words a phrase must have to be heard in another order, or with other words left out
GROUP = "@"  # begins the name of a word group, to tell it from a word
_HEARD_WHOLE = ("empty_negations", "supposing", "worries", "intensifiers", "idioms", "sorrows", "pleas", *sorted(MARKS))


@dataclass(frozen=True, slots=True)
class Loose:
    """A phrase by what it speaks of, in any order."""

    flag: str
    needs: tuple[str, ...]  # word groups, and words that belong to none


class Index:
    """The words, phrases and patterns of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.lexicon: Lexicon = flow.lexicon
        self.speller = Speller(self.lexicon)
        flags = flow.red_flags.values()
        said = [text for flag in flags for text in (*flag.phrases, *flag.look_alikes)]
        self.speller.learn((*said, *(text for topic in flow.topics for text in (*topic.phrases, *topic.asked))))
        self.grammar = Grammar(self.lexicon, self.speller)
        self._skippable = frozenset(map(self.speller.word, self.lexicon.language.get("skippable", ())))
        self.sequences = Sequences(self._skippable)
        self._listen_for_words()
        phrases = [(flag.id, self._firm(text)) for flag in flags for text in flag.phrases]
        for flag, words in phrases:
            self.sequences.add(words, "phrase", flag)
        for words in (self.words(text) for flag in flags for text in flag.look_alikes):
            if len(words) >= SHORTEST_SILENT:
                self.sequences.add(words, "look_alike", "")
        self.patterns = _by_rarest(self.lexicon)
        self.loose = self._loose(phrases)

    def manner(self, flag: str) -> Manner:
        """How a red flag is to be heard."""
        return self.lexicon.manners.get(flag, _PLAIN)

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text without filler."""
        typed = self.speller.read(text)
        return tuple(typed.words[place] for place in self.grammar.content(typed))

    def _listen_for_words(self) -> None:
        for kind in _HEARD_WHOLE:
            for text in self.lexicon.language.get(kind, ()):
                words = self.words(text)
                if kind != "idioms" or len(words) >= SHORTEST_SILENT:
                    self.sequences.add(words, kind, kind)
        said = {text for texts in self.lexicon.groups.values() for text in texts}  # many stand in several groups
        of_text = {text: self.words(text) for text in said}
        for group, texts in self.lexicon.groups.items():
            for text in texts:
                self.sequences.add(of_text[text], "group", group)

    def _firm(self, text: str) -> tuple[str, ...]:
        """The words without those that may be skipped, where enough are left to tell it from other talk."""
        words = self.words(text)
        firm = tuple(word for word in words if word not in self._skippable)
        return firm if len(firm) >= SHORTEST_LOOSE else words

    def _loose(self, phrases: list[tuple[str, tuple[str, ...]]]) -> Mapping[str, tuple[Loose, ...]]:
        """The longer phrases by the rarest of what they need."""
        all_needs = [(flag, self._needs(words)) for flag, words in phrases]
        loose = [Loose(flag, needs) for flag, needs in all_needs if len(set(needs)) >= SHORTEST_LOOSE]
        common = Counter(need for phrase in loose for need in set(phrase.needs))
        found: dict[str, list[Loose]] = {}
        for phrase in loose:
            found.setdefault(min(phrase.needs, key=common.__getitem__), []).append(phrase)
        return {need: tuple(of_need) for need, of_need in found.items()}

    def _needs(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """A phrase as word groups where it has them, longest first, and as words where not."""
        groups = sorted((hit for hit in self.sequences.find(words) if hit.kind == "group"), key=self._closeness)
        needs: list[str] = []
        taken: set[int] = set()
        for hit in groups:
            if taken.isdisjoint(range(hit.start, hit.end)):
                needs.append(GROUP + hit.name)
                taken.update(range(hit.start, hit.end))
        return (*needs, *(word for place, word in enumerate(words) if place not in taken))

    def _closeness(self, hit: Hit) -> tuple[int, int]:
        """Longest first; of equally long ones the group with the fewest words says most."""
        return hit.start - hit.end, len(self.lexicon.groups[hit.name])


def _by_rarest(lexicon: Lexicon) -> Mapping[str, tuple[Pattern, ...]]:
    """The patterns by the one of their groups that the fewest patterns use, so that few are tried."""
    patterns = [pattern for manner in lexicon.manners.values() for pattern in manner.patterns]
    used = Counter(group for pattern in patterns for part in pattern.parts for group in part)
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        rarest = min((group for part in pattern.parts for group in part), key=used.__getitem__)
        found.setdefault(rarest, []).append(pattern)
    return {group: tuple(of_group) for group, of_group in found.items()}


_PLAIN = Manner()
