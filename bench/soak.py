"""Does the bot stay as it is? `python bench/soak.py --minutes 20 --rate 200` from the repository.

A rush first, as it gives the bot its full size; then patients come and go at a steady rate. Printed are memory, latency
and processor time by the minute, and what the log complains of. Memory of the last quarter is compared with the
second's. Latency, and processor time for an update, are compared with a newborn bot's beside it, each with half of the
patients: minutes apart, they would tell of the host. Both share a core and a stand-in, so that what slows one of them
holds up the other a little, too; processor time does not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from time import perf_counter, sleep

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import databases, machine
from bench.databases import Databases
from bench.host import Host, observed
from bench.measures import Speed, measured, median, part, speed
from bench.ours import real_engine, run_command, scripts
from bench.process import Process, running
from bench.standin.crowd import Crowd, Outcome
from bench.standin.patients import Reply, Script
from bench.standin.telegram import Telegram

BOT_CORE, OTHER_CORE = 0, 1
PATIENTS = 500
SCRIPTS = 60
MINUTE_SECONDS, LEAST_RATE = 60.0, 10.0
RUSH_PATIENTS, RUSH_SECONDS = 300, 30.0
TURNS, TURN_SECONDS = 8, 20.0  # of the old bot and the newborn side by side
MEMORY_SLACK_MIB, P50_SLACK, P99_SLACK, CPU_SLACK = 2.0, 1.1, 1.25, 1.1  # what noise alone may change
KINDS = {"sqlite": databases.sqlite, "postgres": databases.postgres}


@dataclass(frozen=True, slots=True)
class Minute:
    """What one minute was like."""

    updates: int
    p50_ms: float
    p99_ms: float
    cpu_us: float  # of the bot, an update
    memory_mib: float  # at its end
    host: Host


@dataclass(frozen=True, slots=True)
class Turn:
    """How fast a bot answered."""

    speed: Speed
    cpu_us: float  # an update


@dataclass(frozen=True, slots=True)
class Pair:
    """The old bot and the newborn, at the same time."""

    old: Turn
    newborn: Turn

    @property
    def comparable(self) -> bool:
        """Did both answer often enough?"""
        return self.old.speed.p50_ms > 0 and self.newborn.speed.p50_ms > 0

    @property
    def p50_ratio(self) -> float:
        """How many times as long a patient of the old one waits."""
        return self.old.speed.p50_ms / self.newborn.speed.p50_ms

    @property
    def p99_ratio(self) -> float:
        """The same of the slowest of a hundred."""
        return self.old.speed.p99_ms / self.newborn.speed.p99_ms

    @property
    def cpu_ratio(self) -> float:
        """How many times as much of the processor an update takes."""
        return self.old.cpu_us / self.newborn.cpu_us


def main() -> None:
    """Print the table and the verdict; the exit code says it, too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--rate", type=float, default=200.0, help="updates a second")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    given = parser.parse_args()
    if given.rate < LEAST_RATE:
        parser.error(f"--rate must be at least {LEAST_RATE:.0f}: of fewer replies in a turn little can be told")
    print(machine.description("aiohttp", "python-telegram-bot", "SQLAlchemy", "psycopg", "uvloop"))
    os.sched_setaffinity(0, {OTHER_CORE})
    patients = scripts(real_engine(), range(1, SCRIPTS + 1))
    with KINDS[given.database]() as stores:
        print(f"{stores.name}, {given.rate:.0f} updates/s, {PATIENTS} patients at a time", flush=True)
        minutes, pairs, wrong = uvloop.run(_soak(given.minutes, given.rate, patients, stores))
    _print(minutes)
    _print_pairs(pairs)
    for word in wrong[:20]:
        print(word)
    print(f"wrong results, unanswered taps and complaints in the log: {len(wrong)}")
    flat = _memory_flat(minutes) and _as_fast(pairs)
    print("flat" if flat else "NOT FLAT")
    sys.exit(bool(wrong) or not flat)


async def _soak(
    minutes: int, rate: float, patients: tuple[Script, ...], stores: Databases
) -> tuple[list[Minute], list[Pair], list[str]]:
    async with _bot(patients, stores) as (old, crowd):
        rush = await crowd.hurry(RUSH_PATIENTS, RUSH_SECONDS)
        began = perf_counter()
        sampling = asyncio.ensure_future(_sample(old, minutes))
        outcome = await crowd.stroll(rate, PATIENTS, minutes * MINUTE_SECONDS)
        samples = await sampling
        async with _bot(patients, stores) as (newborn, others):
            outcomes = [rush, outcome, await others.stroll(rate, PATIENTS, TURN_SECONDS)]
            both = (old, crowd), (newborn, others)
            pairs = [await _pair(both, rate / 2, number, outcomes) for number in range(TURNS)]
            complaints = old.trouble() + newborn.trouble()
    wrong = [word for each in outcomes for word in each.wrong] + complaints
    return [_minute(outcome, began, number, *sample) for number, sample in enumerate(samples)], pairs, wrong


