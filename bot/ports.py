"""What the use case needs of the world, and what passes between them. adapters/storage fills `Store` and `Unit`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Output
from bot.dialogue.session import Session
from bot.flow.answers import Answer
from bot.flow.errors import PtbotError

Clock = Callable[[], float]  # seconds since 1970
LEASE_SECONDS = 5.0  # a worker that was not heard of for so long counts as dead


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

    @property
    def tapped(self) -> int | None:
        """The turn of the button that was tapped."""
        turn: int | None = getattr(self.done, "turn", None)
        return turn


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


@dataclass(frozen=True, slots=True)
class Beat:
    """What a worker learns when it renews its lease."""

    living: int  # workers, itself too
    unbroken: bool = True  # held since the beat before? If not, others may have taken over what was this worker's


class StorageError(PtbotError):
    """The database cannot be used."""


class NewerError(StorageError):
    """A conversation was kept by a newer version of this program. Install that version on every worker."""


class Unit(Protocol):
    """One transaction: what is done in it is saved together or not at all."""

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Note updates as handled. Those that are new, each once; their chats are locked until the end."""
        ...

    def session(self, chat: int) -> Session | None:
        """The chat's session, locked until the end of the transaction. Raises NewerError where it must be left."""
        ...

    def save(self, chat: int, session: Session, given: Sequence[Answer]) -> None:
        """Keep the session, and record the answers given. Who is saved has not left."""
        ...

    def send(self, chat: int, outputs: Sequence[Output]) -> None:
        """Put outputs into the outbox, in order. A redrawn question replaces older drawings of it that still wait.

        What is urgent replaces the questions that still wait, whoever has to send them: none may follow an alarm.
        """
        ...

    def shown(self, chat: int, turn: int, message_id: int) -> None:
        """This message shows the turn: whoever sent it, it has arrived, and what belongs to earlier turns.

        If the first that the chat did in this unit was to tap on it, its question leaves the outbox: whoever has to
        send it has done so, and need not try again. A result stays, as its first parts may be what is missing.
        """
        ...

    def erase(self, chat: int, farewell: Sequence[Output]) -> None:
        """Delete everything about the chat. Only the farewell remains, until it is sent."""
        ...

    def mark_left(self, chat: int, *, left: bool, up_to: int | None = None) -> None:
        """Remember that the person blocked the bot, or came back. What waits for somebody who left is retired.

        `up_to`: the output that was refused. It and what is older are retired; where something newer waits, the person
        has been here since, and has not left.
        """
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

        What another worker has yet to send to a chat goes before what this one has for it, urgent outputs apart, and
        apart from what is known to have arrived (`Unit.shown`), though it is not marked yet.
        """
        ...

    def waiting(self, ids: Collection[int]) -> set[int]:
        """Of these outputs, those that this worker still has to send: not erased, retired or taken over since."""
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

    def heartbeat(self) -> Beat:
        """This worker lives: its lease is renewed, what dead workers left is taken over."""
        ...

    def leave(self) -> None:
        """This worker ends: others may take over at once what it leaves."""
        ...

    def backlog(self) -> Backlog:
        """How far behind the bot is, all workers together."""
        ...
