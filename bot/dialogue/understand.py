"""What a typed answer means for the question at hand. A wrong answer is a value that says what would be accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.flow.answers import AnswerValue
from bot.flow.conditions import NO, NONE, UNSURE, YES
from bot.flow.models import Choice, Kind, Question

TYPO = 0.8  # how alike two words must be to count as the same
LONGEST_TEXT = 500  # characters kept of an answer in words

_NUMBER_WORDS = {
    **{word: float(n) for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split())},
    "no": 0.0, "none": 0.0, "a": 1.0, "an": 1.0, "once": 1.0, "twice": 2.0, "couple": 2.0, "few": 3.0, "several": 4.0,
    "half": 0.5, "dozen": 12.0, "every": 7.0, "daily": 7.0,
}  # fmt: skip
_WEEKS = {"day": 1 / 7, "week": 1.0, "wk": 1.0, "fortnight": 2.0, "month": 52 / 12, "mth": 52 / 12, "year": 52.0, "yr": 52.0}
_PLAIN = {
    YES: frozenset("yes y yeah yep yup sure correct true right ok okay".split()),
    NO: frozenset("no n nope nah not never false".split()),
    UNSURE: frozenset({"not sure", "unsure", "dont know", "do not know", "i dont know", "no idea", "maybe", "idk", "dunno",
                       "im not sure", "i am not sure", "perhaps", "possibly", "not certain", "hard to say"}),
    NONE: frozenset({"none", "none of these", "nothing", "no", "nope", "n", "none of them", "no to all", "nothing else",
                     "none apply", "not any", "neither"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misfit:
    """A typed answer that does not fit: the message that says what would."""

    message: str  # key in the flow's messages


def understand(question: Question, text: str) -> AnswerValue | Misfit:
    """The answer that the text gives, or what is wrong with it."""
    return _READERS[question.kind](question, text.strip())


def plain(text: str) -> str:
    """Small letters and digits with single spaces, for comparing what was typed."""
    text = re.sub(r"['’`´]", "", text.lower())
    return re.sub(r"[^\w.]+|(?<!\d)\.|\.(?!\d)", " ", text).strip()


def _one(question: Question, text: str) -> AnswerValue | Misfit:
    choice = _match(question, plain(text)) or _covering(question, text)
    return choice.id if choice else Misfit("reject_choice")


def _many(question: Question, text: str) -> AnswerValue | Misfit:
    whole = _match(question, plain(text))
    if whole:
        return (whole.id,)
    pieces = [piece for piece in re.split(r",|;|\band\b|\n|\+", text.lower()) if piece.strip()]
    found = [_match(question, plain(piece)) for piece in pieces]
    chosen = [choice for choice in found if choice is not None]
    if not chosen or len(chosen) < len(found):
        return Misfit("reject_many")
    exclusive = [choice for choice in chosen if choice.exclusive]
    if exclusive and len(set(chosen)) > 1:
        return Misfit("reject_many")
    return tuple(dict.fromkeys(choice.id for choice in chosen))


def _number(question: Question, text: str) -> AnswerValue | Misfit:
    return _numeric(question, text, read_number, Misfit("reject_number"))


def _duration(question: Question, text: str) -> AnswerValue | Misfit:
    return _numeric(question, text, read_weeks, Misfit("reject_duration"))


def _numeric(
    question: Question, text: str, read: Callable[[str], float | None], misfit: Misfit
) -> AnswerValue | Misfit:
    choice = _exact(question, plain(text))
    if choice:
        return choice.id
    number = read(text)
    if number is not None:
        return round(number, 1) if question.at_least <= number <= question.at_most else misfit
    choice = _match(question, plain(text))
    return choice.id if choice else misfit


def _words(question: Question, text: str) -> AnswerValue | Misfit:
    choice = _exact(question, plain(text))
    if choice:
        return choice.id
    return text[:LONGEST_TEXT] if any(char.isalnum() for char in text) else Misfit("reject_text")


_READERS: dict[Kind, Callable[[Question, str], AnswerValue | Misfit]] = {
    Kind.ONE_OF: _one,
    Kind.YES_NO: _one,
    Kind.MANY_OF: _many,
    Kind.SCALE: _number,
    Kind.NUMBER: _number,
    Kind.DURATION: _duration,
    Kind.TEXT: _words,
}


def read_number(text: str) -> float | None:
    """The number a text speaks of: "7", "7/10", "seven", "3-4" (the middle). None where there is none, or a riddle."""
    cleaned = re.sub(r"\s*(/|out of)\s*(10|ten)\b", "", text.lower())
    spread = re.fullmatch(r"\D*?(\d+(?:[.,]\d+)?)\s*(?:-|–|to|or)\s*(\d+(?:[.,]\d+)?)\D*", cleaned)
    if spread:
        return (_float(spread[1]) + _float(spread[2])) / 2
    digits = re.findall(r"(?<![\d.])-?\d+(?:[.,]\d+)?", cleaned)
    if digits:
        return _float(digits[0]) if len(digits) == 1 else None
    words = [_NUMBER_WORDS[word] for word in plain(cleaned).split() if word in _NUMBER_WORDS]
    return max(words) if words else None


def read_weeks(text: str) -> float | None:
    """A stretch of time in weeks: "about two months", "3 weeks", "half a year", "10 days"."""
    lowered = plain(text)
    units = [(name, size) for name, size in _WEEKS.items() if re.search(rf"\b\d*\s*{name}s?\b|\d{name}s?\b", lowered)]
    if not units:
        return None
    if "half a" in lowered or "half the" in lowered:
        return units[0][1] / 2
    number = read_number(text)
    return (1.0 if number is None else number) * units[0][1]


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _covering(question: Question, text: str) -> Choice | None:
    number = read_number(text) if re.search(r"\d", text) else None
    if number is None:
        return None
    return next((c for c in question.choices if c.covers and c.covers[0] <= number <= c.covers[1]), None)


def _exact(question: Question, typed: str) -> Choice | None:
    """The choice whose id, label or other word this is."""
    for choice in question.choices:
        if typed in _names(choice) or typed in _PLAIN.get(choice.id, ()):
            return choice
    return None


def _match(question: Question, typed: str) -> Choice | None:
    """The one choice that fits: exactly, by its words, or with a typo. None where two fit equally."""
    if not typed:
        return None
    exact = _exact(question, typed)
    if exact:
        return exact
    for close in (_by_words, _by_typo):
        found = [choice for choice in question.choices if close(choice, typed)]
        if len(found) == 1:
            return found[0]
    return None


def _names(choice: Choice) -> tuple[str, ...]:
    return (plain(choice.label), choice.id.replace("_", " "), *(plain(word) for word in choice.accepts))


def _by_words(choice: Choice, typed: str) -> bool:
    """Everything that was typed stands in the label, or a whole other word for the choice stands in what was typed."""
    words = set(typed.split())
    accepted = (plain(word) for word in choice.accepts)
    return words <= set(plain(choice.label).split()) or any(f" {word} " in f" {typed} " for word in accepted if word)


def _by_typo(choice: Choice, typed: str) -> bool:
    pieces = {*_names(choice), *re.split(r" or | and ", plain(choice.label)), *plain(choice.label).split()}
    return any(_alike(piece, typed) for piece in pieces if len(piece) > 3)


def _alike(first: str, second: str) -> bool:
    return SequenceMatcher(None, first, second).ratio() >= TYPO
