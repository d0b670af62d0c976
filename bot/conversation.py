"""The use case: updates come in, sessions move, everything is saved together, and only then is anything sent.

The ports it needs are declared here; adapters/storage fills `Store`, adapters/telegram fills the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import structlog

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Erase, Output, Say
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.flow.answers import Answer
from bot.flow.errors import PtbotError
from bot.watch import Watch

Clock = Callable[[], float]  # seconds since 1970
LEASE_SECONDS = 5.0  # a worker that was not heard of for so long counts as dead
_log = structlog.get_logger(__name__)
Move = tuple[str | None, str | None, Sequence[Output]]  # from a node, to a node, and what was said


@dataclass(frozen=True, slots=True)
class Update:
    """Something a person did, as it reached us."""

    id: int  # takes effect at most once
    chat: int
    done: Input | None  # None: nothing to react to, but handled all the same
    language: str | None = None  # of the person's phone, such as "en" or "pt-br"
    message: int | None = None  # that was tapped on; negative where it is a picture
    left: bool = False  # the person blocked the bot
    returned: bool = False  # the person unblocked it


@dataclass(frozen=True, slots=True)
class Unsent:
    """An output that still has to be sent."""

    id: int  # grows; within a chat it is the sending order
    chat: int
    output: Output
    since: float = 0.0  # when it was put into the outbox, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Delivered:
    """An output that reached its chat."""

    unsent: Unsent
    message_id: int | None = None  # the message that shows it now, where there is one


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that shall happen in a chat at a later time, once."""

    kind: str  # a chat has at most one timer of a kind
    due: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose time has come. It is gone from the store: whoever has it must act within the same transaction."""

    chat: int
    kind: str
    due: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the bot is."""

    waiting: int  # outputs in the outbox
    oldest: float | None  # when the oldest of them was put there
    last_update: float | None  # when the last update was handled


class StorageError(PtbotError):
    """The database cannot be used."""


class Unit(Protocol):
    """One transaction: what is done in it is saved together or not at all."""

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Note updates as handled. Those that are new, each once; their chats are locked until the end."""
        ...

    def session(self, chat: int) -> Session | None:
        """The chat's session, locked until the end of the transaction."""
        ...

    def save(self, chat: int, session: Session, given: Sequence[Answer]) -> None:
        """Keep the session, and record the answers given. Who is saved has not left."""
        ...

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        """Put outputs into the outbox, in order. A redrawn question replaces older drawings of it that still wait."""
        ...

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        """This message shows the turn."""
        ...

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        """Delete everything about the chat. Only the farewell remains, until it is sent."""
        ...

    def mark_left(self, chat: int, *, left: bool) -> None:
        """Remember that the person blocked the bot, or came back. What waits for somebody who left is retired."""
        ...

    def set_timers(self, chat: int, timers: Sequence[Timer]) -> None:
        """The chat has exactly these timers from now on."""
        ...

    def due_timers(self, now: float, limit: int) -> list[DueTimer]:
        """Take timers whose time has come, oldest first, out of the store; their chats are locked until the end.

        Those of chats that another worker has locked are passed over. Erasing or leaving drops a chat's timers.
        """
        ...

    @property
    def outgoing(self) -> list[Unsent]:
        """What was put into the outbox and may be sent by this worker now. To be read after the transaction's end."""
        ...


class Store(Protocol):
    """Where everything lives between two updates. Its methods raise StorageError when the database cannot be used."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin a transaction; commits at the end, rolls back on an exception."""
        ...

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        """Outputs that this worker may send now, urgent ones first, else in order. `but`: ids already under way.

        What another worker has yet to send to a chat goes before what this one has for it, urgent outputs apart.
        """
        ...

    def sent(self, delivered: Sequence[Delivered]) -> None:
        """Outputs were delivered: forget them, and remember which messages show which turns."""
        ...

    def retire(self, unsent: Sequence[Unsent]) -> None:
        """Outputs can never be delivered: forget them."""
        ...

    def message_of(self, chat: int, turn: int) -> int | None:
        """The message that shows this turn, if it was sent and is not settled yet."""
        ...

    def heartbeat(self) -> int:
        """This worker lives: its lease is renewed, what dead workers left is taken over. How many live, itself too."""
        ...

    def leave(self) -> None:
        """This worker ends: others may take over at once what it leaves."""
        ...

    def backlog(self) -> Backlog:
        """How far behind the bot is, all workers together."""
        ...


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
        if update.done is None:
            return None
        before = unit.session(update.chat)
        if before is None and _is_tap(update.done):  # on a button of a conversation that was erased
            unit.send(update.chat, [Say(self.engine.flow.messages["nothing_stored"])])
            return None
        if before is not None and update.message is not None and before.turn == _turn(update.done):
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
            timers = self._timers_of(step.session, step.session.touched_at)
            if timers != (self._timers_of(before, before.touched_at) if before else ()):
                unit.set_timers(chat, timers)
        return _place(before), _place(step.session), step.outputs

    def _timers_of(self, session: Session, now: float) -> tuple[Timer, ...]:
        dues = ((name, kind.due(session, now)) for name, kind in self._timers.items())
        return tuple(Timer(name, due) for name, due in dues if due is not None)

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
            unit.set_timers(timer.chat, self._timers_of(session, now))
            return None
        return self._keep(unit, timer.chat, session, kind.happen(session))

    def _step(self, before: Session | None, update: Update, done: Input) -> Step:
        if before is not None:
            return self.engine.advance(before, done, self._clock())
        return self.engine.meet(str(update.chat), done, self._clock(), language=update.language)


def _place(session: Session | None) -> str | None:
    return session.showing if session else None


def _is_tap(done: Input) -> bool:
    return _turn(done) is not None


def _turn(done: Input) -> int | None:
    turn: int | None = getattr(done, "turn", None)
    return turn


def given(before: Session | None, after: Session) -> tuple[Answer, ...]:
    """The answers that were given or changed between two states of a session."""
    known = {*before.answers, *before.dormant} if before else set()
    return tuple(answer for answer in after.answers if answer not in known)
