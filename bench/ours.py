"""Our bot as operators start it, and patients of its real flow."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.standin.patients import Act, Script
from bench.standin.telegram import TOKEN, Telegram
from bot.adapters.telegram.texts import html
from bot.dialogue.engine import Engine
from bot.flow_files import load_package_flow, load_package_numbers
from tests.support.plans import TYPED, Plan, plan

ROOT = Path(__file__).parent.parent
READY_SECONDS = 30.0
UNLIMITED = "1000000"
_TROUBLE = re.compile(r"warning|error|critical|traceback", re.IGNORECASE)


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
        """Lines of its log that tell of a warning or worse."""
        return [line for line in self.log.read_text().splitlines() if _TROUBLE.search(line)]

    def stop(self) -> None:
        """End it as an operator would."""
        self.process.terminate()
        self.process.wait()


@asynccontextmanager
async def running_bot(
    telegram: Telegram, address: str, database: str, log: Path, core: int, *arguments: str, **settings: str
) -> AsyncIterator[Process]:
    """`python -m bot run`, pinned to a core, without a pace of its own; ready when the block begins."""
    telegram.ready.clear()
    bot = _started(_environment(address, database) | settings, log, core, arguments)
    try:
        await _ready(telegram, bot)
        yield bot
    finally:
        await asyncio.to_thread(bot.stop)


def _environment(address: str, database: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PTBOT_")} | {
        "PTBOT_TELEGRAM__TOKEN": TOKEN,
        "PTBOT_TELEGRAM__BASE_URL": address,
        "PTBOT_TELEGRAM__CALLS_PER_SECOND": UNLIMITED,
        "PTBOT_TELEGRAM__CHAT_CALLS_PER_SECOND": UNLIMITED,
        "PTBOT_HEALTH__PORT": "0",
        "PTBOT_DATABASE__URL": database,
    }


def _started(environment: dict[str, str], log: Path, core: int, arguments: tuple[str, ...]) -> Process:
    command = [sys.executable, "-m", "bot", "run", *arguments]
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
        )
    os.sched_setaffinity(process.pid, {core})  # before it has threads
    return Process(process, log)


async def _ready(telegram: Telegram, bot: Process) -> None:
    for _ in range(int(READY_SECONDS / 0.05)):
        if telegram.ready.is_set():
            return
        if bot.process.poll() is not None:
            break
        await asyncio.sleep(0.05)
    raise SystemExit(f"The bot did not start:\n{bot.log.read_text()}")


def scripts(count: int, first_seed: int = 1) -> tuple[Script, ...]:
    """Random patients of the real flow, their replies and results as the pure engine gives them."""
    engine = Engine(load_package_flow(), load_package_numbers())
    return tuple(_script(plan(engine, seed)) for seed in range(first_seed, first_seed + count))


def _script(planned: Plan) -> Script:
    result = tuple(html(part) for part in planned.result.parts)
    opens = [html(answered.question) for answered in planned.answers] + [result[-1]]
    acts = [Act(f"/start {planned.payload}".strip(), opens[0], taps=False)]
    for answered, reply in zip(planned.answers, opens[1:], strict=True):
        acts += [_act(label, "") for label in answered.labels[:-1]]
        acts.append(_act(answered.labels[-1], reply))
    return Script(tuple(acts), result, settled=len(planned.answers))


def _act(label: str, reply: str) -> Act:
    if label.startswith(TYPED):
        return Act(label.removeprefix(TYPED), reply, taps=False)
    return Act(label, reply)
