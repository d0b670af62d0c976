"""Two webhook workers against one, on PostgreSQL: `python bench/workers.py`; `--quick` for a first look.

On a small machine the stand-in and PostgreSQL would run out of processor time before two workers do. So each worker
gets only a share of a core (by control groups, which needs root), and the rest is for the others.
"""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import databases, machine
from bench.databases import Databases
from bench.host import Host, observed, quiet_rounds, undisturbed, wrong
from bench.limits import limited, why_not
from bench.measures import Speed, measured, median, speed
from bench.ours import real_engine, run_command, scripts
from bench.process import Command, running
from bench.standin.crowd import Crowd
from bench.standin.patients import Script
from bench.standin.telegram import Telegram

WORKER_CORE = 0
PATIENTS = 600  # so many that two workers have as much to do at once as one
SCRIPTS = 60


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured."""

    speed: Speed
    cpu_us: float  # of all workers, an update
    standin_us: float
    database_us: float
    wrong: list[str]
    host: Host

    def __str__(self) -> str:
        return f"{self.speed.per_second:.0f} updates/s"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tries", type=int, default=4, help="of a turn at most, until one was quiet")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--share", type=float, default=0.25, help="of a core, for each worker")
    given = parser.parse_args()
    if reason := why_not():
        sys.exit(f"Control groups cannot be used here ({reason}). It takes Linux, and root on the machine itself.")
    if given.quick:
        given.rounds, given.tries, given.seconds = 1, 1, 6.0
    print(machine.description("aiohttp", "SQLAlchemy", "psycopg", "uvloop"))
    patients = scripts(real_engine(), range(1, SCRIPTS + 1))
    with databases.postgres() as stores:
        print(
            f"{stores.name}; each worker has {given.share:.0%} of core {WORKER_CORE}, the rest of the cores is shared"
        )
        rounds: dict[int, list[Round]] = {1: [], 2: []}  # by the number of workers
        for _ in range(given.rounds):
            for workers, several in rounds.items():
                turn = partial(_round, workers, given, patients, stores)
                several += quiet_rounds(lambda turn=turn: uvloop.run(turn()), 1, given.tries)
    for workers, several in rounds.items():
        _print(workers, several)
    one, two = (median([turn.speed.per_second for turn in undisturbed(several)]) for several in rounds.values())
    print(f"two against one: {two / one:.2f} times")


async def _round(workers: int, given: argparse.Namespace, patients: tuple[Script, ...], stores: Databases) -> Round:
    addresses = _addresses(workers)
    telegram = Telegram(targets=addresses)
    server = await telegram.serve()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(databases.new_folder())
        database = stores.new(folder)
        bots = [
            await stack.enter_async_context(running(telegram, _command(server, database, folder / f"log{n}", address)))
            for n, address in enumerate(addresses)
        ]
        limits = stack.enter_context(ExitStack())
        for bot in bots:
            limits.enter_context(limited(bot.pid, given.share))
        with observed() as host, measured([bot.pid for bot in bots], stores.cpu_seconds) as used:
            outcome = await Crowd(telegram, patients).hurry(PATIENTS, given.seconds)
        limits.close()  # or they would stop slowly, too
        words = outcome.wrong + [line for bot in bots for line in bot.trouble()]
    telegram.close()
    each = 1e6 / max(1, outcome.updates)
    return Round(speed(outcome.replies), used.bot * each, used.standin * each, used.database * each, words, host)


def _addresses(workers: int) -> tuple[str, ...]:
    """Free ports of this machine, found together so that they differ."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(workers)]
        return tuple(f"http://127.0.0.1:{probe.getsockname()[1]}/telegram" for probe in probes)


def _command(server: str, database: str, log: Path, address: str) -> Command:
    return run_command(
        server, database, log, WORKER_CORE, "--webhook",
        PTBOT_WEBHOOK__URL="http://127.0.0.1/telegram",  # of a load balancer: the stand-in spreads by itself
        PTBOT_WEBHOOK__HOST="127.0.0.1",
        PTBOT_WEBHOOK__PORT=str(urlsplit(address).port),
    )  # fmt: skip


def _print(workers: int, several: list[Round]) -> None:
    counted = undisturbed(several)

    def of(figure: Callable[[Round], float]) -> float:
        return median([figure(one) for one in counted])

    each = ", ".join(f"{one.speed.per_second:.0f}" for one in counted)
    print(f"{workers} at work: {of(lambda r: r.speed.per_second):.0f} updates/s ({each}), CPU us per update ", end="")
    print(f"{of(lambda r: r.cpu_us):.0f} of the workers, {of(lambda r: r.standin_us):.0f} of the stand-in, ", end="")
    print(f"{of(lambda r: r.database_us):.0f} of PostgreSQL; wrong in all {len(several)} rounds: {len(wrong(several))}")
    for word in wrong(several)[:5]:
        print(f"  {word}")


if __name__ == "__main__":
    main()
