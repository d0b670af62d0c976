"""The conversation at the keyboard, or line by line for a program; written down where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from rich.console import Console

from bot.adapters.terminal.json_lines import talk_json
from bot.adapters.terminal.lines import lines_from
from bot.adapters.terminal.person import Person
from bot.adapters.terminal.sitting import Sitting
from bot.authoring.clinic_links import link_of
from bot.authoring.transcripts import Recorder
from bot.dialogue.engine import Engine
from bot.flow.errors import PtbotError
from bot.ports import Clock

WIDEST = 92  # columns; longer lines are hard to read


class FileUnwritableError(PtbotError):
    """A file cannot be written."""


def talk(
    engine: Engine,
    clock: Clock,
    stdin: TextIO | None,
    stdout: TextIO,
    *,
    clinic: str | None = None,
    record: Path | None = None,
    as_json: bool = False,
) -> None:
    """Until the person ends it; Ctrl-C is one way. Raises PtbotError."""
    payload = link_of(engine.knowledge.clinics, clinic).payload if clinic else ""
    with suppress(KeyboardInterrupt), _recording(record) as recorder:
        sitting = Sitting(engine, clock, payload, recorder)
        if as_json:
            talk_json(sitting, stdin or (), stdout)
        else:
            Person(sitting, _console(stdout), lines_from(stdin)).talk()


def _console(stdout: TextIO) -> Console:
    console = Console(file=stdout)
    console.width = min(console.width, WIDEST)
    return console


@contextmanager
def _recording(file: Path | None) -> Iterator[Recorder | None]:
    """Writes the conversation held meanwhile into a file, whichever way it ends."""
    if file is None:
        yield None
        return
    _write(file, "")  # better to hear now that it cannot be written than after the conversation
    recorder = Recorder(file.stem.replace("_", " ").capitalize())
    try:
        yield recorder
    finally:
        _write(file, recorder.text() or "")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnwritableError(f"{file} cannot be written: {error.strerror}.") from error
