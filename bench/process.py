"""A bot as a process of its own, on a core of its own."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.standin.telegram import Telegram

ROOT = Path(__file__).parent.parent
READY_SECONDS = 120.0
_TROUBLE = re.compile(r'"level": ?"(warning|error|critical)"|^Traceback')


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a bot."""

    words: Sequence[str]
    environment: Mapping[str, str]  # beside what this process has
    log: Path
    core: int

    def start(self) -> Process:
        """Start it."""
        with self.log.open("ab") as stderr:
            process = subprocess.Popen(
                self.words, cwd=ROOT, env={**_own_environment(), **self.environment},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            )  # fmt: skip
        os.sched_setaffinity(process.pid, {self.core})  # before it has threads
        return Process(process, self.log)


@dataclass(frozen=True, slots=True)
class Process:
    """A bot at work."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Its id."""
        return self.process.pid

    def trouble(self) -> list[str]:
        """Lines of our bot's log that tell of a warning or worse."""
        return [line for line in self.log.read_text().splitlines() if _TROUBLE.search(line)]

    def stop(self) -> None:
        """End it as an operator would."""
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    async def ready(self, telegram: Telegram) -> None:
        """Wait until it listens to this Telegram. Raises SystemExit."""
        for _ in range(int(READY_SECONDS / 0.05)):
            if telegram.ready.is_set():
                return
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise SystemExit(f"The bot did not start:\n{self.log.read_text()}")


@asynccontextmanager
async def running(telegram: Telegram, command: Command) -> AsyncIterator[Process]:
    """The bot at work during the block."""
    telegram.ready.clear()
    bot = command.start()
    try:
        await bot.ready(telegram)
        yield bot
    finally:
        await asyncio.to_thread(bot.stop)


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PTBOT_")}
