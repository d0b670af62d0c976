"""What a simulated patient will answer, and what the pure engine makes of exactly that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot.conversation import given
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Finished, Input, Ticked, Typed
from bot.dialogue.outputs import Ask, Conclude, Output
from bot.flow.answers import Answer
from bot.flow.conditions import NONE, UNSURE
from bot.flow.questions import Kind

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
    """A whole conversation, its result, and the answers that it leaves in the database, in order."""

    payload: str
    answers: tuple[Answered, ...]
    result: Conclude
    recorded: tuple[Answer, ...]


class _Play:
    """One patient at the engine."""

    def __init__(self, engine: Engine, payload: str = "") -> None:
        step = engine.start("plan", 0.0, payload=payload)
        assert step.session is not None
        self.engine, self.payload, self.session = engine, payload, step.session
        self.shown = _shown(step.outputs)
        self._answered: list[Answered] = []
        self._recorded: list[Answer] = []

    @property
    def asked(self) -> str:
        """The words with the buttons under them."""
        return self.shown.text if isinstance(self.shown, Ask) else self.shown.parts[-1]

    def act(self, acts: Sequence[tuple[Input, str]]) -> None:
        """Do this under the question shown, until there is a result."""
        question, labels = self.asked, list[str]()
        for done, label in acts:
            labels.append(label)
            self._do(done)
            if isinstance(self.shown, Conclude):
                break
        self._answered.append(Answered(question, tuple(labels)))

    def plan(self) -> Plan:
        """What was done and came of it."""
        assert isinstance(self.shown, Conclude), self.shown
        return Plan(self.payload, tuple(self._answered), self.shown, tuple(self._recorded))

    def _do(self, done: Input) -> None:
        step = self.engine.advance(self.session, done, 0.0)
        assert step.session is not None
        self._recorded += given(self.session, step.session)
        self.session, self.shown = step.session, _shown(step.outputs)


def plan(engine: Engine, seed: int, payload: str = "") -> Plan:
    """Play one random patient on the engine."""
    play, choose = _Play(engine, payload), Random(seed)
    for _ in range(LONGEST):
        if isinstance(play.shown, Conclude):
            return play.plan()
        play.act(_taps(engine, play.shown, choose))
    raise AssertionError(f"patient {seed} does not come to an end")


def plan_of(engine: Engine, answers: Sequence[Answer], *, last_tick_first: bool = False) -> Plan:
    """Play exactly these answers on the engine, tapped and typed as a patient on a phone would.

    A tick that is an emergency ends the questions at once, so the order of ticks matters.
    """
    play = _Play(engine)
    for answer in answers:
        play.act(_acts(engine, play.shown, answer, backwards=last_tick_first))
    return play.plan()


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


def _taps(engine: Engine, ask: Ask, choose: Random) -> list[tuple[Input, str]]:
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
