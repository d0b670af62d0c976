"""Kills the bot again and again while patients talk to it, and looks at what that did to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.botapi import BotApiServer, Call, Patient
from tests.support.dialogue_flow import real_engine
from tests.support.plans import Plan, plan
from tests.support.process import BotProcess, running
from tests.support.recorded import recorded_answers, waiting_messages
from tests.support.setups import Setup
from tests.support.simulated import PATIENCE_SECONDS, asked, converse, seen_asked, settled

TALKERS = 12  # patients at any time
CALLS_BETWEEN_KILLS = 150  # at most
STARTING_SHARE = 0.2  # of the kills hit a bot that is only just starting
STARTING_SECONDS = 1.5
SENDS = ("sendMessage", "sendPhoto")


@dataclass(frozen=True)
class Kill:
    """What one kill did. Messages count, edits do not."""

    waiting: int  # to be sent, under way, or sent and not marked as sent yet: no others can be repeated
    repeated: int  # came a second time


@dataclass(frozen=True)
class Findings:
    """What all the kills did together."""

    kills: tuple[Kill, ...]
    conversations: int
    unfinished: int
    messages: int  # sent, with repetitions
    answers: int  # given
    lost: int  # answers given that the database does not hold
    doubled: int  # answers in the database that nobody gave, or gave once only
    astray: tuple[str, ...]  # what was seen where a question came or was settled out of order, or not at all
    log: bytes


@dataclass
class Crashes:
    """One run: `bots` share the database at this address."""

    server: BotApiServer
    bots: Sequence[BotProcess]
    address: str
    random: Random
    plans: dict[int, Plan] = field(default_factory=dict)  # by chat
    patients: dict[int, Patient] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    marks: list[tuple[int, int]] = field(default_factory=list)  # of each kill: calls before it, messages that waited
    over: bool = False

    async def run(self, kills: int) -> Findings:
        """Patients talk, the bot dies this often, everybody is let finish. Raises AssertionError."""
        async with running(*self.bots), asyncio.TaskGroup() as group:
            for _ in range(TALKERS):
                group.create_task(self._talk())
            for _ in range(kills):
                await self._kill(self.random.choice(self.bots))
            self.over = True
        return self._findings()

    async def _talk(self) -> None:
        """One conversation after the other, each as somebody new."""
        while not self.over:
            chat = len(self.plans) + 1
            self.plans[chat] = plan(real_engine(), seed=self.random.randrange(10**9))
            self.patients[chat] = Patient(self.server, chat)
            with contextlib.suppress(AssertionError):  # it is counted as not finished
                await converse(self.patients[chat], self.plans[chat])
                await self.patients[chat].until(lambda p, chat=chat: settled(p) == asked(self.plans[chat]), 60)
                self.finished.add(chat)

    async def _kill(self, bot: BotProcess) -> None:
        if self.random.random() < STARTING_SHARE:
            await asyncio.sleep(self.random.uniform(0, STARTING_SECONDS))
        else:
            await self._calls(self.random.randint(1, CALLS_BETWEEN_KILLS))
        await bot.kill()
        self.marks.append((len(self.server.log), waiting_messages(self.address)))
        await bot.start()

    async def _calls(self, number: int) -> None:
        until = len(self.server.log) + number
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.server.log) < until:  # noqa: ASYNC110 - at a moment as exact as can be
                await asyncio.sleep(0.001)

    def _findings(self) -> Findings:
        given = Counter((chat, answer) for chat, done in self.plans.items() for answer in done.recorded)
        found = recorded_answers(self.address)
        recorded = Counter((chat, answer) for chat, answers in found.items() for answer in answers)
        astray = (patient for chat, patient in self.patients.items() if _astray(patient, self.plans[chat]))
        return Findings(
            kills=tuple(self._kills()),
            conversations=len(self.plans),
            unfinished=len(self.plans) - len(self.finished),
            messages=sum(call.method in SENDS and call.code == 200 for call in self.server.log),
            answers=given.total(),
            lost=(given - recorded).total(),
            doubled=(recorded - given).total(),
            astray=tuple(patient.transcript() for patient in astray),
            log=b"".join(bot.log for bot in self.bots),
        )

    def _kills(self) -> list[Kill]:
        repeats = repeated(self.server.log)
        ends = [place for place, _ in self.marks[1:]] + [len(self.server.log)]
        return [
            Kill(waiting, sum(begin <= place < end for place in repeats))
            for (begin, waiting), end in zip(self.marks, ends, strict=True)
        ]


def _astray(patient: Patient, plan: Plan) -> bool:
    return not settled(patient) == seen_asked(patient) == asked(plan)


def crashes(setup: Setup, server: BotApiServer, seed: int) -> Crashes:
    """To be run on this setup."""
    return Crashes(server, setup.bots(server), setup.address, Random(seed))


def repeated(log: Sequence[Call]) -> list[int]:
    """The places in the log where a message was sent that was there already."""
    seen: set[tuple[str, ...]] = set()
    places = []
    for place, call in enumerate(log):
        if call.method in SENDS and call.code == 200:
            message = tuple(call.params.get(name, "") for name in ("chat_id", "text", "caption", "reply_markup"))
            places += [place] * (message in seen)
            seen.add(message)
    return places
