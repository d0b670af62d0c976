"""The words a flow listens for: how a language says no, once, perhaps; word groups; which of them mean danger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = (
    "filler",  # left out everywhere: a, the, my
    "skippable",  # may stand between the words of a phrase: really, right
    "endings",  # cut off before words are compared: -ing, -s
    "whole",  # words that keep their ending, since it says something: legs
    "common",  # never taken for a misspelt danger word
    "negators",  # no, not, without
    "empty_negations",  # hold a negator but deny nothing: no idea, not only
    "answers_no",  # deny what stands before: fever? no
    "turns",  # end a clause and what it denies: but, except
    "soft_turns",  # end only what is denied: just, now
    "joiners",  # and, then, because
    "starters",  # begin a new clause wherever they stand: i, she
    "weak_starters",  # begin one after a comma or a joiner: my, the
    "pointers",  # it, which: a clause that begins so still speaks of the one before
    "holds",  # a starter after one of these does not begin a clause: when i, think i
    "me",  # the writer
    "them",  # he, she, they: somebody named before
    "dependants",  # people the writer may be asking for
    "others",  # people whose danger is not at hand
    "reports",  # says, thinks: what follows is not about the one who says it
    "had",  # tells of the past: had, was, used to
    "past",  # years ago, as a child
    "dated",  # a year: past together with `had`, alone doubtful
    "over",  # fine now, went away
    "same",  # no change, as always
    "long",  # for years
    "current",  # now, today, since
    "change",  # worse, new
    "supposing",  # what if: what follows is not said to be so
    "worries",  # when should i worry: asks for danger signs in general
    "asking",  # can, does, what: a sentence that begins so and names nobody asks in general
    "intensifiers",  # like this: makes "never had pain" no denial
    "idioms",  # dying to, killing me
    "sorrows",  # passed away, in tears: gets a kind word
    "pleas",  # call an ambulance: gets the emergency numbers
)

ALONE = (
    "hesitant",  # not that I know of: no firm no, so that a question about danger is asked again
    "foreign",  # hola: begins what is written in another language
    "pleas",  # 911: gets the emergency numbers
    "assenting",  # of course: a yes where a yes means danger
    "around",  # please: may stand around the pleas and the assenting
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Word groups that together speak of a red flag."""

    flag: str
    parts: tuple[tuple[str, ...], ...]  # the groups of a part stand in one clause; the parts anywhere in the message
    sure: bool = False  # counts at once; else it is asked


@dataclass(frozen=True, slots=True)
class Manner:
    """How the patterns and phrases of one red flag are to be heard."""

    patterns: tuple[Pattern, ...] = ()
    milder: tuple[str, ...] = ()  # groups that make it doubtful: stated becomes hinted, hinted nothing
    even_if_over: bool = False  # ask even where it went away again
    whoever: bool = False  # counts whoever the sentence is about


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of a flow's language."""

    language: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind, see KINDS
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a word -> other ways to write it
    numbers: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # a word for numbers -> from, to
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a group -> its words and phrases
    background: frozenset[str] = frozenset()  # groups that may be long past, and still count
    manners: Mapping[str, Manner] = field(default_factory=dict)  # by red flag
    alone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # whole answers by kind, see ALONE
