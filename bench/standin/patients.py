"""Patients who follow a script and check each reply, the result, and that no old question keeps its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter

from bench.standin.messages import Message
from bench.standin.telegram import Telegram


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a patient does, and how they know the reply."""

    says: str  # what is written, or the label of the button tapped
    reply: str  # how the message with buttons begins that answers it; without a text: the same message, changed
    taps: bool = True


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation, and its planned end."""

    acts: tuple[Act, ...]
    result: tuple[str, ...] | None  # the last messages, as the bot must send them; None: the patient goes away before
    settled: int  # questions that must have lost their buttons by then


@dataclass(frozen=True, slots=True)
class Reply:
    """How long the reply to an act took."""

    acted: float
    came: float

    @property
    def seconds(self) -> float:
        """From the moment the update existed to the arrival of the message that answers it."""
        return self.came - self.acted


Replied = Callable[["Patient", Reply], None]


class Patient:
    """One patient in one chat. `act` does what comes next; the bot's reply is reported."""

    def __init__(self, telegram: Telegram, chat: int, script: Script, replied: Replied) -> None:
        self.chat, self.script = chat, script
        self._telegram, self._replied = telegram, replied
        self._place = 0
        self._waits_since: float | None = None
        self._shown: Message | None = None  # the newest with buttons
        self._heard: list[str] = []  # since the last act
        self._settled: set[int] = set()
        telegram.phones[chat] = self

    @property
    def over(self) -> bool:
        """Has the script come to its end?"""
        return self._place == len(self.script.acts)

    @property
    def complaint(self) -> str | None:
        """What is not as planned."""
        if not self.over:
            seen = self._shown.text[:60] if self._shown else "nothing"
            return f"chat {self.chat}: no reply to “{self.script.acts[self._place].says}”, sees “{seen}”"
        told = [text for text, _ in groupby(self._heard)]  # a crash may repeat a message
        result = list(self.script.result or ())
        if result and told[-len(result) :] != result:
            return f"chat {self.chat}: another result: {told}"
        if self.script.result and len(self._settled) < self.script.settled:
            return f"chat {self.chat}: {len(self._settled)} of {self.script.settled} questions lost their buttons"
        return None

    def act(self) -> None:
        """Do what comes next in the script."""
        act = self.script.acts[self._place]
        self._heard.clear()
        self._waits_since = perf_counter()
        if act.taps:
            assert self._shown
            self._telegram.tap(self.chat, self._shown, self._shown.data_of(act.says))
        else:
            self._telegram.write(self.chat, act.says)

    def sent(self, message: Message) -> None:
        """The bot sent a message."""
        self._heard.append(message.text)
        if message.markup and "inline_keyboard" in message.markup:
            awaited = self._awaited()
            if awaited and awaited.reply and message.text.startswith(awaited.reply):
                self._shown = message
                self._go_on()

    def edited(self, message: Message) -> None:
        """The bot changed a message."""
        if not message.markup:
            self._settled.add(message.id)
        awaited = self._awaited()
        if awaited and not awaited.reply and message is self._shown:
            self._go_on()

    def _awaited(self) -> Act | None:
        return None if self._waits_since is None else self.script.acts[self._place]

    def _go_on(self) -> None:
        assert self._waits_since is not None
        reply = Reply(self._waits_since, perf_counter())
        self._waits_since = None
        self._place += 1
        self._replied(self, reply)
