"""What a simulated patient will answer, and the result that the pure engine gives for exactly that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Finished, Input, Ticked, Typed
from bot.dialogue.outputs import Ask, Conclude, Output
from bot.dialogue.session import Session
from bot.flow.answers import Answer
from bot.flow.conditions import NONE, UNSURE
from bot.flow.models import Kind

DANGER_SHARE = 0.06  # how often a danger sign is ticked, so that most patients come to the end of the questions
TYPED = "typed: "  # marks what is written instead of tapped
LONGEST = 60  # questions; a plan that needs more is going in circles


@dataclass(frozen=True)
class Answered:
    """What was tapped under one question: the labels in order, "Done" among them."""

    question: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A whole conversation and its result."""

    payload: str
    answers: tuple[Answered, ...]
    result: Conclude


def plan(engine: Engine, seed: int, payload: str = "") -> Plan:
    """Play one random patient on the engine."""
    choose = Random(seed)
    step = engine.start("plan", 0.0, payload=payload)
    answers: list[Answered] = []
    for _ in range(LONGEST):
        shown = _shown(step.outputs)
        if isinstance(shown, Conclude):
            return Plan(payload, tuple(answers), shown)
        assert step.session is not None
        labels: list[str] = []
        session = step.session
        for done, label in _taps(engine, session, shown, choose):
            labels.append(label)
            step = engine.advance(session, done, 0.0)
            assert step.session is not None
            session = step.session
            if isinstance(_shown(step.outputs), Conclude):
                break
        answers.append(Answered(shown.text, tuple(labels)))
    raise AssertionError(f"patient {seed} does not come to an end")


def plan_of(engine: Engine, answers: Sequence[Answer], *, last_tick_first: bool = False) -> Plan:
    """Play exactly these answers on the engine, tapped and typed as a patient on a phone would.

    A tick that is an emergency ends the questions at once, so the order of ticks matters.
    """
    step = engine.start("plan", 0.0)
    shown, given = _shown(step.outputs), []
    for answer in answers:
        labels: list[str] = []
        asked = shown.text if isinstance(shown, Ask) else shown.parts[-1]
        for done, label in _acts(engine, shown, answer, backwards=last_tick_first):
            assert step.session is not None
            labels.append(label)
            step = engine.advance(step.session, done, 0.0)
            if isinstance(_shown(step.outputs), Conclude):
                break
        shown = _shown(step.outputs)
        given.append(Answered(asked, tuple(labels)))
    assert isinstance(shown, Conclude), shown
    return Plan("", tuple(given), shown)


def _acts(engine: Engine, shown: Ask | Conclude, answer: Answer, *, backwards: bool) -> list[tuple[Input, str]]:
    labels, value = {choice.id: choice.label for choice in shown.choices}, answer.value
    if isinstance(shown, Conclude):
        return [(Chose((answer.question,)), labels[answer.question])]
    if isinstance(value, float):
        unit = "weeks" if engine.flow.questions[answer.question].kind is Kind.DURATION else ""
        words = f"{value:g} {unit}".strip()
        return [(Typed(words), f"{TYPED}{words}")]
    if isinstance(value, str):
        return [(Chose((value,)), labels[value])]
    if value[0] in (NONE, UNSURE):
        return [(Chose(value), labels[value[0]])]
    ticks = value[::-1] if backwards else value
    return [*((Ticked(ident, on=True), labels[ident]) for ident in ticks), (Finished(), "Done")]


def _shown(outputs: tuple[Output, ...]) -> Ask | Conclude:
    shown = [output for output in outputs if isinstance(output, Ask | Conclude)]
    return shown[-1] if shown else Ask(0, "", "", "")


def _taps(engine: Engine, session: Session, ask: Ask, choose: Random) -> list[tuple[Input, str]]:
    labels = {choice.id: choice.label for choice in ask.choices}
    if ask.kind != "many_of":
        picked = choose.choice([ident for ident in labels if ident != UNSURE] or list(labels))
        return [(Chose((picked,)), labels[picked])]
    danger = engine.flow.questions[ask.node].danger
    if choose.random() > (DANGER_SHARE if danger else 0.6):
        return [(Chose((NONE,)), labels[NONE])]
    signs = [ident for ident in labels if ident not in (NONE, UNSURE)]
    ticked = choose.sample(signs, 1 if danger else min(2, len(signs)))
    return [*((Ticked(ident, on=True), labels[ident]) for ident in ticked), (Finished(), "Done")]
