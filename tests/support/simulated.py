"""Patients who follow a plan on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from tests.botapi import Button, Patient, Seen
from tests.support.plans import TYPED, Answered, Plan

PATIENCE_SECONDS = 120.0
_BELOW = re.compile(r"\n\n(?:✓|\d+ of about )")  # a question that was answered, or waits for an answer


async def converse(patient: Patient, plan: Plan, twice: Callable[[], bool] = lambda: False) -> None:
    """From Start to the result, tapping what the plan says; `twice` says which taps are double taps."""
    await patient.start(plan.payload)
    for answered in plan.answers:
        await answer(patient, answered, twice)
    await patient.until(lambda p: told(p, plan), PATIENCE_SECONDS)


async def answer(patient: Patient, answered: Answered, twice: Callable[[], bool] = lambda: False) -> None:
    """Wait until the question is there, then tap."""
    words = plain(answered.question)
    await patient.until(lambda p: words in p.last.text, PATIENCE_SECONDS)
    for label in answered.labels:
        if label.startswith(TYPED):
            await patient.say(label.removeprefix(TYPED))
            continue
        place = await patient.until(lambda p, label=label: _find(p, words, label), PATIENCE_SECONDS)
        for _ in range(2 if twice() else 1):
            await patient.tap_on(*place)


def told(patient: Patient, plan: Plan) -> bool:
    """Was the whole result said, in order and at the end? Parts of it may have come twice."""
    result, said = [plain(part) for part in plan.result.parts], [seen.text for seen in patient.said]
    return said[-1:] == result[-1:] and _holds_in_order(said, result)


def settled(patient: Patient) -> list[str]:
    """The questions that show the answer given, in order. Two copies of one message count as one."""
    return _once_each(seen.text.split("\n\n✓")[0] for seen in patient.said if "\n\n✓" in seen.text)


def seen_asked(patient: Patient) -> list[str]:
    """The questions as they came, answered or not. Two copies of one message count as one, if nothing is between."""
    asking = (seen.text for seen in patient.said if _BELOW.search(seen.text))
    return _once_each(_BELOW.split(text)[0] for text in asking)


def asked(plan: Plan) -> list[str]:
    """The questions of a plan, as a phone shows them."""
    return _once_each(plain(answered.question) for answered in plan.answers)


def plain(text: str) -> str:
    """A text of the bot as a phone shows it."""
    return text.replace("**", "")


def _find(patient: Patient, words: str, label: str) -> tuple[Seen, Button] | None:
    """The button under this question. A question may have come twice, and then "Done" is where the ticks are."""
    asking = (seen for seen in reversed(patient.said) if words in seen.text)
    found = ((seen, button) for seen in asking for button in seen.buttons if button.label.lstrip("☐☑ ") == label)
    return next(found, None)


def _holds_in_order(said: Sequence[str], wanted: Sequence[str]) -> bool:
    rest = iter(said)
    return all(any(text == one for text in rest) for one in wanted)


def _once_each(texts: Iterable[str]) -> list[str]:
    return [text for text, _ in groupby(texts)]
