"""Every text that a patient may see, with the id of the entry it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.flow.clinical import NextStep, RedFlag
from bot.flow.models import Flow
from bot.flow.questions import Question


def patient_texts(flow: Flow) -> Iterator[tuple[str, str]]:
    """All of them, topics left out: those are asked for by name."""
    entries: Iterator[tuple[str, tuple[str | None, ...]]] = _entries(flow)
    for ident, texts in entries:
        yield from ((ident, text) for text in texts if text)


def _entries(flow: Flow) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    yield from ((question.id, _question(question)) for question in flow.questions.values())
    yield from ((flag.id, _flag(flag)) for flag in (*flow.red_flags.values(), *flow.combinations))
    yield from ((reason.id, (reason.title, reason.text, reason.details)) for reason in flow.reasons)
    yield from ((step.id, _step(step)) for step in flow.next_steps)
    yield from ((notice.id, (notice.say,)) for notice in flow.notices.values())
    yield from ((outcome.id, tuple(part.say for part in outcome.parts)) for outcome in flow.outcomes.values())
    yield from ((key, (text,)) for key, text in flow.messages.items())


def _question(question: Question) -> tuple[str | None, ...]:
    choices = [text for choice in question.choices for text in (choice.label, choice.said)]
    return (question.ask, question.why, question.meaning, question.said, question.picture_text, *choices)


def _flag(flag: RedFlag) -> tuple[str | None, ...]:
    return (flag.question, flag.signs, flag.why, flag.advice)


def _step(step: NextStep) -> tuple[str | None, ...]:
    return (step.title, step.what, step.why, step.words, step.not_when, *step.how, *(ask.text for ask in step.ask))
