"""What a typed answer means for the question at hand. A wrong answer is a value that says what would be accepted.

Better to ask again than to guess: where two choices could be meant, neither is taken. Answers about danger are in
danger_answers.py; sentences that speak of danger are heard by the triage, before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.amounts import LONGEST, only_an_amount, read_number, read_weeks, times_counted, units_in
from bot.dialogue.danger_answers import danger_choice, only_says
from bot.dialogue.naming import SHORTEST, leaning, named, names, only
from bot.dialogue.plain_words import NEGATORS, PLAIN, SAYS_YES, alike, flow_text, plain, words
from bot.flow.answers import AnswerValue
from bot.flow.conditions import UNSURE, YES
from bot.flow.questions import Choice, Kind, Question

NEAR = 5  # words; a "not" so near to a name denies it
LONGEST_TEXT = 500  # characters kept of an answer in words

_AGREED = frozenset({"ok", "okay", "sure", "right", "yes please"})  # a yes only where nothing is at stake
_FILLERS = words(  # say nothing by themselves
    "a all also am an and any are at bit can course do does for has have he hello hi i id im in is it its ive just kind"
    " lot me mostly much my of oh on only or our please quite really she so some sort sorry thank thanks that thats the"
    " them there these they think this those to too very we well with you your"
)
_AGES = _FILLERS | words("age aged old year years yo yr yrs")  # may stand around an age
_ANOTHER = re.compile(r"\b(?:he|she|they)(?:['’]?(?:s|re)| is| are)?\b", re.IGNORECASE)
_AFTER_NO = _FILLERS | NEGATORS | {"did", "had", "was", "yet"}
_DOUBTS = tuple(
    f" {doubt} "
    for doubt in ("not sure", "unsure", "maybe", "perhaps", "possibly", "dont know", "do not know", "no idea", "idk",
                  "dunno", "not certain", "hard to say", "cant say", "cannot say", "cant tell", "cannot tell")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misfit:
    """A typed answer that does not fit: the message that says what would."""

    message: str  # key in the flow's messages


def understand(question: Question, text: str) -> AnswerValue | Misfit:
    """The answer that the text gives, or what is wrong with it."""
    return _READERS[question.kind](question, text.strip())


def _one(question: Question, text: str) -> AnswerValue | Misfit:
    choice = _choice(question, text)
    return choice.id if choice else Misfit("reject_choice")


def _many(question: Question, text: str) -> AnswerValue | Misfit:
    exact = _exact(question, plain(text))
    found = [exact] if exact else [_choice(question, piece) for piece in _pieces(text)]
    chosen = [choice for choice in found if choice is not None]
    if not chosen or len(chosen) < len(found):
        return Misfit("reject_which" if plain(text).split(" ")[0] in SAYS_YES else "reject_many")
    if len(set(chosen)) > 1 and any(choice.exclusive for choice in chosen):
        return Misfit("reject_exclusive")
    return tuple(dict.fromkeys(choice.id for choice in chosen))


def _pieces(text: str) -> list[str]:
    pieces = re.split(r"[,;+&\n]|\band\b", text.lower()) if len(text) <= LONGEST else [text]
    return [piece for piece in pieces if piece.strip()]


def _number(question: Question, text: str) -> AnswerValue | Misfit:
    misfit = Misfit("reject_number")
    if times_counted(text) - {(question.unit or "").removesuffix("s")}:
        return misfit  # how long, where it was asked how much
    return _amount(question, text, read_number(text, question.at_most), misfit)


def _duration(question: Question, text: str) -> AnswerValue | Misfit:
    return _amount(question, text, read_weeks(text), Misfit("reject_duration"))


def _amount(question: Question, text: str, amount: float | None, misfit: Misfit) -> AnswerValue | Misfit:
    exact = None if amount is not None and amount < 0 else _exact(question, plain(text))
    if exact:
        return exact.id
    if amount is not None:
        return round(amount, 1) if question.at_least <= amount <= question.at_most else misfit
    choice = _choice(question, text)
    return choice.id if choice else misfit


def _words(question: Question, text: str) -> AnswerValue | Misfit:
    exact = _exact(question, plain(text))
    if exact:
        return exact.id
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


def _choice(question: Question, text: str) -> Choice | None:
    """The one choice that is meant; None where it could be none or several."""
    typed = plain(text)
    exact = _exact(question, typed)
    if exact or not typed:
        return exact
    if len(text) > LONGEST:
        return named(question, typed, _stands(question))
    if any(doubt in f" {typed} " for doubt in _DOUBTS):
        return question.choice(UNSURE)
    if "?" in text:
        return None  # a question back is not an answer
    if question.danger:
        return danger_choice(question, typed) or _covering(question, text)
    return _harmless(question, text, typed)


def _harmless(question: Question, text: str, typed: str) -> Choice | None:
    answered = leaning(question, typed, _denies) or named(question, typed, _stands(question))
    return answered or _covering(question, text) or _nearly(question, typed)


def _exact(question: Question, typed: str) -> Choice | None:
    """The choice whose label or other word this is."""
    for choice in question.choices:
        if typed in names(choice) or typed in PLAIN.get(choice.id, ()):
            return choice
    return question.choice(YES) if typed in _AGREED and not question.danger else None


def _denies(typed: str) -> bool:
    return _AFTER_NO.issuperset(typed.split()[1:])


def _stands(question: Question) -> Callable[[str, str], bool]:
    """How a choice's name must stand among other words to be meant."""
    if question.danger:
        return only_says
    return _nearly_alone if question.exact else _not_denied


def _nearly_alone(before: str, after: str) -> bool:
    rest = " ".join(word for word in f"{before} {after}".split() if word not in _FILLERS)
    return not rest or only_an_amount(rest)  # "my son is 8"


def _not_denied(before: str, after: str) -> bool:
    return NEGATORS.isdisjoint((*before.split()[-NEAR:], *after.split()[:NEAR]))


def _covering(question: Question, text: str) -> Choice | None:
    """The choice that stands for a typed number, such as an age. Who writes "she is 70" means none that says "me"."""
    alone = _ANOTHER.sub("", text)
    number = read_number(alone) if re.search(r"\d", alone) else None
    if number is None or (question.exact and not _AGES.issuperset(re.findall(r"[a-z]+", plain(alone)))):
        return None
    meant = [c for c in question.choices if alone == text or "me" not in flow_text(c.label).split()]
    covering = (c for c in meant if c.covers and c.covers[0] <= number <= c.covers[1])
    return only(choice for choice in covering if units_in(text) - units_in(choice.label) <= {"year"})


def _nearly(question: Question, typed: str) -> Choice | None:
    """The choice that was typed in part, or with a slip of the finger."""
    parts = (choice for choice in question.choices if _is_part_of(typed, flow_text(choice.label)))
    return only(parts) or only(choice for choice in question.choices if _slipped(choice, typed))


def _is_part_of(typed: str, label: str) -> bool:
    said = {word for word in typed.split() if word not in _FILLERS}
    return any(word.isalpha() for word in said) and said <= set(label.split())


def _slipped(choice: Choice, typed: str) -> bool:
    label = flow_text(choice.label)
    pieces = {*names(choice), *re.split(r" or | and ", label), *label.split()}
    return any(alike(piece, typed) for piece in pieces if len(piece) > SHORTEST)
