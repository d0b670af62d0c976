"""Our bot beside other ways to build it: `python bench/peers.py` from the repository; `--quick` for a first look.

Twelve questions, one tap each: every tap is answered, the old question shows the answer instead of its buttons, and the
next question is sent. Ours goes through twelve questions of the real flow; the others ask the same questions, and keep
nothing but the answers. Each bot runs on core 0; Telegram's stand-in with all patients, and Redis, run on core 1.

Needs redis-server. The other bots' packages are installed into .venv-bench.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import databases, machine
from bench.contestants import QUESTIONS, Contestant, contestants, install, running_redis
from bench.host import Host, observed, quiet_rounds, undisturbed, wrong
from bench.measures import Speed, measured, median, speed
from bench.process import running
from bench.standin.crowd import Crowd
from bench.standin.telegram import Telegram

BOT_CORE, OTHER_CORE = 0, 1
PATIENTS = 100  # at full load, and at the steady rate
CALM_RATE = 100.0
KILLS, KILLED_PATIENTS, KILLED_SECONDS, THINK_SECONDS = 2, 60, 20.0, 0.3


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured of one bot."""

    full: Speed
    calm: Speed
    cpu_us: float  # of processor time, an update at full load
    memory_mib: float  # after full load
    wrong: list[str]
    host: Host

    def __str__(self) -> str:
        return f"{self.full.per_second:.0f} updates/s, p99 {self.calm.p99_ms:.1f} ms"


@dataclass(frozen=True, slots=True)
class Lost:
    """What was lost by killing a bot."""

    hanging: int  # chats in which nothing comes any more, or the wrong result
    ended: int  # conversations that came to their planned end


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tries", type=int, default=4, help="of a bot's turn at most, until one was quiet")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement")
    parser.add_argument("--core-hour", type=float, default=0.03, help="assumed price of a core for an hour, in dollars")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.tries, given.seconds = 1, 1, 5.0
    install()
    print(machine.description("aiohttp", "python-telegram-bot", "uvloop"))
    os.sched_setaffinity(0, {OTHER_CORE})
    bots = contestants()
    rounds: list[list[Round]] = [[] for _ in bots]
    for _ in range(given.rounds):
        for bot, turns in zip(bots, rounds, strict=True):
            print(bot.name)
            turns += quiet_rounds(lambda bot=bot: uvloop.run(_round(bot, given.seconds)), 1, given.tries)
    lost = [uvloop.run(_killed(bot)) for bot in bots]
    print(f"{QUESTIONS} questions; {PATIENTS} patients; medians of {given.rounds} rounds in which the bots take turns")
    _print([bot.name for bot in bots], rounds, lost, given.core_hour)


async def _round(bot: Contestant, seconds: float) -> Round:
    telegram = Telegram()
    server = await telegram.serve()
    with databases.new_folder() as folder, running_redis(folder) as redis:
        async with running(telegram, bot.command(server, folder, redis, BOT_CORE)) as process:
            crowd = Crowd(telegram, bot.scripts)
            with observed() as host:
                with measured([process.pid]) as used:
                    hurried = await crowd.hurry(PATIENTS, seconds)
                memory_mib = machine.memory_mib(process.pid)
                strolled = await crowd.stroll(CALM_RATE, PATIENTS, seconds)
    telegram.close()
    cpu_us = used.bot * 1e6 / max(1, hurried.updates)
    words = hurried.wrong + strolled.wrong
    return Round(speed(hurried.replies), speed(strolled.replies), cpu_us, memory_mib, words, host)


async def _killed(bot: Contestant) -> Lost:
    """The bot is killed at random moments and started again at once."""
    telegram, chance = Telegram(), Random(1)
    server = await telegram.serve()
    with databases.new_folder() as folder, running_redis(folder) as redis:
        command = bot.command(server, folder, redis, BOT_CORE)
        telegram.ready.clear()
        process = command.start()
        try:
            await process.ready(telegram)
            hurry = asyncio.ensure_future(
                Crowd(telegram, bot.scripts).hurry(KILLED_PATIENTS, KILLED_SECONDS, THINK_SECONDS)
            )
            for _ in range(KILLS):
                await asyncio.sleep(KILLED_SECONDS / (KILLS + 1) * chance.uniform(0.7, 1.3))
                process.kill()
                process = command.start()
            outcome = await hurry
        finally:
            process.kill()
    telegram.close()
    return Lost(len(outcome.complaints), outcome.conversations)


def _print(names: Sequence[str], rounds: Sequence[Sequence[Round]], lost: Sequence[Lost], core_hour: float) -> None:
    def row(
        title: str, figure: Callable[[Round], float], form: str, of: Callable[[Sequence[float]], float] = median
    ) -> list[float]:
        figures = [of([figure(one) for one in undisturbed(several)]) for several in rounds]
        print(f"{title:34}" + "".join(f"{format(value, form):>18}" for value in figures))
        return figures

    print(f"{'':34}" + "".join(f"{name.split('+')[0].split(',')[0][:17]:>18}" for name in names))
    rates = row("updates/s", lambda r: r.full.per_second, ".0f")
    row("  least", lambda r: r.full.per_second, ".0f", min)
    row("  most", lambda r: r.full.per_second, ".0f", max)
    cpu = row("CPU us per update", lambda r: r.cpu_us, ".0f")
    row("memory MiB", lambda r: r.memory_mib, ".0f")
    row(f"p50 ms at {CALM_RATE:.0f} updates/s", lambda r: r.calm.p50_ms, ".1f")
    waits = row(f"p99 ms at {CALM_RATE:.0f} updates/s", lambda r: r.calm.p99_ms, ".1f")
    print(f"{'not as planned, all rounds':34}" + "".join(f"{len(wrong(several)):>18}" for several in rounds))
    print(f"{f'chats left hanging, {KILLS} kill -9':34}" + "".join(f"{one.hanging:>18}" for one in lost))
    print(f"{'conversations ended meanwhile':34}" + "".join(f"{one.ended:>18}" for one in lost))
    dollars = [value * (QUESTIONS + 1) / 3600 * core_hour for value in cpu]
    print(f"{'$ a million conversations':34}" + "".join(f"{value:>18.2f}" for value in dollars))
    print(f"  (processor time of the bot alone, at ${core_hour} for an hour of one core)")
    print(f"ours against the best of the others: {rates[0] / max(rates[1:]):.1f} times the updates/s, ", end="")
    print(f"{waits[0] / min(waits[1:]):.2f} of the p99")
    for name, several in zip(names, rounds, strict=True):
        for word in wrong(several)[:3]:
            print(f"  {name}: {word}")


if __name__ == "__main__":
    main()
