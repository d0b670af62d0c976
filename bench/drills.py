"""Takes away what the bot needs, for as long as it may happen in earnest, while patients talk to it.

    python bench/drills.py [--only cut] [--seconds 60] [--patients 100]

Prints for each drill how many patients reached the right result, and what the bot told its operator.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.botapi import BotApiServer
from tests.support.drilling import Report, database_away, database_read_only, drill, no_room, telegram_cut
from tests.support.ports import free_port
from tests.support.postgres import Postgres, a_postgres
from tests.support.process import BotProcess
from tests.support.setups import Setup
from tests.support.stores import empty_postgres

DISK_MIB = 24


@dataclass
class Place:
    """What a drill may take away."""

    server: BotApiServer
    postgres: Postgres
    folder: Path
    bots: Sequence[BotProcess] = ()


@dataclass(frozen=True)
class Drill:
    """`trouble` as in tests/support/drilling.py."""

    what: str
    setup: str
    seconds: float
    trouble: Callable[[Place], AbstractAsyncContextManager[None]]


def main() -> int:
    """0 if nobody lost anything and the operator was told once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=DRILLS)
    parser.add_argument("--seconds", type=float, help="instead of each drill's own")
    parser.add_argument("--patients", type=int, default=100)
    arguments = parser.parse_args()
    good = [
        asyncio.run(_run(DRILLS[name], arguments.seconds or DRILLS[name].seconds, arguments.patients))
        for name in ([arguments.only] if arguments.only else DRILLS)
    ]
    return 0 if all(good) else 1


async def _run(one: Drill, seconds: float, patients: int) -> bool:
    with a_postgres() as postgres, _small_disk() as folder:
        async with BotApiServer(port=free_port(), tap_seconds=3600) as server:
            empty_postgres(postgres.address)
            address = f"sqlite:///{folder / 'bot.db'}" if one.setup == "sqlite" else postgres.address
            bots = Setup(one.setup, address).bots(server)
            trouble = one.trouble(Place(server, postgres, folder, bots))
            report = await drill(server, bots, address, trouble, seconds, patients)
    _show(f"{one.what}, for {seconds:g} s ({one.setup})", report)
    return report.finished == report.patients and report.answers_right and report.told_once


def _show(title: str, report: Report) -> None:
    print(f"\n{title}")
    print(f"  {report.finished} of {report.patients} patients reached the right result, each step taken once")
    print(f"  answers in the database {'equal' if report.answers_right else 'DIFFER FROM'} those given")
    print(f"  {report.missed} patients were told that they had missed something")
    for number, log in enumerate(report.logs, 1):
        for line in log:
            told = line.get("reason") or f"{line.get('seconds', '?')} s"
            print(f"  bot {number}: {line['event']} ({told})")


@contextlib.contextmanager
def _small_disk() -> Iterator[Path]:
    """A folder on a disk of its own where this is allowed; else any folder."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = _did("mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            if mounted:
                _did("umount", folder)


def _did(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextlib.asynccontextmanager
async def _full_disk(place: Place) -> AsyncIterator[None]:
    """Somebody else fills it."""
    if not place.folder.is_mount():
        print("A small disk cannot be made here without root: instead the bot's files cannot grow.")
        async with no_room(place.bots):
            yield
        return
    filler = place.folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        filler.unlink()


DRILLS = {
    "cut": Drill("Telegram cannot be reached", "sqlite", 60, lambda p: telegram_cut(p.server)),
    "cut_webhook": Drill("Telegram cannot be reached", "webhook", 60, lambda p: telegram_cut(p.server)),
    "away": Drill("PostgreSQL is stopped", "postgres", 20, lambda p: database_away(p.postgres)),
    "away_webhook": Drill("PostgreSQL is stopped", "webhook", 20, lambda p: database_away(p.postgres)),
    "read_only": Drill("The database is read-only", "postgres", 20, lambda p: database_read_only(p.postgres.address)),
    "full": Drill("The disk is full", "sqlite", 20, _full_disk),
}

if __name__ == "__main__":
    sys.exit(main())