@asynccontextmanager
async def _bot(patients: tuple[Script, ...], stores: Databases) -> AsyncIterator[tuple[Process, Crowd]]:
    """A bot with a database and a Telegram of its own, and those who write to it."""
    telegram = Telegram()
    server = await telegram.serve()
    with databases.new_folder() as folder:
        async with running(telegram, run_command(server, stores.new(folder), folder / "log", BOT_CORE)) as bot:
            yield bot, Crowd(telegram, patients)
    telegram.close()


async def _pair(both: Iterable[tuple[Process, Crowd]], rate: float, number: int, outcomes: list[Outcome]) -> Pair:
    """Whatever the host does, it does to both."""
    turns = [_turn(*one, rate, seed) for seed, one in enumerate(both, 2 * number)]
    (old, its), (newborn, others) = await asyncio.gather(*turns)
    outcomes += [its, others]
    return Pair(old, newborn)


async def _turn(bot: Process, crowd: Crowd, rate: float, seed: int) -> tuple[Turn, Outcome]:
    with measured([bot.pid]) as used:
        outcome = await crowd.stroll(rate, PATIENTS // 2, TURN_SECONDS, seed=seed)
    return Turn(speed(outcome.replies), used.bot / max(1, outcome.updates) * 1e6), outcome


async def _sample(bot: Process, minutes: int) -> list[tuple[float, float, Host]]:
    """Of each minute, the bot's processor seconds, its memory at the end and what the host did."""
    samples = []
    for _ in range(minutes):
        with measured([bot.pid]) as used:
            host = await asyncio.to_thread(_observed)
        samples.append((used.bot, machine.memory_mib(bot.pid), host))
    return samples


def _observed() -> Host:
    with observed() as host:
        sleep(MINUTE_SECONDS)
    return host


def _minute(outcome: Outcome, began: float, number: int, cpu_seconds: float, memory_mib: float, host: Host) -> Minute:
    start = began + number * MINUTE_SECONDS

    def within(reply: Reply) -> bool:
        return start <= reply.acted < start + MINUTE_SECONDS

    waits = sorted(reply.seconds * 1e3 for reply in outcome.replies if within(reply))
    if not waits:
        return Minute(0, nan, nan, nan, memory_mib, host)
    return Minute(len(waits), part(waits, 0.5), part(waits, 0.99), cpu_seconds / len(waits) * 1e6, memory_mib, host)


def _print(minutes: Sequence[Minute]) -> None:
    print("minute  updates   p50 ms   p99 ms   CPU us  memory MiB  host")
    for number, one in enumerate(minutes, 1):
        figures = f"{one.p50_ms:8.1f} {one.p99_ms:8.1f} {one.cpu_us:8.0f} {one.memory_mib:11.1f}"
        print(f"{number:6} {one.updates:8} {figures}  {one.host}")


def _print_pairs(pairs: Sequence[Pair]) -> None:
    print("beside a newborn bot, half of the patients each: p50 ms (p99 ms), CPU us")
    for pair in pairs:
        print(f"  {_short(pair.old):24} newborn {_short(pair.newborn)}")
    p50, p99, cpu = _ratios(pairs)
    print(f"  median: p50 {p50:.2f} times the newborn's, p99 {p99:.2f} times, CPU {cpu:.2f} times")


def _short(one: Turn) -> str:
    return f"{one.speed.p50_ms:.1f} ({one.speed.p99_ms:.1f}), {one.cpu_us:.0f}"


def _memory_flat(minutes: Sequence[Minute]) -> bool:
    """Is the last quarter like the second?"""
    quarter = max(1, len(minutes) // 4)
    second, last = minutes[quarter : 2 * quarter] or minutes, minutes[-quarter:]
    grown = median([one.memory_mib for one in last]) - median([one.memory_mib for one in second])
    return grown <= MEMORY_SLACK_MIB


def _as_fast(pairs: Sequence[Pair]) -> bool:
    """Is the old bot as fast as the newborn?"""
    p50, p99, cpu = _ratios(pairs)
    alike = p50 <= P50_SLACK and p99 <= P99_SLACK and cpu <= CPU_SLACK
    return alike and all(pair.comparable for pair in pairs)


def _ratios(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Medians."""
    told = [pair for pair in pairs if pair.comparable]
    p50, p99 = median([pair.p50_ratio for pair in told]), median([pair.p99_ratio for pair in told])
    return p50, p99, median([pair.cpu_ratio for pair in told])


if __name__ == "__main__":
    main()
