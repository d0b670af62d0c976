"""The use case: updates come in, sessions move, everything is saved together, and only then is anything sent.

The ports it needs are declared here; adapters/storage fills `Store`, adapters/telegram fills the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Input, Opened, SentOther
from bot.dialogue.outputs import Erase, Output
from bot.dialogue.session import Session
from bot.dialogue.step import Step

Clock = Callable[[], float]  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Update:
    """Something a person did, as it reached us."""

    id: int  # takes effect at most once
    chat: int
    done: Input | None  # None: nothing to react to, but handled all the same
    language: str | None = None  # of the person's phone, such as "en" or "pt-br"
    left: bool = False  # the person blocked the bot
    returned: bool = False  # the person unblocked it


@dataclass(frozen=True, slots=True)
class Unsent:
    """An output that still has to be sent."""

    id: int  # grows; within a chat it is the sending order
    chat: int
    output: Output


class Unit(Protocol):
    """One transaction: what is done in it is saved together or not at all."""

    def first_time(self, update_id: int) -> bool:
        """Note an update id. False where it was handled before."""
        ...

    def session(self, chat: int) -> Session | None:
        """The chat's session, locked until the end of the transaction."""
        ...

    def save(self, chat: int, session: Session) -> None:
        """Keep the session, and every answer it holds that was not recorded yet."""
        ...

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        """Put outputs into the outbox, in order."""
        ...

    def erase(self, chat: int) -> None:
        """Delete everything about the chat: session, answers, outputs still to send, message ids."""
        ...

    def mark_left(self, chat: int, *, left: bool) -> None:
        """Remember that the person blocked the bot, or came back; what waits for somebody who left is retired."""
        ...


class Store(Protocol):
    """Where everything lives between two updates."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin a transaction; commits at the end, rolls back on an exception."""
        ...

    def unsent(self, limit: int = 1000) -> list[Unsent]:
        """Outputs waiting to be sent, urgent ones first, else in order."""
        ...

    def sent(self, unsent_id: int, chat: int, turn: int | None, message_id: int | None) -> None:
        """An output was delivered; remember which message shows this turn."""
        ...

    def retire(self, unsent_id: int) -> None:
        """An output can never be delivered."""
        ...

    def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent."""
        ...


class Conversation:
    """Moves sessions. Synchronous: it runs in the store's thread, so a batch is one transaction."""

    def __init__(self, engine: Engine, store: Store, clock: Clock) -> None:
        self.engine, self._store, self._clock = engine, store, clock

    def handle(self, updates: Sequence[Update]) -> None:
        """Take a batch of updates, each at most once, and save all their effects together."""
        with self._store.unit() as unit:
            for update in updates:
                if unit.first_time(update.id):
                    self._handle(unit, update)

    def _handle(self, unit: Unit, update: Update) -> None:
        if update.left or update.returned:
            unit.mark_left(update.chat, left=update.left)
        if update.done is None:
            return
        step = self._step(unit.session(update.chat), update)
        if any(isinstance(output, Erase) for output in step.outputs):
            unit.erase(update.chat)
        if step.session is not None:
            unit.save(update.chat, step.session)
        unit.send(update.chat, [output for output in step.outputs if not isinstance(output, Erase)])

    def _step(self, session: Session | None, update: Update) -> Step:
        now = self._clock()
        if session is not None:
            assert update.done is not None
            return self.engine.advance(session, update.done, now)
        payload = update.done.payload if isinstance(update.done, Opened) else ""
        begun = self.engine.start(str(update.chat), now, payload=payload, language=update.language)
        if isinstance(update.done, Opened | SentOther) or begun.session is None or update.done is None:
            return begun
        return self._first_words(begun, update.done, now)

    def _first_words(self, begun: Step, done: Input, now: float) -> Step:
        """Somebody who writes before pressing Start is greeted, and what they wrote counts."""
        assert begun.session is not None
        step = self.engine.advance(begun.session, done, now)
        return Step(step.session, (*begun.outputs[:1], *step.outputs))
