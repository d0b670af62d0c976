"""Many patients: as fast as the bot answers, at a steady rate, or leaving in the middle."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from time import perf_counter

from bench.standin.patients import Patient, Reply, Script
from bench.standin.telegram import Telegram

STUCK_SECONDS = 20.0  # so long without any reply, and the patients give up
QUIET_SECONDS = 1.0  # after the last reply: late edits and answers to taps arrive


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    replies: list[Reply]  # in the order they came
    conversations: int  # that ended as planned
    complaints: list[str]  # of the others
    unanswered: int  # taps whose phones show a waiting sign

    @property
    def updates(self) -> int:
        """How many were replied to."""
        return len(self.replies)

    @property
    def wrong(self) -> list[str]:
        """Everything that is not as planned."""
        taps = [f"{self.unanswered} taps were never answered"] if self.unanswered else []
        return [*self.complaints, *taps]


class Crowd:
    """Sends patients with these scripts, in turn, each into a chat of their own."""

    def __init__(self, telegram: Telegram, scripts: tuple[Script, ...], first_chat: int = 1) -> None:
        self._telegram, self._scripts = telegram, scripts
        self._chats: Iterator[int] = count(first_chat)
        self._begin()

    async def hurry(self, patients: int, seconds: float, think_seconds: float = 0.0) -> Outcome:
        """So many phones; each acts as soon as it has the reply. No new conversation after the time."""
        self._begin()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds

        def next_of(patient: Patient) -> None:
            if patient.over:
                patient = self._newcomer() if loop.time() < end else patient
            if not patient.over:
                loop.call_later(think_seconds, patient.act) if think_seconds else patient.act()

        self._next = next_of
        for _ in range(patients):
            self._newcomer().act()
        return await self._ended()

    async def stroll(self, rate: float, patients: int, seconds: float, seed: int = 1) -> Outcome:
        """So many acts a second at random moments, spread over so many patients, whatever the bot does."""
        self._begin()
        chance = Random(seed)
        idle: deque[Patient] = deque()
        self._next = lambda patient: None if patient.over else idle.append(patient)
        moment = perf_counter()
        end = moment + seconds
        while moment < end:
            moment += chance.expovariate(rate)
            await asyncio.sleep(moment - perf_counter())
            patient = idle.popleft() if idle and self._open >= patients else self._newcomer()
            patient.act()
        self._next = self._go_away
        for patient in idle:
            self._go_away(patient)
        return await self._ended()

    async def leave(self, patients: int, acts: int, at_once: int) -> Outcome:
        """So many patients, not all at once, go away after so many acts; their sessions stay open."""
        self._begin()
        left = tuple(Script(script.acts[:acts], None, 0) for script in self._scripts)
        scripts, self._scripts = self._scripts, left
        begun = count(1)

        def next_of(patient: Patient) -> None:
            if not patient.over:
                patient.act()
            elif next(begun) <= patients - at_once:
                self._newcomer().act()

        self._next = next_of
        for _ in range(min(patients, at_once)):
            self._newcomer().act()
        outcome = await self._ended()
        self._scripts = scripts
        return outcome

    def _begin(self) -> None:
        self._replies: list[Reply] = []
        self._patients: dict[int, Patient] = {}  # who are not known to have come to the planned end
        self._conversations = self._open = 0  # that ended as planned; that go on

    def _newcomer(self) -> Patient:
        chat = next(self._chats)
        patient = self._patients[chat] = Patient(
            self._telegram, chat, self._scripts[chat % len(self._scripts)], self._replied
        )
        self._open += 1
        return patient

    def _replied(self, patient: Patient, reply: Reply) -> None:
        self._replies.append(reply)
        if patient.over:
            self._open -= 1
            asyncio.get_running_loop().call_later(QUIET_SECONDS, self._check, patient)
        self._next(patient)

    def _go_away(self, patient: Patient) -> None:
        """In the middle of the conversation, if it is not over."""
        if not patient.over:
            self._open -= 1
            del self._patients[patient.chat]
            self._telegram.forget(patient.chat)

    def _check(self, patient: Patient) -> None:
        """Let go of who has ended well; the others are looked at once more at the end."""
        if patient.complaint is None and patient.chat in self._patients:
            del self._patients[patient.chat]
            self._telegram.forget(patient.chat)
            self._conversations += 1

    async def _ended(self) -> Outcome:
        """Once everybody has come to an end, or nothing moves any more."""
        seen = -1
        while self._open and seen != (seen := len(self._replies)):
            await self._moved(seen)
        await asyncio.sleep(1.5 * QUIET_SECONDS)
        for patient in list(self._patients.values()):
            self._check(patient)
        complaints = [patient.complaint or "" for patient in self._patients.values()]
        for chat in self._patients:
            self._telegram.forget(chat)
        return Outcome(self._replies, self._conversations, complaints, len(self._telegram.unanswered))

    async def _moved(self, before: int) -> None:
        for _ in range(int(STUCK_SECONDS / 0.1)):
            if not self._open or len(self._replies) > before:
                return
            await asyncio.sleep(0.1)
