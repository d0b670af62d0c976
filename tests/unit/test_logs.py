"""What reaches the log, by a process of its own: setting the log up changes a whole process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "1234567890:AAEhBOweik9ai-2_wVZ8x7lqRf3Jt0"
WORDS = "my knee gives way"
BEGIN = f"""
import asyncio, logging, sys, threading, warnings
import structlog
from bot.ports import StorageError
from bot.logs import set_up_logs
set_up_logs("{{level}}")
log = structlog.get_logger("bot.here")
TOKEN, WORDS = "{TOKEN}", "{WORDS}"
"""


def logged(does: str, level: str = "debug") -> list[dict[str, Any]]:
    """What a process that does this writes to stderr: every line of it is JSON."""
    program = BEGIN.format(level=level) + does
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert WORDS not in done.stderr
    assert TOKEN[-10:] not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_tells_when_where_what_and_ids() -> None:
    (line,) = logged('log.warning("Telegram cannot be reached", update=12, seconds=1.5, known=None)')

    assert list(line) == ["timestamp", "level", "logger", "event", "update", "seconds", "known"]
    assert line["timestamp"].endswith("Z")
    told = {name: value for name, value in line.items() if name != "timestamp"}
    assert told == {
        "level": "warning", "logger": "bot.here", "event": "Telegram cannot be reached",
        "update": 12, "seconds": 1.5, "known": None,
    }  # fmt: skip


@pytest.mark.parametrize(("level", "told"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_only_what_the_level_asks_for(level: str, told: int) -> None:
    assert len(logged('log.debug("a"); log.info("b"); log.warning("c")', level)) == told


def test_libraries_tell_warnings_without_values_even_at_debug() -> None:
    lines = logged(
        """
library = logging.getLogger("telegram.ext")
library.setLevel(logging.DEBUG)
library.info("received %s", WORDS)
library.warning("cannot read %s of %r after %d s", WORDS, {"text": WORDS}, 7)
library.error("%(count)d calls from %(who)s failed", {"count": 2, "who": WORDS})
library.warning("cannot read %s\\nbecause of %s", WORDS, WORDS)
library.warning("100 % is too much")
library.warning("wants a number: %d", WORDS)
library.warning("too few: %s %s", WORDS)
"""
    )

    assert [line["event"] for line in lines] == [
        "cannot read [str] of '[dict]' after 7 s",
        "2 calls from [str] failed",
        "cannot read [str]",
        "100 % is too much",
        "wants a number: %d",
        "too few: %s %s",
    ]
    assert lines[0]["logger"] == "telegram.ext"
    assert lines[0]["at"].startswith("<string>:")


def test_tokens_are_cut_out_wherever_they_stand() -> None:
    lines = logged(
        """
log.info("at https://api.telegram.org/bot" + TOKEN + "/getMe", address=TOKEN.replace(":", "%3A"))
logging.getLogger("aiohttp").error("cannot reach https://api.telegram.org/bot" + TOKEN)
"""
    )

    assert lines[0]["event"] == "at https://api.telegram.org/bot[token]/getMe"
    assert lines[0]["address"] == "[token]"
    assert lines[1]["event"].endswith("/bot[token]")


@pytest.mark.parametrize("how", ["exc_info=True", "exc_info=error", "error=error"])
def test_of_an_exception_only_kind_and_place_and_of_our_own_the_text(how: str) -> None:
    (line,) = logged(
        f"""
def fail():
    raise ValueError(WORDS)
try:
    try:
        fail()
    except ValueError as cause:
        raise StorageError("The disk is full.") from cause
except StorageError as error:
    log.error("It failed", {how})
"""
    )

    own, _, cause = line["error"].partition(" < ")
    assert own == "StorageError: The disk is full."
    assert cause.startswith("ValueError at <string>:")


def test_errors_that_came_together_tell_their_first() -> None:
    (line,) = logged(
        """
try:
    raise ExceptionGroup(WORDS, [ValueError(WORDS)])
except ExceptionGroup as error:
    log.error("It failed", error=error)
"""
    )

    assert line["error"].endswith(" < ValueError")


def test_of_objects_only_what_they_are() -> None:
    (line,) = logged('log.info("An update", update=[WORDS], chat={"text": WORDS}, done=type("Typed", (), {})())')

    assert (line["update"], line["chat"], line["done"]) == ("list", "dict", "Typed")


def test_what_nobody_caught_is_told_without_its_text() -> None:
    lines = logged(
        """
async def lost():
    raise KeyError(WORDS)
async def main():
    task = asyncio.ensure_future(lost())
    await asyncio.wait([task])
asyncio.run(main())
class Sore:
    def __del__(self):
        raise OSError(WORDS)
Sore()
def fail():
    raise LookupError(WORDS)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
warnings.warn(WORDS)
raise RuntimeError(WORDS)
"""
    )

    kinds = [(line["level"], line.get("error", "").split(" at ")[0]) for line in lines]
    assert kinds == [
        ("error", "KeyError"), ("error", "OSError"), ("critical", "LookupError"), ("warning", ""),
        ("critical", "RuntimeError"),
    ]  # fmt: skip
    assert lines[3]["kind"] == "UserWarning"


def test_a_line_that_cannot_be_written_is_not_shown_raw() -> None:
    assert logged('import os; log.info("before"); os.close(2); log.info(WORDS)')[0]["event"] == "before"


def test_a_terminal_shows_text() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as screen:
        program = BEGIN.format(level="info") + 'log.info("Listening on Telegram", address=TOKEN)'
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, stderr=theirs, check=True, timeout=60)
        os.close(theirs)
        line = screen.readline().decode()

    assert "Listening on Telegram" in line
    assert not line.startswith("{")
    assert "[token]" in line
