"""Typed answers to a question about danger. Only the very words of a choice count; anything else is asked again."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import starmap

from bot.dialogue.naming import SHORTEST, leaning, named, names, only
from bot.dialogue.plain_words import NEGATORS, PLAIN, alike, words
from bot.flow.conditions import NO
from bot.flow.questions import Choice, Question

_POLITE = words("i oh please sorry thank thanks you")  # may follow a bare no
_DENIAL = _POLITE | words(  # with one "not" among them: "no i do not have any of these"
    "a am an any are did do does had has have is it its me of that the them these this those was"
    " not no none never nothing neither dont doesnt didnt isnt arent wasnt havent hasnt"
)
_NO_BEFORE = re.compile("^(no|nope|nah|noo|n) ")
_BEFORE = re.compile(  # in this order: "is it" and "have i" only ask
    "((hi|hello|oh|sorry|please|i have|ive|we have|he has|she has|they have|i am|im|it is|its|my|a|an|the) )*"
)
_AFTER = re.compile("( (one|ones|please|sorry|thanks|thank you))*")


def danger_choice(question: Question, typed: str) -> Choice | None:
    """The one choice that is meant. `typed` is plain."""
    slips = (choice for choice in question.choices if any(_slipped(name, typed) for name in names(choice)))
    return leaning(question, typed, _denies) or named(question, typed, only_says) or only(slips)


def hesitates(typed: str, hesitant: Collection[str]) -> bool:
    """Whether it is neither a yes nor a firm no, but among these words: "no, not that I know of"."""
    return typed in hesitant or _NO_BEFORE.sub("", typed) in hesitant


def _denies(typed: str) -> bool:
    """Whether a no lets the danger sign go: it is neither part of a no, such as "not all", nor denied itself."""
    without = _NO_BEFORE.sub("", typed)
    rest = without.replace(" at all", "").split()
    if without in PLAIN[NO] or (without != typed and _POLITE.issuperset(rest)):
        return True
    return _DENIAL.issuperset(rest) and sum(word in NEGATORS for word in rest) == 1


def only_says(before: str, after: str) -> bool:
    """Whether a choice's words stand between these as a plain statement: nothing asked, wished or half taken back."""
    return bool(_BEFORE.fullmatch(f"{before} ".lstrip()) and _AFTER.fullmatch(f" {after}".rstrip()))


def _slipped(name: str, typed: str) -> bool:
    """The same words in the same order, one of them with a slip, but not at its beginning: "untrue" is not "true"."""
    ours, theirs = name.split(), typed.split()
    slips = [(one, other) for one, other in zip(ours, theirs, strict=False) if one != other]
    return len(ours) == len(theirs) and len(slips) == 1 and all(starmap(_slip_within, slips))


def _slip_within(one: str, other: str) -> bool:
    return len(one) > SHORTEST and one[0] == other[0] and alike(one, other)
