"""Which choice is named in what was typed, and whether it leans to yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.dialogue.plain_words import NEGATORS, PLAIN, SAYS_NO, SAYS_YES, flow_text
from bot.flow.conditions import NO, NONE, YES
from bot.flow.questions import Choice, Question

SHORTEST = 3  # letters; "in" or "ms" amid other words says nothing


def names(choice: Choice) -> tuple[str, ...]:
    """Its label and what else the flow accepts for it, made plain."""
    return (flow_text(choice.label), *map(flow_text, choice.accepts))


def leaning(question: Question, typed: str, denies: Callable[[str], bool]) -> Choice | None:
    """Yes or no with a few words after it. "No fever" is not a no: it leaves the rest open."""
    first, *rest = typed.split()
    if first in SAYS_YES and NEGATORS.isdisjoint(rest) and "but" not in rest:
        return question.choice(YES)
    if first in SAYS_NO | PLAIN[NONE] and denies(typed):
        return question.choice(NO) or question.choice(NONE)
    return None


def named(question: Question, typed: str, stands: Callable[[str, str], bool]) -> Choice | None:
    """The one choice of which a name stands in what was typed. `stands` judges the words before and after the name."""
    found = [(name, choice) for choice in question.choices for name in names(choice) if _says(typed, name, stands)]
    return only(choice for name, choice in found if not any(_is_within(name, other) for other, _ in found))


def _says(typed: str, name: str, stands: Callable[[str, str], bool]) -> bool:
    before, found, after = f" {typed} ".partition(f" {name} ")
    return len(name) >= SHORTEST and bool(found) and stands(before, after)


def _is_within(name: str, other: str) -> bool:
    return name != other and f" {name} " in f" {other} "


def only(choices: Iterable[Choice]) -> Choice | None:
    """The choice, where it is a single one."""
    found = {choice.id: choice for choice in choices}
    return next(iter(found.values())) if len(found) == 1 else None
