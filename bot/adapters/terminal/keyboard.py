"""What a typed line means: a choice by its number, a command, or an answer in words. Pure."""

from __future__ import annotations

import re

from bot.dialogue.inputs import Chose, Commanded, Input, Typed
from bot.dialogue.outputs import Ask, Conclude, Offered
from bot.flow.questions import Kind

_NUMBERS = re.compile(r"\d{1,3}(?:(?:\s*[,;+&]\s*|\s+and\s+|\s+)\d{1,3})*[.)]?")  # 3   1 3   1,3   1 and 3
_NUMERIC = frozenset(kind for kind in Kind if kind.numeric)


def is_numeric(shown: Ask | Conclude) -> bool:
    """Does the question itself take a number? Then its choices go by letters."""
    return isinstance(shown, Ask) and shown.kind in _NUMERIC


def takes_many(shown: Ask | Conclude) -> bool:
    """May several choices be given?"""
    return isinstance(shown, Ask) and shown.kind == Kind.MANY_OF


def mark_of(shown: Ask | Conclude, place: int) -> str:
    """What to type for the choice at a place: 1, 2, 3, or a, b, c."""
    return chr(ord("a") + place) if is_numeric(shown) else str(place + 1)


def read_line(shown: Ask | Conclude | None, line: str) -> Input:
    """The input that a line gives. A number that is no choice's is left to the question."""
    text = line.strip()
    if text.startswith("/") and len(text) > 1:
        return Commanded(text[1:].split()[0].lower())
    chosen = _chosen(shown, text.lower()) if shown else ()
    return Chose(tuple(choice.id for choice in chosen)) if chosen else Typed(text)


def _chosen(shown: Ask | Conclude, text: str) -> tuple[Offered, ...]:
    if is_numeric(shown):
        places = [ord(text) - ord("a")] if re.fullmatch("[a-z]", text) else []
    else:
        places = [int(number) - 1 for number in re.findall(r"\d+", text)] if _NUMBERS.fullmatch(text) else []
    if len(places) > 1 and not takes_many(shown):
        return ()
    if not all(0 <= place < len(shown.choices) for place in places):
        return ()
    return tuple(shown.choices[place] for place in dict.fromkeys(places))
