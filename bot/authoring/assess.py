"""From answers by question id to an assessment, without a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from bot.flow.answers import Answer, AnswerValue, add_facts, fits, quotes
from bot.flow.conditions import NO, NONE, UNSURE, YES, Fact
from bot.flow.errors import ProblemsError
from bot.flow.models import Flow
from bot.flow.not_sure import SUFFIX
from bot.flow.questions import Kind, Question
from bot.flow.yaml_source import Report, Value, as_number, read_yaml
from bot.triage.assessment import Assessment, assess
from bot.triage.screening import combine, screen

_WORDS = {"true": YES, "yes": YES, "false": NO, "no": NO, "unsure": UNSURE, "not sure": UNSURE}
_SHOWN = 12  # answers named in a remedy


class AnswersError(ProblemsError):
    """The answers hold mistakes."""


def assess_text(flow: Flow, file: str, text: str) -> Assessment:
    """Judge a YAML or JSON mapping of question and fact ids to values. Raises AnswersError."""
    report = Report([])
    values = _mapping(file, text, report)
    answers, facts = _Reader(flow, report).read(values)
    if report.problems:
        raise AnswersError(tuple(report.problems))
    return assess_answers(flow, answers, facts)


def assess_answers(flow: Flow, answers: tuple[Answer, ...], facts: Mapping[str, Fact] | None = None) -> Assessment:
    """Judge answers, and facts that are known besides. Where nothing can be asked, a doubtful danger counts."""
    known = dict(facts or {})
    for answer in answers:
        add_facts(known, flow.questions[answer.question], answer.value)
    findings = combine(flow, known, screen(flow, known, can_ask=False).findings)
    return assess(flow, known, findings, quotes(flow, known, answers))


def _mapping(file: str, text: str, report: Report) -> dict[str, Value]:
    """What the file maps. JSON reads as YAML once its tabs are gone, so that a mistake has its line in both."""
    root = read_yaml(file, text.replace("\t", " ") if text.lstrip().startswith("{") else text, report)
    if isinstance(root.data, dict):
        return root.data
    report.add(root, "answers", "this must be a mapping.", "Write `question: answer` lines.")
    return {}


class _Reader:
    """Reads values as answers and facts; keys that the flow does not know are left alone."""

    def __init__(self, flow: Flow, report: Report) -> None:
        self._flow, self._report = flow, report

    def read(self, values: Mapping[str, Value]) -> tuple[tuple[Answer, ...], dict[str, Fact]]:
        answers: list[Answer] = []
        for ident in dict.fromkeys((*self._flow.order, *self._flow.questions)):
            given = values.get(ident)
            if given is None or given.data is None:
                continue
            value = self._answer(self._flow.questions[ident], given)
            if value is not None:
                answers.append(Answer(ident, value))
                answers.extend(self._left_open(ident, value, values))
        return tuple(answers), self._facts(values)

    def _left_open(self, ident: str, value: AnswerValue, values: Mapping[str, Value]) -> list[Answer]:
        """Not sure on a list of dangers, without saying which: none of them is ruled out."""
        follow_up = ident + SUFFIX
        asked_which = value == (UNSURE,) and follow_up in self._flow.questions and follow_up not in values
        return [Answer(follow_up, (NONE,))] if asked_which else []

    def _answer(self, question: Question, given: Value) -> AnswerValue | None:
        value = _value(question, given)
        if value is None or not fits(question, value):
            self._problem(question.id, given, _expected(question, given))
        elif alone := _must_stand_alone(question, value):
            self._report.add(given, question.id, f"{alone} cannot go with other answers.", "Leave it or them out.")
        else:
            return value
        return None

    def _facts(self, values: Mapping[str, Value]) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        for ident, declared in self._flow.facts.items():
            given = values.get(ident)
            if given is None or given.data is None:
                continue
            fact = _number(given) if declared.numeric else _word(given)
            if fact is not None and (declared.numeric or fact in declared.said):
                facts[ident] = fact
            else:
                remedy = "Write a number." if declared.numeric else f"Write one of: {', '.join(declared.said)}."
                self._problem(ident, given, remedy)
        return facts

    def _problem(self, ident: str, given: Value, remedy: str) -> None:
        written = given.data if isinstance(given.data, str) else "this"
        self._report.add(given, ident, f"{written} is not an answer to it.", remedy)


def _value(question: Question, given: Value) -> AnswerValue | None:
    if question.kind is Kind.MANY_OF:
        items = given.data if isinstance(given.data, list) else [given]
        return tuple(dict.fromkeys(str(item.data) for item in items))
    if not isinstance(given.data, str):
        return None
    if question.choice(given.data):
        return given.data
    number = _number(given) if question.kind.numeric else None
    return _chosen(question, given) if number is None else _counted(question, number)


def _must_stand_alone(question: Question, value: AnswerValue) -> str | None:
    """The first of several ticked choices that excludes the others."""
    ticked = value if isinstance(value, tuple) and len(value) > 1 else ()
    return next((choice.id for choice in question.choices if choice.exclusive and choice.id in ticked), None)


def _counted(question: Question, number: float) -> AnswerValue:
    """A number that stands on a button is that button, as when it is typed."""
    return next((choice.id for choice in question.choices if choice.label == f"{number:g}"), number)


def _chosen(question: Question, given: Value) -> str | None:
    """The choice that the text means by its fact or by a word for yes, no, not sure; else the text itself."""
    word = _word(given)
    by_fact = next((choice.id for choice in question.choices if str(choice.fact) == word), None)
    return by_fact or word


def _word(given: Value) -> str | None:
    if not isinstance(given.data, str):
        return None
    return _WORDS.get(given.data.strip().lower(), given.data)


def _number(given: Value) -> float | None:
    return as_number(given.data)


def _expected(question: Question, given: Value) -> str:
    """What could have been written."""
    ids = [choice.id for choice in question.choices if question.kind is not Kind.SCALE]
    near = get_close_matches(given.data, ids, 1) if isinstance(given.data, str) else []
    if near:
        return f"Did you mean {near[0]}?"
    numbers = f"a number from {question.at_least:g} to {question.at_most:g}" if question.kind.numeric else ""
    more = ", ..." if len(ids) > _SHOWN else ""
    return f"Write {' or '.join(filter(None, (numbers, ', '.join(ids[:_SHOWN]) + more)))}."
