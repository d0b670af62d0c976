"""One sitting at the keyboard: a session that lives as long as the program does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Ask, Conclude, Output
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.ports import Clock


class Witness(Protocol):
    """Somebody who writes down what happens."""

    def saw(self, done: Input, outputs: Sequence[Output]) -> None:
        """The person did this, and that was the reply."""
        ...


class Sitting:
    """Moves one person's session. Nothing is saved: when the program ends, the answers are gone."""

    def __init__(self, engine: Engine, clock: Clock, payload: str = "", witness: Witness | None = None) -> None:
        self._engine, self._clock, self._payload, self._witness = engine, clock, payload, witness
        self._session: Session | None = None
        self.shown: Ask | Conclude | None = None  # what an answer answers now

    def begin(self) -> tuple[Output, ...]:
        """Greet, and put the first question."""
        return self._moved(self._begun())

    def take(self, done: Input) -> tuple[Output, ...]:
        """React to what the person did."""
        outputs = self._moved(self._step(done))
        if self._witness:
            self._witness.saw(done, outputs)
        return outputs

    def _begun(self) -> Step:
        return self._engine.start("terminal", self._clock(), payload=self._payload)

    def _step(self, done: Input) -> Step:
        if self._session is not None:
            return self._engine.advance(self._session, done, self._clock())
        return self._engine.meet("terminal", done, self._clock())  # all was erased

    def _moved(self, step: Step) -> tuple[Output, ...]:
        self._session = step.session
        for output in step.outputs:
            if isinstance(output, Ask | Conclude):
                self.shown = output
        return step.outputs
