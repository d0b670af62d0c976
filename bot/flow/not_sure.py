""" "Not sure" on a list of danger signs: it is never taken as "no", so the program asks which sign is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.flow.conditions import NONE, UNSURE, YES, Condition, Fact, Includes
from bot.flow.models import FactDeclared, Stage
from bot.flow.order import Order
from bot.flow.questions import Choice, Kind, Question

SUFFIX = "_unsure"
UNCLEAR = "danger_unclear"  # the fact made by "I cannot say which"; every flow has it and says what follows from it
UNCLEAR_FACT = FactDeclared(UNCLEAR, {YES: None})
_NOT_SURE = ("not sure", "im not sure", "i am not sure", "no idea", "i dont know", "i do not know")  # typed once more


@dataclass(frozen=True, slots=True)
class _Words:
    label: str
    which: str
    cannot_say: str


def with_not_sure(
    questions: Mapping[str, Question], order: Order, messages: Mapping[str, str]
) -> tuple[dict[str, Question], Order]:
    """Give every list of danger signs a "Not sure", and a question after it that asks which one."""
    words = _Words(*(messages.get(key, key) for key in ("not_sure", "not_sure_which", "not_sure_cannot_say")))
    expanded: dict[str, Question] = {}
    only_if: dict[str, Condition] = dict(order.only_if)
    follow_ups: set[str] = set()
    for ident, question in questions.items():
        expanded[ident] = _with_choice(question, words, asks_which=ident in only_if)
        if _is_danger_list(question) and ident in only_if:
            follow_up = _which(question, words)
            expanded[follow_up.id] = follow_up
            only_if[follow_up.id] = Includes(ident, frozenset((UNSURE,)))
            follow_ups.add(ident)
    stages = tuple(replace(stage, nodes=_with_follow_ups(stage, follow_ups)) for stage in order.stages)
    return expanded, Order(stages, only_if)


def _is_danger_list(question: Question) -> bool:
    return question.danger and question.kind is Kind.MANY_OF and question.choice(UNSURE) is None


def _with_follow_ups(stage: Stage, follow_ups: set[str]) -> tuple[str, ...]:
    nodes = ((node, node + SUFFIX) if node in follow_ups else (node,) for node in stage.nodes)
    return tuple(node for pair in nodes for node in pair)


def _with_choice(question: Question, words: _Words, *, asks_which: bool) -> Question:
    if not _is_danger_list(question):
        return question
    sets = () if asks_which else _all_unsure(question)
    not_sure = Choice(UNSURE, words.label, sets=sets, exclusive=True)
    signs = tuple(choice for choice in question.choices if choice.id != NONE)
    none = tuple(choice for choice in question.choices if choice.id == NONE)
    return replace(question, choices=(*signs, not_sure, *none))


def _which(question: Question, words: _Words) -> Question:
    signs = tuple(
        replace(choice, sets=tuple((name, UNSURE) for name, _ in choice.sets), otherwise=())
        for choice in question.choices
        if choice.id != NONE
    )
    cannot_say = Choice(NONE, words.cannot_say, accepts=_NOT_SURE, sets=((UNCLEAR, YES),), exclusive=True)
    return replace(question, id=question.id + SUFFIX, ask=words.which, choices=(*signs, cannot_say), picture=None)


def _all_unsure(question: Question) -> tuple[tuple[str, Fact], ...]:
    names = dict.fromkeys(name for choice in question.choices for name, _ in choice.sets)
    return tuple((name, UNSURE) for name in names)
