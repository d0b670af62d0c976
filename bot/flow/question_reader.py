"""Reads questions with their choices, and declared facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import inf

from bot.flow.conditions import NO, NONE, UNSURE, YES, Fact
from bot.flow.messages import ASIDES
from bot.flow.models import FactDeclared
from bot.flow.questions import Choice, Kind, Question
from bot.flow.yaml_source import Fields, Value, as_number

_YES_NO = (Choice(YES, "Yes"), Choice(NO, "No"), Choice(UNSURE, "Not sure"))
_SCALE = tuple(Choice(f"s{n}", str(n), value=float(n)) for n in range(11))
_LABELS = {choice.id: choice.label for choice in _YES_NO}
_MOST = {Kind.SCALE: 10.0, Kind.DURATION: 52.0 * 60}  # a duration counts weeks
_LIMITED = (Kind.NUMBER, Kind.DURATION)


def read_question(fields: Fields) -> Question:
    """A `questions:` entry."""
    kind = Kind(fields.one_of("kind", tuple(Kind)))
    listed = tuple(fields.each("choices", f"{fields.where}: choice", lambda choice: _choice(choice, kind)))
    at_least, at_most = _limits(fields, kind)
    question = Question(
        id=fields.ident(),
        kind=kind,
        ask=fields.text("ask"),
        choices=_choices(kind, listed),
        why=fields.optional("why"),
        meaning=fields.optional("meaning"),
        unit=fields.optional("unit") if kind is Kind.NUMBER else None,
        at_least=at_least,
        at_most=at_most,
        said=fields.optional("said") if kind.numeric else None,
        picture=fields.optional("picture"),
        picture_text=fields.optional("picture_text"),
        danger=fields.flag("danger"),
        ages=fields.flag("ages"),
        exact=fields.flag("exact"),
        ref=fields.optional("ref"),
        refs=fields.texts("refs"),
    )
    _check_choices(question, listed, fields)
    _check_danger(question, fields)
    return question


def _limits(fields: Fields, kind: Kind) -> tuple[float, float]:
    low = fields.number("at_least") if kind in _LIMITED else None
    high = fields.number("at_most") if kind in _LIMITED else None
    at_least, at_most = 0 if low is None else low, _MOST.get(kind, 1000) if high is None else high
    if at_least > at_most:
        fields.problem("`at_least` is more than `at_most`, so no number fits.", "Swap the two.", fields.get("at_least"))
    return at_least, at_most


def _choices(kind: Kind, listed: tuple[Choice, ...]) -> tuple[Choice, ...]:
    if kind is Kind.YES_NO:
        given = {choice.id: choice for choice in listed}
        return tuple(given.get(choice.id, choice) for choice in _YES_NO)
    return (*_SCALE, *listed) if kind is Kind.SCALE else listed


def _choice(fields: Fields, kind: Kind) -> Choice:
    ident = fields.ident()
    value = fields.get("value")
    return Choice(
        id=ident,
        label=fields.text("label", _LABELS.get(ident)),
        value=None if value is None else _fact(value, fields),
        sets=_pairs(fields, "sets"),
        otherwise=_pairs(fields, "otherwise") if kind is Kind.MANY_OF else (),
        said=fields.optional("said"),
        accepts=fields.texts("accepts"),
        covers=_covers(fields) if kind is Kind.ONE_OF else None,
        exclusive=kind is Kind.MANY_OF and (fields.flag("exclusive") or ident == NONE),
    )


def _covers(fields: Fields) -> tuple[float, float] | None:
    value = fields.get("covers")
    if value is None:
        return None
    inner = Fields(value, fields.where, fields.report)
    low, high = inner.number("at_least"), inner.number("at_most")
    inner.done()
    return (-inf if low is None else low, inf if high is None else high)


def _fact(value: Value, fields: Fields) -> Fact:
    if not isinstance(value.data, str):
        fields.problem("a fact becomes one word or a number.", "Write `some_fact: yes`.", value)
        return ""
    number = as_number(value.data)
    return value.data if number is None else number


def _pairs(fields: Fields, key: str) -> tuple[tuple[str, Fact], ...]:
    return tuple((name, _fact(value, fields)) for name, value in fields.mapping(key).items())


def _check_choices(question: Question, listed: tuple[Choice, ...], fields: Fields) -> None:
    ids = [choice.id for choice in listed]
    for ident in _twice(ids):
        fields.problem(f"two choices are called `{ident}`.", "Give each choice its own id.", fields.find(ident))
    for label in _twice(choice.label for choice in listed):
        fields.problem(f"two choices read “{label}”.", "Word them differently.", fields.find(label))
    for word in _twice(word for choice in listed for word in {text.lower() for text in choice.accepts}):
        fields.problem(f"two choices accept “{word}”.", "Keep it with one of them.", fields.find(word))
    if question.kind in (Kind.ONE_OF, Kind.MANY_OF) and len(ids) < 2 and question.id not in ASIDES:
        fields.problem("there are fewer than two choices.", "Add `choices:`.")
    if question.kind is Kind.MANY_OF and ids[-1:] != [NONE]:
        fields.problem("a many_of must end with a choice `none`.", "Add `- {id: none, label: None of these}` last.")
    if question.kind is Kind.YES_NO and not set(ids) <= set(_LABELS):
        fields.problem("a yes_no has only the choices yes, no and unsure.", "Use `kind: one_of` for other choices.")


def _twice(words: Iterable[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


def _check_danger(question: Question, fields: Fields) -> None:
    """Whoever is not sure of a danger sign must be able to say so, and a ticked sign must be known afterwards."""
    if not question.danger:
        return
    if question.kind.numeric or question.kind is Kind.TEXT:
        fields.problem(f"nobody can answer “not sure” to a {question.kind}.", "Use one_of, many_of or yes_no.")
    if question.kind is Kind.ONE_OF and question.choice(UNSURE) is None:
        fields.problem("nobody can answer “not sure” here.", "Add `- {id: unsure, label: Not sure}`.")
    for choice in question.choices if question.kind is Kind.MANY_OF else ():
        if choice.id not in (NONE, UNSURE) and not choice.sets:
            what = f"danger sign `{choice.id}` makes no fact."
            fields.problem(what, "Add `sets: {some_fact: yes}`.", fields.find(choice.id))


def read_fact(fields: Fields) -> FactDeclared:
    """A `facts:` entry."""
    ident, said = fields.ident(), fields.optional("said")
    if fields.optional("number"):
        return FactDeclared(ident, {}, number_said=said, numeric=True)
    values = {name: _said(fields, value) for name, value in fields.mapping("values").items()}
    if values and said:
        remedy = "Write what was said behind each value."
        fields.problem("`said` and `values` stand side by side.", remedy, fields.get("said"))
    return FactDeclared(ident, values or {YES: said, NO: None, UNSURE: None})


def _said(fields: Fields, value: Value) -> str | None:
    if value.data is not None and not isinstance(value.data, str):
        remedy = "Write a text, or ~ where it is never quoted."
        fields.problem("behind a value stands what the patient said.", remedy, value)
    return value.data if isinstance(value.data, str) else None
