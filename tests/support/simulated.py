"""Patients who follow a plan on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.botapi import Patient
from tests.support.plans import TYPED, Answered, Plan

PATIENCE_SECONDS = 120.0


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
        await patient.until(lambda p, label=label: _shows(p, label), PATIENCE_SECONDS)
        wanted = next(name for name in patient.last.labels if name.lstrip("☐☑ ") == label)
        await (patient.double_tap if twice() else patient.tap)(wanted)


def told(patient: Patient, plan: Plan) -> bool:
    """Was the whole result said, in order and at the end? Parts of it may have come twice."""
    result, said = [plain(part) for part in plan.result.parts], [seen.text for seen in patient.said]
    return said[-1:] == result[-1:] and _holds_in_order(said, result)


def settled(patient: Patient) -> list[str]:
    """The questions that show the answer given, in order: each step was taken once."""
    return [seen.text.split("\n\n✓")[0] for seen in patient.said if "\n\n✓" in seen.text]


def asked(plan: Plan) -> list[str]:
    """The questions of a plan, as a phone shows them."""
    return [plain(answered.question) for answered in plan.answers]


def plain(text: str) -> str:
    """A text of the bot as a phone shows it."""
    return text.replace("**", "")


def _shows(patient: Patient, label: str) -> bool:
    return any(name.lstrip("☐☑ ") == label for name in patient.last.labels)


def _holds_in_order(said: Sequence[str], wanted: Sequence[str]) -> bool:
    rest = iter(said)
    return all(any(text == one for text in rest) for one in wanted)
