"""Plays a conversation on an engine. Session and outputs go through JSON between every two turns, as in a database."""

from __future__ import annotations

import json
from typing import Self, TypeVar

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Opened, SentOther, Ticked, Typed
from bot.dialogue.outputs import Ask, Conclude, Output, Reject, Say, output_from_data, output_to_data
from bot.dialogue.session import Session, session_from_data
from bot.dialogue.step import Step

SECONDS_A_TURN = 5.0
T = TypeVar("T")


class Player:
    """One person, who taps, types and waits. Every action gives back the player, so that a conversation is one line."""

    def __init__(
        self, engine: Engine, begun: Step | None = None, *, payload: str = "", language: str | None = None
    ) -> None:
        self.engine = engine
        self.now = 1_700_000_000.0
        self.turns = 0
        self.outputs: tuple[Output, ...] = ()
        self.erased = False
        self._session: Session | None = None
        self._take(begun or engine.start("7", self.now, payload=payload, language=language))

    @property
    def session(self) -> Session:
        """Where the conversation stands."""
        assert self._session is not None, "the session was erased"
        return self._session

    # what the person does

    def tap(self, *ids: str) -> Self:
        """Tap a choice on the screen's buttons."""
        return self.do(Chose(ids, self.session.turn))

    def choose(self, *ids: str) -> Self:
        """Choose without a button, as a program does."""
        return self.do(Chose(ids))

    def tick(self, *ids: str) -> Self:
        """Tick choices of a list, one after the other."""
        for ident in ids:
            self.do(Ticked(ident, on=True, turn=self.session.turn))
        return self

    def untick(self, ident: str) -> Self:
        """Take a tick away."""
        return self.do(Ticked(ident, on=False, turn=self.session.turn))

    def done(self) -> Self:
        """Tap Done."""
        return self.do(Finished(self.session.turn))

    def type(self, text: str) -> Self:
        """Write something."""
        return self.do(Typed(text))

    def command(self, name: str) -> Self:
        """Give a command from the menu."""
        return self.do(Commanded(name))

    def press(self, name: str) -> Self:
        """Tap a command's button under the question."""
        return self.do(Commanded(name, self.session.turn))

    def open(self, payload: str = "") -> Self:
        """Press Start, or follow a link."""
        return self.do(Opened(payload))

    def send(self, kind: str) -> Self:
        """Send a sticker, a photo and the like."""
        return self.do(SentOther(kind))

    def wait(self, hours: float) -> Self:
        """Let time pass."""
        self.now += hours * 3600
        return self

    def answers(self, **answers: str | tuple[str, ...]) -> Self:
        """Answer questions in the order they are asked; each must be the one on the screen."""
        for question, value in answers.items():
            assert self.at == question, f"asked {self.at}, not {question}"
            self.choose(*(value if isinstance(value, tuple) else (value,)))
        return self

    def do(self, done: Input) -> Self:
        """Do anything."""
        self.now += SECONDS_A_TURN
        step = self.engine.advance(self.session, done, self.now)
        assert step == self.engine.advance(self.session, done, self.now), "the same session and input, another step"
        return self._take(step)

    def remind(self) -> Self:
        """The bot reminds, as it does when somebody stops in the middle."""
        return self._take(self.engine.remind(self.session))

    def _take(self, step: Step) -> Self:
        outputs = json.loads(json.dumps([output_to_data(output) for output in step.outputs]))
        self.outputs = tuple(output_from_data(data) for data in outputs)
        assert self.outputs == step.outputs
        self.erased = step.session is None
        self._session = step.session and session_from_data(json.loads(json.dumps(step.session.to_data())))
        assert self._session == step.session
        self.turns += 1
        return self

    # what the person sees

    def all(self, kind: type[T]) -> list[T]:
        """The outputs of this kind in the last step."""
        return [output for output in self.outputs if isinstance(output, kind)]

    @property
    def ask(self) -> Ask:
        """The question put last."""
        return self.all(Ask)[-1]

    @property
    def result(self) -> Conclude:
        """The result told last."""
        return self.all(Conclude)[-1]

    @property
    def at(self) -> str:
        """The node whose question or result is the last thing shown."""
        last = [output for output in self.outputs if isinstance(output, Ask | Conclude)]
        return last[-1].node if last else ""

    @property
    def said(self) -> str:
        """Everything told in the last step, results included."""
        texts = [output.text for output in self.outputs if isinstance(output, Say | Reject)]
        return "\n".join([*texts, *(part for result in self.all(Conclude) for part in result.parts)])

    @property
    def choices(self) -> list[str]:
        """Ids of what can be tapped now."""
        shown = [output for output in self.outputs if isinstance(output, Ask | Conclude)]
        return [choice.id for choice in shown[-1].choices]

    @property
    def tier(self) -> str:
        """The urgency of the result told last."""
        return str(self.result.assessment["tier"])

    @property
    def flags(self) -> list[str]:
        """The red flags of the result told last."""
        return [flag["id"] for flag in self.result.assessment["red_flags"]]

    @property
    def stands(self) -> dict[str, str]:
        """The red flags that stand, with their urgency."""
        return {entry.flag: str(entry.tier) for entry in self.session.stated if entry.stands}

    @property
    def rejected(self) -> bool:
        """Was the last thing done not understood?"""
        return bool(self.all(Reject))

    @property
    def kinds(self) -> list[str]:
        """The kinds of outputs, in order."""
        return [type(output).__name__ for output in self.outputs]
