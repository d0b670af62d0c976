"""Takes away what the bot needs while patients talk to it, gives it back, and looks at what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine, text

from tests.botapi import BotApiServer, Patient
from tests.support.dialogue_flow import real_engine
from tests.support.plans import Plan, plan
from tests.support.postgres import Postgres
from tests.support.process import BotProcess, running
from tests.support.recorded import recorded_answers
from tests.support.simulated import PATIENCE_SECONDS, asked, converse, plain, settled
from tests.support.telegram_bot import until

CALLS_BEFORE = 10  # of each patient on average: then everybody is in the middle of something
SMALL_FILE_BYTES = 4096
BEGUN, OVER = ". Trying again until it works", ": over"  # how the two lines about a trouble end

Line = dict[str, Any]  # of the bot's log


@dataclass(frozen=True)
class Report:
    """What became of a drill."""

    patients: int
    finished: int  # with the right result, every question settled once
    answers_right: bool  # the database holds what was answered, each once
    missed: int  # patients who were told that they missed something
    logs: list[list[Line]]  # of each bot, warnings and worse

    @property
    def told_once(self) -> bool:
        """Did each bot say once what is wrong, and once that it is over?"""
        return all(_once(log) for log in self.logs)


async def drill(
    server: BotApiServer,
    bots: Sequence[BotProcess],
    address: str,
    trouble: AbstractAsyncContextManager[None],
    seconds: float,
    patients: int = 20,
) -> Report:
    """This trouble for so many seconds, with so many patients at once. Raises AssertionError if a bot gives up."""
    engine = real_engine()
    plans = {chat: plan(engine, seed=9000 + chat) for chat in range(1, patients + 1)}
    people = {chat: Patient(server, chat) for chat in plans}
    async with running(*bots):
        await until(lambda: len(server.calls("setMyShortDescription")) == len(bots), PATIENCE_SECONDS)
        talking = [asyncio.create_task(_talk(people[chat], plans[chat])) for chat in plans]
        await until(lambda: len(server.log) >= patients * CALLS_BEFORE, PATIENCE_SECONDS)
        async with trouble:
            await asyncio.sleep(seconds)
        finished = await asyncio.gather(*talking)
        with contextlib.suppress(TimeoutError):  # the report shows it
            await until(lambda: all(_once(warnings(bot)) for bot in bots), PATIENCE_SECONDS)
    missed = plain(engine.flow.messages["missed"])
    return Report(
        patients=patients,
        finished=sum(finished),
        answers_right=recorded_answers(address) == {chat: plans[chat].recorded for chat in plans},
        missed=sum(person.sees(missed) for person in people.values()),
        logs=[warnings(bot) for bot in bots],
    )


async def _talk(patient: Patient, plan: Plan) -> bool:
    """To the end? Was every question settled once?"""
    try:
        await converse(patient, plan)
        await patient.until(lambda p: settled(p) == asked(plan), PATIENCE_SECONDS)
    except AssertionError:
        return False
    return True


def warnings(bot: BotProcess) -> list[Line]:
    """What the bot told its operator that is more than information."""
    lines = [json.loads(line) for line in bot.log.splitlines()]
    return [line for line in lines if line["level"] != "info"]


def _once(log: list[Line]) -> bool:
    told = [line["event"] for line in log]
    begun = [event.removesuffix(BEGUN) for event in told if event.endswith(BEGUN)]
    over = [event.removesuffix(OVER) for event in told if event.endswith(OVER)]
    return 0 < len(set(begun)) == len(begun) and sorted(begun) == sorted(over) and len(told) == 2 * len(begun)


@contextlib.asynccontextmanager
async def telegram_cut(server: BotApiServer) -> AsyncIterator[None]:
    """Nobody reaches Telegram, nor does it reach anybody."""
    await server.go_away()
    try:
        yield
    finally:
        await server.come_back()


@contextlib.asynccontextmanager
async def database_away(postgres: Postgres) -> AsyncIterator[None]:
    """The server is stopped."""
    await asyncio.to_thread(postgres.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(postgres.start)


@contextlib.asynccontextmanager
async def database_read_only(address: str) -> AsyncIterator[None]:
    """As a server becomes when another one is made the primary."""
    _set_read_only(address, "on")
    try:
        yield
    finally:
        _set_read_only(address, "off")


@contextlib.asynccontextmanager
async def no_room(bots: Sequence[BotProcess]) -> AsyncIterator[None]:
    """No file of theirs can grow, as on a disk where others use up what there is."""
    _limit_files(bots, SMALL_FILE_BYTES)
    try:
        yield
    finally:
        _limit_files(bots, resource.RLIM_INFINITY)


def _set_read_only(address: str, value: str) -> None:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(f"ALTER SYSTEM SET default_transaction_read_only = {value}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _limit_files(bots: Sequence[BotProcess], size: int) -> None:
    for bot in bots:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
