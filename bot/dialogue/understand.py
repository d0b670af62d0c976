"""What a typed answer means for the question at hand. A wrong answer is a value that says what would be accepted.

Better to ask again than to guess: where two choices could be meant, neither is taken. On danger signs only the very
words of a choice count; sentences about danger are heard by the triage, before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bot.dialogue.amounts import LONGEST, only_an_amount, read_number, read_weeks, times_counted, units_in
from bot.flow.answers import AnswerValue
from bot.flow.conditions import NO, NONE, UNSURE, YES
from bot.flow.models import Choice, Kind, Question

TYPO = 0.8  # how alike two words must be to count as the same
NEAR = 5  # words; a "not" so near to a name denies it
SHORTEST = 3  # letters; "in" or "ms" amid other words says nothing
LONGEST_TEXT = 500  # characters kept of an answer in words


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_YES = _set("yes y yeah yea yep yup yess true correct definitely absolutely")
_NO = _set("no n nope nah noo not never false")
_AGREED = frozenset({"ok", "okay", "sure", "right", "yes please"})  # a yes only where nothing is at stake
_NEGATORS = _set(
    "no not none never nothing without neither nor cannot cant dont doesnt didnt isnt arent wasnt werent havent hasnt"
    " hadnt wont wouldnt couldnt shouldnt"
)
_FILLERS = _set(  # say nothing by themselves
    "a all also am an and any are at bit can course do does for has have he hello hi i id im in is it its ive just kind"
    " lot me mostly much my of oh on only or our please quite really she so some sort sorry thank thanks that thats the"
    " them there these they think this those to too very we well with you your"
)
_AGES = _FILLERS | _set("age aged old year years yo yr yrs")  # may stand around an age
_AFTER_NO = _FILLERS | _NEGATORS | {"did", "had", "was", "yet"}
_POLITE = _set("i oh please sorry thank thanks you")  # may follow a bare no to a danger sign
_DENIAL = _POLITE | _set(  # with one "not" among them: "no i do not have any of these"
    "a am an any are did do does had has have is it its me of that the them these this those was"
    " not no none never nothing neither dont doesnt didnt isnt arent wasnt havent hasnt"
)
_BEFORE_SIGN = re.compile(  # in this order: "is it" and "have i" only ask
    "((hi|hello|oh|sorry|please|i have|ive|we have|he has|she has|they have|i am|im|it is|its|my|a|an|the) )*"
)
_AFTER_SIGN = re.compile("( (please|sorry|thanks|thank you))*")
_PLAIN = {
    YES: _YES,
    NO: _NO | {"not really", "not at all", "not yet", "not now"},
    UNSURE: frozenset({"unsure", "maybe", "idk", "dunno", "perhaps", "possibly", "?"}),
    NONE: frozenset({"none", "nothing", "no", "nope", "n", "neither", "nothing else", "not any"}),
}
_DOUBTS = tuple(
    f" {words} "
    for words in ("not sure", "unsure", "maybe", "perhaps", "possibly", "dont know", "do not know", "no idea", "idk",
                  "dunno", "not certain", "hard to say", "cant say", "cannot say", "cant tell", "cannot tell")
)  # fmt: skip


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
    choice = _choice(question, text)
    return choice.id if choice else Misfit("reject_choice")


def _many(question: Question, text: str) -> AnswerValue | Misfit:
    exact = _exact(question, plain(text))
    found = [exact] if exact else [_choice(question, piece) for piece in _pieces(text)]
    chosen = [choice for choice in found if choice is not None]
    if not chosen or len(chosen) < len(found):
        return Misfit("reject_which" if plain(text).split(" ")[0] in _YES else "reject_many")
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
        return _named(question, typed)
    if any(doubt in f" {typed} " for doubt in _DOUBTS):
        return question.choice(UNSURE)
    if "?" in text:
        return None  # a question back is not an answer
    return _leaning(question, typed) or _named(question, typed) or _covering(question, text) or _nearly(question, typed)


def _exact(question: Question, typed: str) -> Choice | None:
    """The choice whose label or other word this is."""
    for choice in question.choices:
        if typed in _names(choice) or typed in _PLAIN.get(choice.id, ()):
            return choice
    return question.choice(YES) if typed in _AGREED and not question.danger else None


@lru_cache(maxsize=10_000)
def _flow_text(text: str) -> str:
    """A text of the flow made plain. Never called with what a patient typed: that is not kept."""
    return plain(text)


def _names(choice: Choice) -> tuple[str, ...]:
    return (_flow_text(choice.label), *map(_flow_text, choice.accepts))


def _leaning(question: Question, typed: str) -> Choice | None:
    """Yes or no with a few words after it. "No fever" is not a no: it leaves the rest open."""
    first, *rest = typed.split()
    if first in _YES and _NEGATORS.isdisjoint(rest) and "but" not in rest:
        return question.choice(YES)
    if first not in _NO | _PLAIN[NONE]:
        return None
    denied = _denied(typed) if question.danger else _AFTER_NO.issuperset(rest)
    return (question.choice(NO) or question.choice(NONE)) if denied else None


def _denied(typed: str) -> bool:
    """Whether a no lets a danger sign go: it is neither part of a no, such as "not all", nor denied itself."""
    without = re.sub("^(no|nope|nah|noo|n) ", "", typed)
    words = without.replace(" at all", "").split()
    if without in _PLAIN[NO] or (without != typed and _POLITE.issuperset(words)):
        return True
    return _DENIAL.issuperset(words) and sum(word in _NEGATORS for word in words) == 1


def _named(question: Question, typed: str) -> Choice | None:
    """The choice of which a label or another word stands in what was typed, and is not denied there."""
    named = [(name, choice) for choice in question.choices for name in _names(choice) if _says(typed, name, question)]
    return _only(choice for name, choice in named if not any(_is_within(name, other) for other, _ in named))


def _is_within(name: str, other: str) -> bool:
    return name != other and f" {name} " in f" {other} "


def _says(typed: str, name: str, question: Question) -> bool:
    before, found, after = f" {typed} ".partition(f" {name} ")
    if len(name) < SHORTEST or not found:
        return False
    if question.danger:
        return bool(_BEFORE_SIGN.fullmatch(f"{before} ".lstrip()) and _AFTER_SIGN.fullmatch(f" {after}".rstrip()))
    if question.exact:
        rest = " ".join(word for word in f"{before} {after}".split() if word not in _FILLERS)
        return not rest or only_an_amount(rest)  # "my son is 8"
    return _NEGATORS.isdisjoint((*before.split()[-NEAR:], *after.split()[:NEAR]))


def _covering(question: Question, text: str) -> Choice | None:
    """The choice that stands for a typed number, such as an age."""
    number = read_number(text) if re.search(r"\d", text) else None
    if number is None or (question.exact and not _AGES.issuperset(re.findall(r"[a-z]+", plain(text)))):
        return None
    covering = (c for c in question.choices if c.covers and c.covers[0] <= number <= c.covers[1])
    return _only(choice for choice in covering if units_in(text) - units_in(choice.label) <= {"year"})


def _nearly(question: Question, typed: str) -> Choice | None:
    """The choice that was typed in part, or with a slip of the finger."""
    parts = () if question.danger else (c for c in question.choices if _is_part_of(typed, _flow_text(c.label)))
    return _only(parts) or _only(choice for choice in question.choices if _slipped(choice, typed, question))


def _is_part_of(typed: str, label: str) -> bool:
    said = {word for word in typed.split() if word not in _FILLERS}
    return any(word.isalpha() for word in said) and said <= set(label.split())


def _slipped(choice: Choice, typed: str, question: Question) -> bool:
    if question.danger:
        return any(_alike_by_word(name, typed) for name in _names(choice))
    label = _flow_text(choice.label)
    pieces = {*_names(choice), *re.split(r" or | and ", label), *label.split()}
    return any(_alike(piece, typed) for piece in pieces if len(piece) > SHORTEST)


def _alike_by_word(name: str, typed: str) -> bool:
    """The same words in the same order, one of them with a slip, but not at its beginning: "untrue" is not "true"."""
    ours, theirs = name.split(), typed.split()
    slips = [(one, other) for one, other in zip(ours, theirs, strict=False) if one != other]
    if len(ours) != len(theirs) or len(slips) != 1:
        return False
    (one, other) = slips[0]
    return len(one) > SHORTEST and one[0] == other[0] and _alike(one, other)


def _alike(first: str, second: str) -> bool:
    """As good as the same; but a slip changes neither a number nor a "not"."""
    one, other = set(first.split()), set(second.split())
    differ = {word for word in one ^ other if word in _NEGATORS or any(char.isdigit() for char in word)}
    matcher = SequenceMatcher(None, first, second)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the quick ones are upper bounds
    return not differ and all(ratio() >= TYPO for ratio in ratios)


def _only(choices: Iterable[Choice]) -> Choice | None:
    found = {choice.id: choice for choice in choices}
    return next(iter(found.values())) if len(found) == 1 else None
