"""How much one bot bears: `python bench/load.py` from the repository's folder; `--quick` for a first look.

The bot is started as operators do, on core 0. Telegram's stand-in with all its patients, and PostgreSQL, run on core 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import databases, machine
from bench.databases import Databases
from bench.host import Host, observed, quiet_rounds, undisturbed, worst, wrong
from bench.measures import Speed, Used, measured, median, speed
from bench.ours import real_engine, run_command, scripts
from bench.process import running
from bench.standin.crowd import Crowd, Outcome
from bench.standin.patients import Script
from bench.standin.telegram import Telegram

BOT_CORE, OTHER_CORE = 0, 1
PATIENTS = 300  # at full load
CALM_RATE, CALM_PATIENTS = 100.0, 500
OPEN_ACTS, AT_ONCE = 3, 20  # how far those come whose sessions stay open; how many of them come at the same time
SCRIPTS = 60  # different patients
_KINDS = {"sqlite": databases.sqlite, "postgres": databases.postgres}


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of load."""

    speed: Speed
    bot_us: float  # of processor time, an update
    standin_us: float
    database_us: float
    host: Host


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured."""

    full: Load
    calm: Load
    start_mib: float  # the bot's memory: just started
    open_mib: float  # with many open sessions
    loaded_mib: float  # after full load as well
    conversations: int  # that came to their planned end
    wrong: list[str]

    @property
    def host(self) -> Host:
        """At its worst."""
        return worst(self.full.host, self.calm.host)

    def __str__(self) -> str:
        return f"{self.full.speed.per_second:.0f} updates/s, p99 {self.calm.speed.p99_ms:.1f} ms"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round on SQLite")
    parser.add_argument("--rounds", type=int, help="default: 3")
    parser.add_argument("--tries", type=int, help="rounds at most, until so many were quiet; default: 12")
    parser.add_argument("--seconds", type=float, help="of each measurement; default: 20")
    parser.add_argument("--sessions", type=int, help="open when memory is measured; default: 10000")
    parser.add_argument("--round-trip", type=float, default=0.0, help="milliseconds to Telegram and back; default: 0")
    parser.add_argument("--database", choices=_KINDS, action="append", help="default: each in turn")
    given = _filled_in(parser.parse_args())
    print(machine.description("aiohttp", "python-telegram-bot", "SQLAlchemy", "psycopg", "uvloop"))
    os.sched_setaffinity(0, {OTHER_CORE})
    patients = scripts(real_engine(), range(1, SCRIPTS + 1))
    acts = sum(len(script.acts) for script in patients) / SCRIPTS
    print(f"real flow, {SCRIPTS} different patients, {acts:.1f} updates a conversation; bot on core {BOT_CORE}")
    for kind in given.database:
        with _KINDS[kind]() as stores:
            print(f"\n{stores.name}")
            turn = partial(_round, given, patients, stores)
            _print(quiet_rounds(lambda turn=turn: uvloop.run(turn()), given.rounds, given.tries), given.sessions)


def _filled_in(given: argparse.Namespace) -> argparse.Namespace:
    usual = (1, 1, 6.0, 1000, ["sqlite"]) if given.quick else (3, 12, 20.0, 10_000, list(_KINDS))
    given.rounds = given.rounds or usual[0]
    given.tries = given.tries or usual[1]
    given.seconds = given.seconds or usual[2]
    given.sessions = given.sessions or usual[3]
    given.database = given.database or usual[4]
    return given


async def _round(given: argparse.Namespace, patients: tuple[Script, ...], stores: Databases) -> Round:
    telegram = Telegram(given.round_trip / 1e3)
    server = await telegram.serve()
    with databases.new_folder() as folder:
        async with running(telegram, run_command(server, stores.new(folder), folder / "log", BOT_CORE)) as bot:
            start_mib, crowd = machine.memory_mib(bot.pid), Crowd(telegram, patients)
            left = await crowd.leave(given.sessions, OPEN_ACTS, AT_ONCE)
            open_mib = machine.memory_mib(bot.pid)
            if left.wrong:
                raise SystemExit("\n".join(["Nothing works.", *left.wrong[:3], *bot.trouble()[:3]]))
            with observed() as host, measured([bot.pid], stores.cpu_seconds) as used:
                hurried = await crowd.hurry(PATIENTS, given.seconds)
            full, loaded_mib = _load(hurried, used, host), machine.memory_mib(bot.pid)
            with observed() as host, measured([bot.pid], stores.cpu_seconds) as used:
                strolled = await crowd.stroll(CALM_RATE, CALM_PATIENTS, given.seconds)
            calm = _load(strolled, used, host)
        words = [word for outcome in (left, hurried, strolled) for word in outcome.wrong] + bot.trouble()
    telegram.close()
    conversations = hurried.conversations + strolled.conversations
    return Round(full, calm, start_mib, open_mib, loaded_mib, conversations, words)


def _load(outcome: Outcome, used: Used, host: Host) -> Load:
    each = 1e6 / max(1, outcome.updates)
    return Load(speed(outcome.replies), used.bot * each, used.standin * each, used.database * each, host)


def _print(rounds: Sequence[Round], sessions: int) -> None:
    counted = undisturbed(rounds)

    def of(figure: Callable[[Round], float]) -> float:
        return median([figure(one) for one in counted])

    print(f"median of {len(counted)} rounds, {PATIENTS} patients as fast as the bot answers")
    each = ", ".join(f"{one.full.speed.per_second:.0f}" for one in counted)
    print(f"  updates/s            {of(lambda r: r.full.speed.per_second):8.0f}  ({each})")
    print(f"  CPU us per update    {of(lambda r: r.full.bot_us):8.0f}")
    print(f"    of the stand-in    {of(lambda r: r.full.standin_us):8.0f}")
    print(f"    of the database    {of(lambda r: r.full.database_us):8.0f}")
    print(f"  at {CALM_RATE:.0f} updates/s, spread over {CALM_PATIENTS} patients")
    print(f"    p50 ms             {of(lambda r: r.calm.speed.p50_ms):8.1f}")
    each = ", ".join(f"{one.calm.speed.p99_ms:.1f}" for one in counted)
    print(f"    p99 ms             {of(lambda r: r.calm.speed.p99_ms):8.1f}  ({each})")
    print(f"    CPU us per update  {of(lambda r: r.calm.bot_us):8.0f}")
    print(f"  memory MiB at start  {of(lambda r: r.start_mib):8.0f}")
    print(f"    {sessions:6} open       {of(lambda r: r.open_mib):8.0f}")
    print(f"    after full load    {of(lambda r: r.loaded_mib):8.0f}")
    conversations, words = sum(one.conversations for one in rounds), wrong(rounds)
    print(f"  in all {len(rounds)} rounds: conversations with their planned result {conversations}, wrong {len(words)}")
    for word in words[:10]:
        print(f"    {word}")


if __name__ == "__main__":
    main()
