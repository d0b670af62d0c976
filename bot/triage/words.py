"""Hears danger signs in what people type."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flow.clinical import RedFlag, Topic
from bot.flow.models import Flow
from bot.triage.clauses import Reading, read
from bot.triage.index import Index
from bot.triage.sequences import Hit, Sequences
from bot.triage.signs import Sign, Signs
from bot.triage.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Heard:
    """What a typed message says about danger signs."""

    stated: tuple[RedFlag, ...] = ()  # said of oneself or the person concerned, now: counts at once; most urgent first
    hinted: tuple[RedFlag, ...] = ()  # might be meant: the flag's `question` should be asked; most urgent first
    hypothetical: bool = False  # only asked about ("what if ..."): `hinted` holds what it was about, if anything
    sorrow: bool = False  # grief or low mood
    plea: bool = False  # asks for an ambulance, says that it is an emergency


class Listener:
    """Listens for the red flags and topics of one flow."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._index = Index(flow)
        self._topics, self._asked = Sequences(), Sequences()
        for topic in flow.topics:
            for phrase in topic.phrases:
                self._topics.add(self._index.words(phrase), "topic", topic.id)
            for asked in topic.asked:
                self._asked.add(self._index.speller.read(asked).words, "topic", topic.id)
        self._topic_by_id = {topic.id: topic for topic in flow.topics}

    def hear(self, text: str) -> Heard:
        """The red flags that the text states, hints at, or only asks about."""
        index = self._index
        typed = index.speller.read(text)
        content = index.grammar.content(typed)
        hits = index.sequences.find([typed.words[place] for place in content])
        if not hits:
            return Heard()
        reading = read(index.grammar, typed, content, hits)
        signs = Signs(index, reading, hits)
        found = signs.found()
        sorrow = any(hit.kind == "sorrows" and signs.said(hit) for hit in hits)
        plea = any(hit.kind == "pleas" and signs.said(hit) and _now(reading, hit) for hit in hits)
        stated, hinted = self._flags(found, Verdict.STATED), self._flags(found, Verdict.HINTED)
        if stated or hinted:
            return Heard(stated, hinted, sorrow=sorrow, plea=plea)
        supposed = self._flags(found, Verdict.SUPPOSED)
        return Heard((), supposed, bool(supposed) or any(hit.kind == "worries" for hit in hits), sorrow, plea)

    def _flags(self, found: dict[str, Sign], wanted: Verdict) -> tuple[RedFlag, ...]:
        """The flags with this verdict, most urgent first, then those of which the most is said."""
        flags = [self._flow.red_flags[flag] for flag, sign in found.items() if sign.verdict is wanted]
        return tuple(sorted(flags, key=lambda flag: (-flag.tier.urgency, -found[flag.id].size, flag.id)))

    def topic(self, text: str, *, whole: bool = False) -> Topic | None:
        """The topic somebody asks about: of those whose phrase stands in the text, the one with the longest.

        What is `asked` has little words only ("who are you"): it must be all that is said.
        With `whole`, nothing else counts.
        """
        typed = self._index.speller.read(text)
        content = self._index.grammar.content(typed)
        asked = [h for h in self._asked.find(typed.words) if all(h.start <= place < h.end for place in content)]
        hits = asked if asked or whole else self._topics.find([typed.words[place] for place in content])
        longest = max(hits, key=lambda hit: hit.end - hit.start, default=None)
        return self._topic_by_id[longest.name] if longest else None


def _now(reading: Reading, hit: Hit) -> bool:
    """Not told of long ago: "they called an ambulance last year"."""
    marks = reading.clause_at[hit.start].marks
    return "past" not in marks and not {"had", "dated"} <= marks
