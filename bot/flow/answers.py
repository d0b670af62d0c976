"""From answers to facts: what each accepted answer makes known, and how it is quoted back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.flow.conditions import NO, UNSURE, YES, Fact
from bot.flow.models import Flow
from bot.flow.questions import Choice, Kind, Question

AnswerValue = str | float | tuple[str, ...]  # choice id or text; typed number; ids of the ticked choices

_CERTAINTY: Mapping[object, int] = {NO: 0, UNSURE: 1, YES: 2}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was accepted for a question. The same answer at another time is the same answer."""

    question: str
    value: AnswerValue
    at: float = field(default=0.0, compare=False)  # when it was given, in seconds since 1970


def facts_of(flow: Flow, answers: Iterable[Answer]) -> dict[str, Fact]:
    """Everything the answers make known. A danger once said "yes" to is not undone by a later "no" elsewhere."""
    facts: dict[str, Fact] = {}
    for answer in answers:
        _add(facts, facts_made(flow.questions[answer.question], answer.value))
    return facts


def add_facts(facts: dict[str, Fact], question: Question, value: AnswerValue) -> dict[str, Fact | None]:
    """Add what one answer makes known. The facts it touched, as they were before; None where one was not known."""
    made = facts_made(question, value)
    before = {name: facts.get(name) for name, _ in made}
    _add(facts, made)
    return before


def _add(facts: dict[str, Fact], made: Iterable[tuple[str, Fact]]) -> None:
    for name, fact in made:
        if name not in facts or _outweighs(fact, facts[name]):
            facts[name] = fact


def _outweighs(new: Fact, known: Fact) -> bool:
    weight, before = _CERTAINTY.get(new), _CERTAINTY.get(known)
    return weight is None or before is None or weight > before


def facts_made(question: Question, value: AnswerValue) -> tuple[tuple[str, Fact], ...]:
    """The facts that one answer makes: the question's own, and those its choices set."""
    by_choice = question.facts_by_choice.get(value)
    if by_choice is not None:
        return by_choice
    return question.facts_of_ticks(value) if isinstance(value, tuple) else ((question.id, value),)


def fits(question: Question, value: object) -> bool:
    """Is this a possible answer to the question, as it stands now?"""
    if question.kind is Kind.MANY_OF:
        return isinstance(value, tuple) and bool(value) and all(question.choice(item) for item in value)
    if isinstance(value, str) and question.choice(value):
        return True
    if question.kind.numeric:
        return isinstance(value, (int, float)) and question.at_least <= value <= question.at_most
    return question.kind is Kind.TEXT and isinstance(value, str) and bool(value.strip())


def answer_text(question: Question, value: AnswerValue) -> str:
    """The answer as the patient would recognise it."""
    if isinstance(value, tuple):
        return ", ".join(choice.label for choice in question.choices if choice.id in value)
    choice = question.choice(value)
    if choice:
        return choice.label
    if isinstance(value, (int, float)):
        return f"{value:g} {_unit(question)}".strip()
    return value


def _unit(question: Question) -> str:
    return "weeks" if question.kind is Kind.DURATION else question.unit or ""


def quotes(flow: Flow, facts: Mapping[str, Fact], answers: Iterable[Answer] = ()) -> dict[str, str]:
    """Fact -> what the patient said that made it known, ready to follow "because you said "."""
    answered = {answer.question: _said(flow.questions[answer.question], answer.value) for answer in answers}
    said = {name: answered.get(name) or _declared(flow, name, fact) for name, fact in facts.items()}
    return {name: text for name, text in said.items() if text}


def _declared(flow: Flow, name: str, fact: Fact) -> str | None:
    declared = flow.facts.get(name)
    if declared is None:
        question = flow.questions.get(name)
        return _said_of_fact(question, fact) if question else None
    if isinstance(fact, (int, float)):
        return declared.number_said and declared.number_said.replace("{value}", f"{fact:g}")
    return declared.said.get(fact) if isinstance(fact, str) else None


def _said_of_fact(question: Question, fact: Fact) -> str | None:
    """For facts given without a conversation: quote the choice that would have made them."""
    if isinstance(fact, frozenset):
        return _said(question, tuple(fact))
    match = next((choice for choice in question.choices if choice.fact == fact), None)
    return _said(question, match.id if match else fact)


def _said(question: Question, value: AnswerValue) -> str | None:
    if isinstance(value, tuple):
        texts = [_choice_said(question, choice) for choice in question.choices if choice.id in value]
        return " and ".join(texts) or None
    choice = question.choice(value)
    if choice:
        return _choice_said(question, choice)
    if isinstance(value, (int, float)) and question.said:
        return question.said.replace("{value}", f"{value:g}")
    return None


def _choice_said(question: Question, choice: Choice) -> str:
    if choice.said:
        return choice.said
    if question.said and isinstance(choice.value, (int, float)):
        return question.said.replace("{value}", choice.label)
    return f"“{choice.label}”"
