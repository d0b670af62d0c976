"""Typed words made comparable: small letters, plain yes and no, slips of the finger."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from bot.flow.conditions import NO, NONE, UNSURE, YES

TYPO = 0.8  # how alike two words must be to count as the same


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


SAYS_YES = words("yes y yeah yea yep yup yess true correct definitely absolutely")
SAYS_NO = words("no n nope nah noo not never false")
NEGATORS = words(
    "no not none never nothing without neither nor cannot cant dont doesnt didnt isnt arent wasnt werent havent hasnt"
    " hadnt wont wouldnt couldnt shouldnt"
)
PLAIN = {  # what stands for a choice of this id wherever there is one
    YES: SAYS_YES,
    NO: SAYS_NO | {"not really", "not at all", "not yet", "not now"},
    UNSURE: frozenset({"unsure", "maybe", "idk", "dunno", "perhaps", "possibly", "?"}),
    NONE: frozenset({"none", "nothing", "no", "nope", "n", "neither", "nothing else", "not any"}),
}


def plain(text: str) -> str:
    """Small letters and digits with single spaces, for comparing what was typed."""
    text = re.sub(r"['’`´]", "", text.lower())
    return re.sub(r"[^\w.]+|(?<!\d)\.|\.(?!\d)", " ", text).strip()


@lru_cache(maxsize=10_000)
def flow_text(text: str) -> str:
    """A text of the flow made plain. Never called with what a patient typed: that is not kept."""
    return plain(text)


def alike(first: str, second: str) -> bool:
    """As good as the same; but a slip changes neither a number nor a "not"."""
    one, other = set(first.split()), set(second.split())
    differ = {word for word in one ^ other if word in NEGATORS or any(char.isdigit() for char in word)}
    matcher = SequenceMatcher(None, first, second)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the quick ones are upper bounds
    return not differ and all(ratio() >= TYPO for ratio in ratios)
