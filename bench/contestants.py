"""The bots that bench/peers.py compares: how each is started, and the patients it meets."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random

from bench.ours import real_engine, run_command, script_of
from bench.process import ROOT, Command
from bench.standin.patients import Act, Script
from bench.standin.telegram import TOKEN
from bot.adapters.telegram.texts import html
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose
from bot.dialogue.outputs import Ask
from tests.support.plans import Plan, plan

QUESTIONS = 12
VENV = ROOT / ".venv-bench"
PEERS = {
    "PTB ConversationHandler + PicklePersistence": "ptb.py",
    "aiogram FSM + Redis": "aiogram_fsm.py",
    "aiogram-dialog + Redis": "aiogram_dialogs.py",
}
OURS = "ours, SQLite FULL"
SCRIPTS = 20  # different patients of a peer
REAL_SCRIPTS = 3  # of ours: paths of twelve single taps are rare among random patients

Asked = list[tuple[str, list[str]]]  # questions: text, labels of the buttons


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot to be measured."""

    name: str
    scripts: tuple[Script, ...]
    command: Callable[[str, Path, str, int], Command]  # Bot API, folder, Redis, core


def contestants() -> list[Contestant]:
    """All of them, ours first."""
    engine = real_engine()
    plans = list(islice(filter(_is_plain, (plan(engine, seed) for seed in count(1))), REAL_SCRIPTS))
    asked = _asked(engine, plans[0])
    ours = Contestant(OURS, tuple(map(script_of, plans)), _our_command)
    return [ours, *(_peer(name, file, asked) for name, file in PEERS.items())]


def _is_plain(planned: Plan) -> bool:
    return len(planned.answers) == QUESTIONS and all(len(answered.labels) == 1 for answered in planned.answers)


def _asked(engine: Engine, planned: Plan) -> Asked:
    """The questions of this plan, with all their choices."""
    step, asked = engine.start("questions", 0.0), Asked()
    for answered in planned.answers:
        ask = next(output for output in reversed(step.outputs) if isinstance(output, Ask))
        asked.append((html(ask.text), [choice.label for choice in ask.choices]))
        picked = next(choice.id for choice in ask.choices if choice.label == answered.labels[0])
        assert step.session
        step = engine.advance(step.session, Chose((picked,)), 0.0)
    return asked


def _our_command(server: str, folder: Path, _: str, core: int) -> Command:
    database, log = f"sqlite:///{folder}/bench.db", folder / "log"
    return run_command(server, database, log, core, PTBOT_HEALTH__PORT="0")  # none of the others counts what it does


def _peer(name: str, file: str, asked: Asked) -> Contestant:
    chance = Random(1)
    scripts = tuple(_script(asked, [chance.randrange(len(labels)) for _, labels in asked]) for _ in range(SCRIPTS))

    def command(server: str, folder: Path, redis: str, core: int) -> Command:
        environment = {
            "PEER_TOKEN": TOKEN,
            "PEER_SERVER": server,
            "PEER_FOLDER": str(folder),
            "PEER_REDIS": redis,
            "PEER_QUESTIONS": json.dumps(asked),
        }
        return Command([str(VENV / "bin/python"), f"bench/peers/{file}"], environment, folder / "log", core)

    return Contestant(name, scripts, command)


def _script(asked: Asked, picks: list[int]) -> Script:
    told = "Result: " + " ".join(map(str, picks))
    replies = [text for text, _ in asked[1:]] + [told]
    taps = (Act(labels[pick], reply) for (_, labels), pick, reply in zip(asked, picks, replies, strict=True))
    return Script((Act("/start", asked[0][0], taps=False), *taps), (told,), settled=len(asked))


def install() -> None:
    """The peers' packages, in an environment of their own. Raises SystemExit where Redis is missing."""
    if not shutil.which("redis-server"):
        raise SystemExit("redis-server is missing. On Debian: apt-get install redis-server")
    wanted = ROOT / "bench/requirements.txt"
    done = VENV / wanted.name
    if not done.exists() or done.read_bytes() != wanted.read_bytes():
        subprocess.run([ROOT / "scripts/new-venv", sys.executable, VENV], check=True)
        pip = [str(VENV / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", wanted], check=True)
        shutil.copy(wanted, done)


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """An empty Redis with its usual settings; its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # Redis is starting; there is no loop yet
        else:
            return
    raise SystemExit("Redis does not start.")
