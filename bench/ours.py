"""Our bot as operators start it, and patients of its real flow."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from bench.process import Command
from bench.standin.patients import Act, Script
from bench.standin.telegram import TOKEN
from bot.adapters.telegram.texts import html
from bot.dialogue.engine import Engine
from bot.flow_files import load_package_flow, load_package_numbers
from tests.support.plans import TYPED, Plan, plan
from tests.support.ports import free_port

UNLIMITED = "1000000"


def run_command(server: str, database: str, log: Path, core: int, *arguments: str, **settings: str) -> Command:
    """`ptbot run` as it is, but without a pace of its own."""
    environment = {
        "PTBOT_TELEGRAM__TOKEN": TOKEN,
        "PTBOT_TELEGRAM__BASE_URL": f"{server}/bot",
        "PTBOT_TELEGRAM__CALLS_PER_SECOND": UNLIMITED,
        "PTBOT_TELEGRAM__CHAT_CALLS_PER_SECOND": UNLIMITED,
        "PTBOT_HEALTH__PORT": str(free_port()),
        "PTBOT_DATABASE__URL": database,
    }
    return Command([sys.executable, "-m", "bot", "run", *arguments], environment | settings, log, core)


def real_engine() -> Engine:
    """The engine on the real flow."""
    return Engine(load_package_flow(), load_package_numbers())


def scripts(engine: Engine, seeds: Iterable[int]) -> tuple[Script, ...]:
    """Random patients of the real flow, their replies and results as the pure engine gives them."""
    return tuple(script_of(plan(engine, seed)) for seed in seeds)


def script_of(planned: Plan) -> Script:
    """The plan, as it looks on a phone."""
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
