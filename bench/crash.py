"""Kills the bot with -9 at random moments, again and again, and counts what patients lost and what came twice.

python bench/crash.py [--kills 100] [--setup sqlite|postgres|webhook] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.botapi import BotApiServer
from tests.support.crashing import Findings, crashes
from tests.support.postgres import running_postgres
from tests.support.setups import SETUPS, Setup


def main() -> int:
    """0 if nothing was lost or done twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--setup", choices=SETUPS, help="all of them one after the other, if not given")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    good = True
    for name in [arguments.setup] if arguments.setup else SETUPS:
        with _setup(name) as setup:
            found = asyncio.run(_crash(setup, arguments.kills, arguments.seed))
        _show(name, found)
        good = good and not (found.unfinished or found.lost or found.doubled or found.astray)
    return 0 if good else 1


@contextlib.contextmanager
def _setup(name: str) -> Iterator[Setup]:
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield Setup(name, f"sqlite:///{folder}/bot.db")
    else:
        with running_postgres() as address:
            yield Setup(name, address)


async def _crash(setup: Setup, kills: int, seed: int) -> Findings:
    async with BotApiServer(tap_seconds=3600) as server:
        return await crashes(setup, server, seed).run(kills)


def _show(name: str, found: Findings) -> None:
    kills = len(found.kills)
    repeated = sorted(kill.repeated for kill in found.kills)
    waiting = sorted(kill.waiting for kill in found.kills)
    rows = {
        "kills": kills,
        "conversations": found.conversations,
        "of them finished": found.conversations - found.unfinished,
        "answers given": found.answers,
        "answers lost": found.lost,
        "answers doubled": found.doubled,
        "conversations with a step astray": len(found.astray),
        "messages sent": found.messages,
        "messages repeated": sum(repeated),
        "  per kill, mean / most": f"{sum(repeated) / kills:.1f} / {repeated[-1]}",
        "  waiting or under way at a kill, mean / most": f"{sum(waiting) / kills:.1f} / {waiting[-1]}",
    }
    print(f"\n{name}")
    for what, figure in rows.items():
        print(f"  {what:<46} {figure:>12}")
    print(*found.astray, sep="\n\n")


if __name__ == "__main__":
    sys.exit(main())
