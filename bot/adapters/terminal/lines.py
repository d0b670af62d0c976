"""Where a person's lines come from: the terminal, with editing, or any stream."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TextIO

PROMPT = "› "


def lines_from(stream: TextIO | None) -> Callable[[], str]:
    """A function that gives the next line, and raises EOFError when there is none. No stream: closed from the start."""
    if stream is None:
        return _nothing
    if stream.isatty():
        with contextlib.suppress(ImportError):  # not on Windows; lines can then not be edited
            import readline  # noqa: F401 - being imported gives `input` its editing keys
        return lambda: input(PROMPT)
    return lambda: _line(stream)


def _line(stream: TextIO) -> str:
    line = stream.readline()
    if not line:
        raise EOFError
    return line


def _nothing() -> str:
    raise EOFError
