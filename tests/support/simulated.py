"""Patients who follow a plan on a phone."""

from __future__ import annotations

from tests.botapi import Patient
from tests.support.plans import TYPED, Answered, Plan

PATIENCE_SECONDS = 60.0


async def converse(patient: Patient, plan: Plan) -> None:
    """From Start to the result, tapping what the plan says."""
    await patient.start(plan.payload)
    for answered in plan.answers:
        await answer(patient, answered)
    result = [plain(part) for part in plan.result.parts]
    await patient.until(lambda p: [seen.text for seen in p.said][-len(result) :] == result, PATIENCE_SECONDS)


async def answer(patient: Patient, answered: Answered) -> None:
    """Wait until the question is there, then tap."""
    words = plain(answered.question)
    await patient.until(lambda p: words in p.last.text, PATIENCE_SECONDS)
    for label in answered.labels:
        if label.startswith(TYPED):
            await patient.say(label.removeprefix(TYPED))
            continue
        await patient.until(lambda p, label=label: _shows(p, label), PATIENCE_SECONDS)
        wanted = next(name for name in patient.last.labels if name.lstrip("☐☑ ") == label)
        await patient.tap(wanted)


def _shows(patient: Patient, label: str) -> bool:
    return any(name.lstrip("☐☑ ") == label for name in patient.last.labels)


def plain(text: str) -> str:
    """A text of the bot as a phone shows it."""
    return text.replace("**", "")
