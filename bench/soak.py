"""Does the bot stay as it is? `python bench/soak.py --minutes 20 --rate 200` from the repository.

Patients come and go at a steady rate. Printed are memory and latency by the minute, what the log complains of, and
whether the last quarter is like the second (in the first the bot is still filling its caches).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import databases, machine
from bench.databases import Databases
from bench.host import Host, observed
from bench.measures import median, part
from bench.ours import real_engine, run_command, scripts
from bench.process import Process, running
from bench.standin.crowd import Crowd, Outcome
from bench.standin.patients import Reply, Script
from bench.standin.telegram import Telegram

BOT_CORE, OTHER_CORE = 0, 1
PATIENTS = 500
SCRIPTS = 60
MINUTE_SECONDS = 60.0
MEMORY_SLACK_MIB, LATENCY_SLACK = 2.0, 1.5  # what noise alone may change
KINDS = {"sqlite": databases.sqlite, "postgres": databases.postgres}


@dataclass(frozen=True, slots=True)
class Minute:
    """What one minute was like."""

    updates: int
    p50_ms: float
    p99_ms: float
    memory_mib: float  # at its end
    host: Host


def main() -> None:
    """Print the table and the verdict; the exit code says it, too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--rate", type=float, default=200.0, help="updates a second")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    given = parser.parse_args()
    print(machine.description("aiohttp", "python-telegram-bot", "SQLAlchemy", "psycopg", "uvloop"))
    os.sched_setaffinity(0, {OTHER_CORE})
    patients = scripts(real_engine(), range(1, SCRIPTS + 1))
    with KINDS[given.database]() as stores:
        minutes, wrong = uvloop.run(_soak(given.minutes, given.rate, patients, stores))
        print(f"{stores.name}, {given.rate:.0f} updates/s, {PATIENTS} patients at a time")
    _print(minutes)
    for word in wrong[:20]:
        print(word)
    print(f"wrong results, unanswered taps and complaints in the log: {len(wrong)}")
    flat = _flat(minutes)
    print("flat" if flat else "NOT FLAT")
    sys.exit(bool(wrong) or not flat)


async def _soak(
    minutes: int, rate: float, patients: tuple[Script, ...], stores: Databases
) -> tuple[list[Minute], list[str]]:
    telegram = Telegram()
    server = await telegram.serve()
    with databases.new_folder() as folder:
        async with running(telegram, run_command(server, stores.new(folder), folder / "log", BOT_CORE)) as bot:
            began = perf_counter()
            sampling = asyncio.ensure_future(_sample(bot, minutes))
            outcome = await Crowd(telegram, patients).stroll(rate, PATIENTS, minutes * MINUTE_SECONDS)
            samples = await sampling
        wrong = outcome.wrong + bot.trouble()
    telegram.close()
    return [_minute(outcome, began, number, *sample) for number, sample in enumerate(samples)], wrong


async def _sample(bot: Process, minutes: int) -> list[tuple[float, Host]]:
    """Of each minute, the memory at its end and what the host did."""
    samples = []
    for _ in range(minutes):
        host = await asyncio.to_thread(_observed)
        samples.append((machine.memory_mib(bot.pid), host))
    return samples


def _observed() -> Host:
    with observed() as host:
        sleep(MINUTE_SECONDS)
    return host


def _minute(outcome: Outcome, began: float, number: int, memory_mib: float, host: Host) -> Minute:
    start = began + number * MINUTE_SECONDS

    def within(reply: Reply) -> bool:
        return start <= reply.acted < start + MINUTE_SECONDS

    waits = sorted(reply.seconds * 1e3 for reply in outcome.replies if within(reply)) or [0.0]
    return Minute(len(waits), part(waits, 0.5), part(waits, 0.99), memory_mib, host)


def _print(minutes: Sequence[Minute]) -> None:
    print("minute  updates   p50 ms   p99 ms  memory MiB  host")
    for number, one in enumerate(minutes, 1):
        print(f"{number:6} {one.updates:8} {one.p50_ms:8.1f} {one.p99_ms:8.1f} {one.memory_mib:11.1f}  {one.host}")


def _flat(minutes: Sequence[Minute]) -> bool:
    """Is the last quarter like the second?"""
    quarter = max(1, len(minutes) // 4)
    second, last = minutes[quarter : 2 * quarter] or minutes, minutes[-quarter:]

    def grown(figure: Callable[[Minute], float]) -> tuple[float, float]:
        return median([figure(one) for one in second]), median([figure(one) for one in last])

    memory_before, memory_after = grown(lambda minute: minute.memory_mib)
    p50_before, p50_after = grown(lambda minute: minute.p50_ms)
    return memory_after <= memory_before + MEMORY_SLACK_MIB and p50_after <= p50_before * LATENCY_SLACK


if __name__ == "__main__":
    main()
