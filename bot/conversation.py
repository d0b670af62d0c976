"""The use case: updates come in, sessions move, everything is saved together, and only then is anything sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import structlog

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Erase, Output, Say
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.flow.answers import Answer
from bot.ports import Clock, DueTimer, StorageError, Store, Timer, Unit, Unsent, Update
from bot.watch import Watch

Move = tuple[str | None, str | None, Sequence[Output]]  # from a node, to a node, and what was said

_log = structlog.get_logger(__name__)


class TimerKind(Protocol):
    """Something that may happen in a chat at a later time. Pure: the session and the time decide."""

    def due(self, session: Session, now: float) -> float | None:
        """When it shall happen, not before `now`, or None. Asked at every update: be quick, and change it rarely."""
        ...

    def happen(self, session: Session) -> Step:
        """It happens."""
        ...


NO_TIMERS: Mapping[str, TimerKind] = MappingProxyType({})


class Conversation:
    """Moves sessions. Synchronous: it runs in the store's thread, so a batch is one transaction."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        clock: Clock,
        watch: Watch | None = None,
        timers: Mapping[str, TimerKind] = NO_TIMERS,
    ) -> None:
        self.engine, self._store, self._clock, self._watch = engine, store, clock, watch or Watch()
        self._timers = timers

    def handle(self, updates: Sequence[Update]) -> list[Unsent]:
        """Take a batch of updates, each at most once, and save all their effects together. What is to be sent now."""
        with self._store.unit() as unit:
            moves = [self._handle(unit, update) for update in unit.take(updates)]
        self._tell(moves)
        return unit.outgoing

    def ring(self, limit: int = 100) -> list[Unsent]:
        """Let happen what is due, each timer at most once, and save all of it together. What is to be sent now."""
        now = self._clock()
        with self._store.unit() as unit:
            moves = [self._ring(unit, timer, now) for timer in unit.due_timers(now, limit)]
        self._tell(moves)
        return unit.outgoing

    def _tell(self, moves: Sequence[Move | None]) -> None:
        for move in moves:  # what was rolled back has not happened
            if move:
                self._watch.moved(*move)

    def give_up(self, update: Update) -> list[Unsent]:
        """Pass over an update that cannot be handled, and tell the person so."""
        with self._store.unit() as unit:
            for missed in unit.take([update]):
                if missed.done is not None:
                    unit.send(missed.chat, [Say(self.engine.flow.messages["failed"])])
        return unit.outgoing

    def _handle(self, unit: Unit, update: Update) -> Move | None:
        if update.left or update.returned:
            unit.mark_left(update.chat, left=update.left)
        if update.returned and (session := unit.session(update.chat)):  # leaving dropped the timers
            unit.set_timers(update.chat, _timers(self._dues(session, self._clock())))
        if update.done is None:
            return None
        before = unit.session(update.chat)
        if before is None and update.tapped is not None:  # on a button of a conversation that was erased
            unit.send(update.chat, [Say(self.engine.flow.messages["nothing_stored"])])
            return None
        if before is not None and update.message is not None and before.turn == update.tapped:
            unit.shown(update.chat, before.turn, update.message)  # a crash may have kept us from noting it at sending
        return self._keep(unit, update.chat, before, self._step(before, update, update.done))

    def _keep(self, unit: Unit, chat: int, before: Session | None, step: Step) -> Move:
        """Save what a step led to. Timers are written only where they change: a quick talk has one, written once."""
        outputs = [output for output in step.outputs if not isinstance(output, Erase)]
        if step.session is None:
            unit.erase(chat, farewell=outputs)
        else:
            unit.save(chat, step.session, given(before, step.session))
            unit.send(chat, outputs)
            dues = self._dues(step.session, step.session.touched_at)
            if dues != (self._dues(before, before.touched_at) if before else {}):
                unit.set_timers(chat, _timers(dues))
        return _place(before), _place(step.session), step.outputs

    def _dues(self, session: Session, now: float) -> dict[str, float]:
        """When each kind of timer that holds shall happen."""
        return {name: due for name, kind in self._timers.items() if (due := kind.due(session, now)) is not None}

    def _ring(self, unit: Unit, timer: DueTimer, now: float) -> Move | None:
        try:
            return self._rung(unit, timer, now)
        except StorageError:
            raise
        except Exception as error:  # one that breaks must not hold up the others for ever
            _log.error("A timer failed and is dropped", chat=timer.chat, kind=timer.kind, error=type(error).__name__)
            return None

    def _rung(self, unit: Unit, timer: DueTimer, now: float) -> Move | None:
        """A timer is a reason to look: it may hold no more, or hold later."""
        session, kind = unit.session(timer.chat), self._timers.get(timer.kind)
        due = kind.due(session, now) if session and kind else None
        if session is None or kind is None or due is None:
            return None
        if due > now:
            unit.set_timers(timer.chat, _timers(self._dues(session, now)))
            return None
        return self._keep(unit, timer.chat, session, kind.happen(session))

    def _step(self, before: Session | None, update: Update, done: Input) -> Step:
        if before is not None:
            return self.engine.advance(before, done, self._clock())
        return self.engine.meet(str(update.chat), done, self._clock(), language=update.language)


def _timers(dues: Mapping[str, float]) -> tuple[Timer, ...]:
    return tuple(Timer(kind, due) for kind, due in dues.items())


def _place(session: Session | None) -> str | None:
    return session.showing if session else None


def given(before: Session | None, after: Session) -> tuple[Answer, ...]:
    """The answers that were given or changed between two states of a session."""
    known = {(a.question, a.value) for a in (*before.answers, *before.dormant)} if before else set()
    return tuple([answer for answer in after.answers if (answer.question, answer.value) not in known])
